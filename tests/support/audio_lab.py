"""What tests of voices and sound share: tones, contexts for steps, and a strict decoder to look at results with."""

from __future__ import annotations

import array
import cmath
import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.media.audio import wav
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.steps import audio
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.voices.protocol import SpeechRequest

ENV = {"PATH": os.environ["PATH"]}
WEB = {"loudness": -16.0, "peak": -1.5}
"""The parameters of a sound step, as a spec that says nothing has them."""


def speech_request(scratch: Path, text: str, **changes: Any) -> SpeechRequest:
    """A request to speak a text into said.wav, by default with the voice en-us. changes: fields of SpeechRequest."""
    usual = {"voice": "en-us", "language": "en", "wav_path": scratch / "said.wav", "scratch": scratch, "env": ENV}
    return SpeechRequest(**{"text": text, **usual, **changes})


def tone(samples: int, *, level: float = -12.0, hertz: float = 440.0) -> array.array[int]:
    """A sine at so many dB below full scale, loud from its first sample on."""
    peak = 32767 * 10 ** (level / 20)
    return array.array("h", (int(peak * math.cos(math.tau * hertz * index / SAMPLE_RATE)) for index in range(samples)))


def silence(samples: int) -> array.array[int]:
    """Nothing."""
    return array.array("h", bytes(2 * samples))


def heard(path: Path, scratch: Path, channel: int = 0, decoder: str = "aac") -> array.array[float]:
    """One of two channels of what a strict decoder makes of an AAC file, as numbers from -1 to 1."""
    args = ["-xerror", "-err_detect", "explode", "-c:a", decoder, "-i", str(path), "-f", "f32le", "-"]
    decoded = ffmpeg.capture(args, cwd=scratch, env=ENV, timeout=60, what="decode what was made", loglevel="error")
    assert decoded.log == (), decoded.log
    return array.array("f", decoded.output)[channel::2]


def onset(samples: array.array[float] | array.array[int], floor: float, start: int = 0) -> int:
    """The first sample from `start` on that is louder than `floor`."""
    return next(index for index in range(start, len(samples)) if abs(samples[index]) > floor)


def loudest(samples: array.array[float]) -> float:
    """The peak in dBFS."""
    peak = max(max(samples, default=0.0), -min(samples, default=0.0))
    return 20 * math.log10(peak) if peak else -math.inf


def timing(
    samples: int, start: int | None = None, spoken: int = 0, words: tuple[tuple[str, int, int], ...] = ()
) -> dict[str, Any]:
    """What a time step writes, at 30 frames a second."""
    narration = None if start is None else {"start": start, "samples": spoken}
    return {
        "fps": 30,
        "frames": samples // 1600,
        "samples": samples,
        "narration": narration,
        "words": [{"text": text, "start": begin, "end": end, "from": "engine"} for text, begin, end in words],
        "cues": {},
        "clip": {"track": 1, "regular": True, "origin": 0.0},
    }


def context(
    folder: Path, step: str, params: Mapping[str, Any], *, env: Mapping[str, str] = ENV, **inputs: object
) -> Context:
    """A context for a step in a new folder; samples and JSON values given as inputs become files."""
    files: dict[str, Path] = {}
    for name in ("in", "out", "scratch"):
        (folder / name).mkdir(parents=True)
    for role, value in inputs.items():
        files[role] = value if isinstance(value, Path) else folder / "in" / role.replace(":", "-")
        if isinstance(value, array.array):
            wav.write(files[role], value)
        elif not isinstance(value, Path):
            files[role].write_text(json.dumps(value), encoding="utf-8")
    return Context(step, params, files, folder / "out", folder / "scratch", env)


def result(made: Context, name: str) -> Any:
    """A JSON file that a step made."""
    return json.loads((made.out / name).read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Heard:
    """Where in a scene's audio the narration and the clip begin and end, in samples, and where they should."""

    narration: tuple[int, int]
    clip: tuple[int, int]
    planned: tuple[tuple[int, int], tuple[int, int]]


def delayed(folder: Path, scenes: int) -> list[Heard]:
    """Scenes of two sounds that begin later and later, each made by the sound step with the ffmpeg that is chosen.

    The narration is a low tone in the middle, the clip's a high one; both end before the scene does.
    """
    length, found = 72_000, []
    for number in range(scenes):
        begins = (9_600 * number, 4_800 * (number + 1))
        lasts = (24_000, 14_400)
        recording = folder / f"clip-{number}.wav"
        wav.write(recording, silence(begins[1]) + tone(lasts[1], hertz=6000, level=-18))
        spoken = tone(lasts[0], hertz=300)
        params = {**WEB, "clip": {"mode": "keep", "start_ms": 0, "end_ms": None}}
        span = timing(length, begins[0], lasts[0])
        step = context(folder / f"s{number}", f"audio:s{number}", params, timing=span, narration=spoken, clip=recording)
        audio.run(step)
        samples = heard(step.out / "sound.aac", step.scratch)[:length]
        planned = tuple((begin, begin + last) for begin, last in zip(begins, lasts, strict=True))
        found.append(Heard(_span(samples, 300), _span(samples, 6000), (planned[0], planned[1])))
    return found


def _span(samples: array.array[float], hertz: float) -> tuple[int, int]:
    """The first and last block in which a tone sounds."""
    block = 480
    loud = []
    for start in range(0, len(samples) - block, block):
        parts = [
            samples[start + index] * cmath.exp(-1j * math.tau * hertz * index / SAMPLE_RATE) for index in range(block)
        ]
        loud.append(abs(sum(parts)) / block)
    there = [index for index, level in enumerate(loud) if level > max(loud) / 3]
    return there[0] * block, (there[-1] + 1) * block


def factor(expression: str, seconds: float) -> float:
    """The value of ffmpeg's expression at a time."""
    names = {
        "t": seconds,
        "PI": math.pi,
        "pow": pow,
        "sin": math.sin,
        "cos": math.cos,
        "clip": lambda value, low, high: max(low, min(high, value)),
    }
    value: float = eval(expression, {"__builtins__": {}}, names)  # noqa: S307 - an expression of our own
    return value
