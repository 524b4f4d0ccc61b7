"""Videos with known black, frozen and silent spans and known loudness."""

from __future__ import annotations

import math
import wave
from pathlib import Path

import numpy as np

from tests.support.render_lab import made

RATE = 48_000


def tone(path: Path, decibels: float, seconds: float, channels: int = 2) -> Path:
    """Write a WAV of a 997 Hz sine whose peaks are at this level, in dBFS."""
    times = np.arange(round(seconds * RATE)) / RATE
    samples = np.round(10 ** (decibels / 20) * 32767 * np.sin(2 * math.pi * 997 * times)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, RATE, 0, "NONE", ""))
        file.writeframes(np.repeat(samples, channels).tobytes())
    return path


def spans(path: Path, *options: str) -> Path:
    """Write a video: black to 1.6 s, red to 4 s, moving to 6 s, black to 7 s; silent from 2 to 4.5 s."""
    parts = (("color=black", 1.6), ("color=red", 2.4), ("testsrc", 2.0), ("color=black", 1.0))
    inputs = [
        word
        for source, seconds in parts
        for word in (
            "-f",
            "lavfi",
            "-t",
            str(seconds),
            "-i",
            f"{source}{'=' if '=' not in source else ':'}s=320x180:r=25",
        )
    ]
    sine = "if(between(t,2,4.5),0,0.1*sin(2*PI*997*t))"
    graph = "[0][1][2][3]concat=n=4:v=1[v]"
    made(
        path, *inputs, "-f", "lavfi", "-i", f"aevalsrc='{sine}|{sine}':s=48000:d=7", "-filter_complex", graph,
        "-map", "[v]", "-map", "4", *(options or ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac")),
    )  # fmt: skip
    return path


def typing(path: Path) -> Path:
    """Write a 4 s video of 1280x720 in which a small square appears at 1 s and goes at 3 s, and nothing else moves."""
    graph = "drawbox=x=600:y=300:w=14:h=20:color=white:t=fill:enable='between(t,1,2.99)'"
    made(
        path, "-f", "lavfi", "-t", "4", "-i", "testsrc2=s=1280x720:r=25", "-vf", f"loop=-1:1:0,trim=end=4,{graph}",
        "-t", "4", "-c:v", "libx264", "-preset", "ultrafast", "-g", "20",
    )  # fmt: skip
    return path


def fade(path: Path) -> Path:
    """Write a 5 s video that fades from black to white, less than two levels a frame."""
    made(
        path, "-f", "lavfi", "-t", "5", "-i", "color=white:s=320x180:r=30", "-vf", "fade=in:0:150",
        "-c:v", "libx264", "-preset", "ultrafast",
    )  # fmt: skip
    return path
