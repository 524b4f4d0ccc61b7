"""Measures how loud an audio track is, and when it is silent."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidbuild.media.audio import loudness
from vidbuild.media.ffmpeg import ffmpeg, process

SILENCE = "-50dB"  # relative to full scale: what is softer is silent
GATE = -70.0  # LUFS: the meter ignores what is softer, and reports this of audio with nothing louder
_SHORTEST = 0.05  # seconds of silence that ffmpeg reports; longer ones are chosen here
_MARK = re.compile(rb"lavfi\.silence_(start|end)=(-?[\d.e+-]{1,32})\s*$")


class _Silences:
    """A sink for the marks of ffmpeg's silence detector."""

    def __init__(self) -> None:
        self.spans: list[tuple[float, float | None]] = []
        self._partial = b""

    def __call__(self, piece: bytes) -> None:
        *lines, partial = (self._partial + piece).split(b"\n")
        self._partial = partial[: process.LINE_BYTES]
        for line in lines:
            if match := _MARK.match(line):
                self._mark(match[1] == b"start", float(match[2]))

    def _mark(self, start: bool, at: float) -> None:
        if start:
            self.spans.append((at, None))
        elif self.spans and self.spans[-1][1] is None:
            self.spans[-1] = (self.spans[-1][0], at)


def measure(
    path: Path, track: int, duration: float, silent: float, seconds: float, env: Mapping[str, str]
) -> dict[str, Any]:
    """Return `loudness` in LUFS and `peak` in dBTP, None for silence, and the spans `silent`, as JSON values.

    track: counted from 1. duration: of the file in seconds; sound that ends before is silent from there.
    silent: the shortest such span in seconds. seconds: the time limit.
    """
    silences = _Silences()
    detector = f"silencedetect=noise={SILENCE}:duration={_SHORTEST}"
    # Where a file has no sound, before its first or after its last, it is silent.
    whole = f"aresample=async=1:first_pts=0,apad=whole_dur={duration:.6f}"
    chain = f"{loudness.METER},{whole},{detector},ametadata=mode=print:file=pipe\\\\:1"
    done = ffmpeg.stream(
        [*ffmpeg.untrusted_input(path.absolute()), "-map", f"0:a:{track - 1}", "-af", chain, "-f", "null", "-"],
        silences,
        cwd=path.absolute().parent,
        env=env,
        timeout=seconds,
        what=f"decode the audio of '{path.name}'",
        check=False,
    )
    measured = loudness.parse_summary(done.text)
    spans = [(max(start, 0.0), min(duration if end is None else end, duration)) for start, end in silences.spans]
    return {
        "loudness": _finite(measured.integrated) if measured.integrated > GATE else None,
        "peak": _finite(measured.peak),
        "silent": [{"start": round(start, 3), "end": round(end, 3)} for start, end in spans if end - start >= silent],
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
