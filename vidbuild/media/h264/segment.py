"""Where the frames of an H.264 segment lie: it is searched once, and then taken frame by frame without being searched.

It knows nothing of what segments are joined to.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from vidbuild.media.h264 import h264
from vidbuild.media.h264.h264 import FIRST_BIT, HEAD, IDR, SLICE, Stream

LENGTH_BYTES = 4  # before each unit in an MP4 (14496-15, 5.3)
SLICES = (SLICE, IDR)


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment without its bytes.

    sizes: of each frame, as an MP4 has it. slices: where each slice begins and ends, one behind the other. counts: how
    many slices each frame has.
    """

    stream: Stream
    sizes: array[int]
    slices: array[int]
    counts: array[int]


def read(data: bytes) -> Segment:
    """Find and check a segment's frames (h264.scan)."""
    sizes, slices, counts = array("Q"), array("Q"), array("L")

    def heads() -> Iterator[bytes]:
        """What of the stream is to be checked: all but slices whole, and how each picture begins."""
        for start, end in h264.spans(data):
            if data[start] & 0x1F not in SLICES:
                yield data[start:end]
                continue
            head = data[start : start + HEAD]
            begins = head[-1] >= FIRST_BIT and end - start >= HEAD  # h264.begins_picture, without calling it
            if begins or not counts:
                sizes.append(0)
                counts.append(0)
                yield head[: end - start]
            sizes[-1] += LENGTH_BYTES + end - start
            counts[-1] += 1
            slices.append(start)
            slices.append(end)

    return Segment(h264.scanned(heads()), sizes, slices, counts)


def frames(data: bytes, segment: Segment) -> Iterator[bytes]:
    """Each frame as an MP4 has it: its slices, each after its length."""
    slices, at = segment.slices, 0
    for count in segment.counts:
        parts = []
        for place in range(at, at + 2 * count, 2):
            start, end = slices[place], slices[place + 1]
            parts += [(end - start).to_bytes(LENGTH_BYTES, "big"), data[start:end]]
        at += 2 * count
        yield b"".join(parts)
