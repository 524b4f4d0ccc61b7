"""Finds when a video is black, and when nothing in it changes.

Each frame is reduced to the mean brightness of its blocks, about 160 in a row, so that a letter that is typed counts as
a change, and the noise of a codec or camera does not. A frame is compared with the one that began the span, so that a
slow fade is no stillness.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.media.ffmpeg.media_info import MediaInfo

_COLUMNS = 160  # of blocks
_MIN_BLOCK = 4  # pixels
_MAX_RATE = 60.0  # frames per second to look at
_DEFAULT_RATE = 25.0
_CHANGED = 6  # of 255: the difference in brightness of a block that has changed
_BLACK, _BLACK_SHARE = 26, 0.98  # of 255: the brightest block that is black; the share of black blocks in a black frame


class _Spans:
    """Collects spans in which something holds, of consecutive frames."""

    def __init__(self, rate: float, shortest: float, fewest: int = 1) -> None:
        self._rate, self._shortest, self._fewest = rate, shortest, fewest
        self._start: int | None = None
        self.spans: list[tuple[float, float]] = []

    def begin(self, frame: int) -> None:
        if self._start is None:
            self._start = frame

    def end(self, frame: int) -> None:
        if self._start is not None and frame - self._start >= max(self._shortest * self._rate, self._fewest):
            self.spans.append((self._start / self._rate, frame / self._rate))
        self._start = None


class _Frames:
    """A sink for raw frames."""

    def __init__(self, size: int, rate: float, black: float, frozen: float) -> None:
        self.count = 0
        self.black, self.frozen = _Spans(rate, black), _Spans(rate, frozen, fewest=2)
        self._size = size
        self._partial = bytearray()
        self._reference: np.ndarray[Any, np.dtype[np.int16]] | None = None

    def __call__(self, piece: bytes) -> None:
        """Receive the next piece, which may begin and end anywhere in a frame."""
        self._partial += piece
        whole = len(self._partial) // self._size * self._size
        for start in range(0, whole, self._size):
            blocks = np.frombuffer(self._partial, np.uint8, self._size, start).astype(np.int16)
            self._add(blocks)
            del blocks
        del self._partial[:whole]

    def _add(self, blocks: np.ndarray[Any, np.dtype[np.int16]]) -> None:
        if np.count_nonzero(blocks <= _BLACK) >= _BLACK_SHARE * self._size:
            self.black.begin(self.count)
        else:
            self.black.end(self.count)
        if self._reference is None or int(np.abs(blocks - self._reference).max()) >= _CHANGED:
            self.frozen.end(self.count)
            self.frozen.begin(self.count)
            self._reference = blocks
        self.count += 1

    def finish(self) -> None:
        """End what lasts to the end of the video."""
        self.black.end(self.count)
        self.frozen.end(self.count)


def measure(
    path: Path, info: MediaInfo, duration: float, black: float, frozen: float, seconds: float, env: Mapping[str, str]
) -> dict[str, Any]:
    """Return the spans `black` and `frozen` of a file's video, as JSON values.

    duration: of the video in seconds. black, frozen: the shortest such span in seconds. seconds: the time limit.
    """
    width, height = _blocks(info)
    rate = min(info.rate or info.fps or _DEFAULT_RATE, _MAX_RATE)
    frames = _Frames(width * height, rate, black, frozen)
    # start_time: a first frame that comes late is shown from the start, as players do
    chain = f"scale={width}:{height}:flags=area,format=gray,fps=fps={rate:.6f}:start_time=0"
    decoder = ["-c:v", info.decoder] if info.decoder else []
    ffmpeg.stream(
        [*ffmpeg.untrusted_input(path.absolute(), *decoder), "-map", "0:V:0", "-vf", chain, "-f", "rawvideo", "-"],
        frames,
        cwd=path.absolute().parent,
        env=env,
        timeout=seconds,
        what=f"decode '{path.name}'",
        check=info.damaged is None and not info.truncated,
    )
    frames.finish()
    return {
        name: _clipped(spans.spans, duration) for name, spans in (("black", frames.black), ("frozen", frames.frozen))
    }


def _clipped(spans: list[tuple[float, float]], duration: float) -> list[dict[str, float]]:
    return [{"start": round(start, 3), "end": round(min(end, duration), 3)} for start, end in spans if start < duration]


def _blocks(info: MediaInfo) -> tuple[int, int]:
    """Return how many blocks a frame has in a row and in a column."""
    width, height = max(info.width, 1), max(info.height, 1)
    columns = max(1, min(_COLUMNS, width // _MIN_BLOCK))
    return columns, max(1, min(round(columns * height / width), height))
