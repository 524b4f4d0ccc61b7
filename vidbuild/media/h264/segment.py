"""Index the frames of an H.264 segment once, to then read it frame by frame without another search."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator, Sequence
from itertools import chain

from vidbuild.frozen import dataclass
from vidbuild.media.h264 import h264
from vidbuild.media.h264.h264 import FIRST_BIT, IDR, SLICE, SLICE_HEAD_BYTES, StreamInfo

LENGTH_BYTES = 4  # before each unit in an MP4 (14496-15, 5.3)
SLICES = (SLICE, IDR)
LENGTH = struct.Struct(">I")


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
    sizes, counts, slices = array("Q"), array("L"), array("Q")

    def heads() -> Iterator[bytes]:
        """Yield what the check needs: complete NAL units that are no slices, and the head of each frame."""
        size = count = 0  # of the frame that is being read
        for start, end in h264.unit_spans(data):
            if data[start] & 0x1F not in SLICES:
                yield data[start:end]
                continue
            # h264.starts_frame, inlined for speed
            if (end - start >= SLICE_HEAD_BYTES and data[start + 1] >= FIRST_BIT) or not count:
                if count:
                    sizes.append(size)
                    counts.append(count)
                size = count = 0
                yield data[start : min(start + SLICE_HEAD_BYTES, end)]
            size += LENGTH_BYTES + end - start
            count += 1
            slices.append(start)
            slices.append(end)
        if count:
            sizes.append(size)
            counts.append(count)

    return Segment(h264.scan_units(heads()), sizes, slices, counts)


def frames(data: bytes, segment: Segment) -> Iterator[bytes]:
    """Yield each frame as an MP4 stores it: its slices, each after its length."""
    whole, start = joined(data, segment), 0
    for size in segment.sizes:
        yield whole[start : start + size]
        start += size


def joined(data: bytes, segment: Segment) -> bytes:
    """Return all frames as an MP4 stores them, one after the other."""
    return stored(list(map(data.__getitem__, map(slice, segment.slices[::2], segment.slices[1::2]))))


def stored(units: Sequence[bytes]) -> bytes:
    """Return slices as an MP4 stores them, each after its length."""
    return b"".join(chain.from_iterable(zip(map(LENGTH.pack, map(len, units)), units, strict=True)))
