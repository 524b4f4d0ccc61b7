"""Music whose every sample is known, and what of it is in a finished video."""

from __future__ import annotations

import array
import math
import random
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

from vidbuild.media.audio import adts
from vidbuild.media.ffmpeg import ffmpeg

RATE = 48_000


def sine(hertz: float, level: float = 0.2) -> Callable[[int], float]:
    """A tone."""
    return lambda at: level * math.sin(2 * math.pi * hertz * at / RATE)


def noise(level: float = 0.1) -> Callable[[int], float]:
    """White noise, the same each time."""
    numbers = random.Random(3)
    return lambda _: numbers.gauss(0, level)


def ticks(every: int = 2400) -> Callable[[int], float]:
    """A click every so many samples, over a soft tone: an encoder changes its windows for each."""
    numbers = random.Random(5)
    tone = sine(300, 0.05)
    return lambda at: 0.3 * math.exp(-(at % every) / 150) * numbers.uniform(-1, 1) + tone(at)


def write(path: Path, sound: Callable[[int], float], seconds: float) -> list[float]:
    """Write a mono WAV file at 48 kHz, and return its samples."""
    samples = array.array("h", (round(32767 * max(-1, min(1, sound(at)))) for at in range(int(seconds * RATE))))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return [sample / 32768 for sample in samples]


def heard(path: Path) -> array.array[float]:
    """The left channel of a finished video's audio, decoded by ffmpeg."""
    args = ["-i", str(path), "-map", "0:a", "-af", "pan=mono|c0=c0", "-f", "f32le", "-"]
    done = ffmpeg.capture(args, cwd=path.parent, env={}, timeout=60, what="decode", loglevel="error")
    return array.array("f", done.output)


def frames(path: Path) -> list[bytes]:
    """The AAC frames of a finished video, without headers."""
    args = ["-i", str(path), "-map", "0:a", "-c", "copy", "-f", "adts", "-"]
    done = ffmpeg.capture(args, cwd=path.parent, env={}, timeout=60, what="copy", loglevel="error")
    return [adts.payload(frame) for frame in adts.split(done.output)]


def in_one_piece(samples: Sequence[float], folder: Path) -> array.array[float]:
    """Mono samples, encoded by ffmpeg as one stereo stream and decoded again."""
    raw, out = folder / "piece.raw", folder / "piece.m4a"
    raw.write_bytes(array.array("f", samples).tobytes())
    source = ["-f", "f32le", "-ar", str(RATE), "-ac", "1", "-i", str(raw), "-ac", "2"]
    codec = ["-c:a", "aac", "-aac_coder", "fast", "-q:a", "1.2", "-aac_pns", "0", str(out)]
    ffmpeg.capture([*source, *codec], cwd=folder, env={}, timeout=60, what="encode")
    return heard(out)


def level(samples: Sequence[float]) -> float:
    """The root mean square in dB."""
    return 10 * math.log10(sum(each * each for each in samples) / max(1, len(samples)) + 1e-12)


def tone_level(samples: Sequence[float], hertz: float) -> float:
    """How loud a tone is in samples, in dB (Goertzel)."""
    step = 2 * math.pi * hertz / RATE
    window = [math.sin(math.pi * (at + 0.5) / len(samples)) ** 2 for at in range(len(samples))]
    real = sum(
        each * weight * math.cos(step * at) for at, (each, weight) in enumerate(zip(samples, window, strict=True))
    )
    imaginary = sum(
        each * weight * math.sin(step * at) for at, (each, weight) in enumerate(zip(samples, window, strict=True))
    )
    return 20 * math.log10(math.hypot(real, imaginary) * 4 / len(samples) + 1e-9)


def loudness(path: Path, *part: str) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dBTP of a video or a part of it, by ffmpeg's meter."""
    args = [*part, "-i", str(path), "-map", "0:a", "-af", "ebur128=peak=true", "-f", "null", "-"]
    log = ffmpeg.capture(args, cwd=path.parent, env={}, timeout=60, what="measure").text
    summary = log[log.rindex("Summary:") :]
    integrated, peak = (summary.split(name)[1].split()[0] for name in ("I:", "Peak:"))
    return float(integrated), float(peak)
