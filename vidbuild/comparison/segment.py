"""The segment of a scene with the rows that other steps encoded, as a stream that a decoder takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from vidbuild.errors import StepError
from vidbuild.media.h264 import h264, segment
from vidbuild.media.h264.holds import lengthened
from vidbuild.media.h264.strip import inserted, laid_over
from vidbuild.media.render.hold import Hold

_START = b"\0\0\0\1"


def stream(path: Path, holds: Sequence[Hold], strips: Sequence[tuple[Path, int]]) -> Iterator[bytes]:
    """Yield a segment with all of its rows and frames, in the byte stream format. Raises StepError.

    strips: files with rows, each with the row of macroblocks that they end above; 0 for rows at the lower edge.
    """
    data = path.read_bytes()
    try:
        index = segment.read(data)
        for file, end in strips:
            if not end:
                added = file.read_bytes()
                index, data = inserted(data, index, added), data + added
        if holds:
            data, index = lengthened(data, index, holds).laid_out()
        for file, end in strips:
            if end:
                rows = file.read_bytes()
                index, more = laid_over(data, index, rows, end)
                data += rows + more
    except h264.H264Error as error:
        raise StepError(f"'{path.name}': corrupt segment: {error}") from error
    yield b"".join(_START + unit for unit in index.stream.sets)
    slices = index.slices
    for place in range(0, len(slices), 2):
        yield _START + data[slices[place] : slices[place + 1]]
