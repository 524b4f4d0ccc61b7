"""Index the frames of an H.264 segment once, to then read it frame by frame without another search."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from vidbuild.media.h264 import h264
from vidbuild.media.h264.h264 import FIRST_BIT, IDR, SLICE, SLICE_HEAD_BYTES, StreamInfo

LENGTH_BYTES = 4  # before each unit in an MP4 (14496-15, 5.3)
SLICES = (SLICE, IDR)


@dataclass(frozen=True, slots=True)
class Segment:
    """The index of a segment.

    sizes: bytes of each frame as an MP4 stores it.
    slices: start and end of each slice in the segment, alternating.
    counts: number of slices of each frame.
    """

    stream: StreamInfo
    sizes: array[int]
    slices: array[int]
    counts: array[int]


def read(data: bytes) -> Segment:
    """Check a segment like `h264.scan` and index its frames."""
    sizes, slices, counts = array("Q"), array("Q"), array("L")

    def heads() -> Iterator[bytes]:
        """Yield what the check needs: complete NAL units that are no slices, and the head of each frame."""
        for start, end in h264.unit_spans(data):
            if data[start] & 0x1F not in SLICES:
                yield data[start:end]
                continue
            head = data[start : start + SLICE_HEAD_BYTES]
            starts = head[-1] >= FIRST_BIT and end - start >= SLICE_HEAD_BYTES  # h264.starts_frame, inlined for speed
            if starts or not counts:
                sizes.append(0)
                counts.append(0)
                yield head[: end - start]
            sizes[-1] += LENGTH_BYTES + end - start
            counts[-1] += 1
            slices.append(start)
            slices.append(end)

    return Segment(h264.scan_units(heads()), sizes, slices, counts)


def frames(data: bytes, segment: Segment) -> Iterator[bytes]:
    """Yield each frame as an MP4 stores it: its slices, each after its length."""
    slices, first = segment.slices, 0
    for count in segment.counts:
        parts = []
        for index in range(first, first + 2 * count, 2):
            start, end = slices[index], slices[index + 1]
            parts += [(end - start).to_bytes(LENGTH_BYTES, "big"), data[start:end]]
        first += 2 * count
        yield b"".join(parts)
