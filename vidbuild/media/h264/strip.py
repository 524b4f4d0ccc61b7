"""Put a strip of rows that is encoded apart into the frames of a segment, by their slices alone.

The strip's slices lie at the lower edge of a frame of the segment's size (see `stitch`), so nothing in them changes.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from vidbuild.media.h264 import h264
from vidbuild.media.h264.bits import BitsError, Reader
from vidbuild.media.h264.h264 import IDR, SLICE, H264Error
from vidbuild.media.h264.segment import LENGTH_BYTES, Segment

ONE_SLICE = 2  # numbers: its start and end
FIRST_MACROBLOCK_BYTES = 8  # enough of a slice header for its first_mb_in_slice (7.3.3)


def inserted(data: bytes, segment: Segment, strip: bytes) -> Segment:
    """Return the index of the frames with their lower rows from a strip, in the bytes of both, one after the other.

    data, segment: the bytes of the segment and their index.
    Raise H264Error if the strip does not belong to the segment.
    """
    frames = _frames(strip, segment.stream.sets)
    if len(frames) != segment.stream.frames:
        raise H264Error(f"strip: expected {segment.stream.frames} frames, got {len(frames)}")
    top = _first_macroblock(strip, frames[0][0])
    sizes, slices, counts = array("Q"), array("Q"), array("L")
    for own, instead in zip(_spans(segment), frames, strict=True):
        if h264.unit_type(data[own[0] : own[0] + 1]) != h264.unit_type(strip[instead[0] : instead[0] + 1]):
            raise H264Error("strip: its key frames are at other places than those of the segment")
        spans = _merged(data, own, instead, top)
        slices.extend(spans)
        counts.append(len(spans) // 2)
        sizes.append(LENGTH_BYTES * (len(spans) // 2) + sum(spans[1::2]) - sum(spans[::2]))
    return Segment(segment.stream, sizes, slices, counts)


def _merged(data: bytes, own: array[int], instead: array[int], top: int) -> array[int]:
    """Return where the slices of one frame start and end. A frame that repeats the one before as a whole stays so."""
    if len(own) == ONE_SLICE:
        if len(instead) != ONE_SLICE or h264.unit_type(data[own[0] : own[0] + 1]) == IDR:
            raise H264Error("strip: the segment has no rows for it")
        return own
    kept = len(own)
    while kept and _first_macroblock(data, own[kept - 2]) > top:
        kept -= 2
    if not kept or _first_macroblock(data, own[kept - 2]) != top:
        raise H264Error("strip: the segment has no rows for it")
    return own[: kept - 2] + array("Q", (len(data) + position for position in instead))


def _spans(segment: Segment) -> Iterator[array[int]]:
    """Yield start and end of each slice of a frame, alternating, for each frame."""
    at = 0
    for count in segment.counts:
        yield segment.slices[at : at + 2 * count]
        at += 2 * count


def _frames(strip: bytes, sets: tuple[bytes, ...]) -> list[array[int]]:
    """Return start and end of each slice of a frame, alternating, for each frame of a strip with these sets."""
    frames: list[array[int]] = []
    top = 0
    for start, end in h264.unit_spans(strip):
        if h264.unit_type(strip[start : start + 1]) not in (SLICE, IDR):
            if strip[start:end] not in sets:
                raise H264Error("strip: it is encoded with different parameters than the segment")
            continue
        first = _first_macroblock(strip, start)
        if not frames:
            top = first
        if first == top:
            frames.append(array("Q"))
        frames[-1].extend((start, end))
    if not frames or not top:
        raise H264Error("strip: it has no slices at the lower edge")
    return frames


def _first_macroblock(data: bytes, start: int) -> int:
    """Return the first macroblock of the slice that starts here, counted from the frame's upper left corner."""
    try:
        return Reader(data[start + 1 : start + 1 + FIRST_MACROBLOCK_BYTES]).unsigned()
    except BitsError as error:
        raise H264Error(f"corrupt slice: {error}") from error
