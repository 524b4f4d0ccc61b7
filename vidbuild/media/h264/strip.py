"""Put a strip of rows that is encoded apart into the frames of a segment, by their slices alone.

The strip's slices lie in a frame of the segment's size (see `stitch`), at the lower edge or above other rows. They are
not changed.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import chain

from vidbuild.media.h264 import h264
from vidbuild.media.h264.bits import BitsError, Reader
from vidbuild.media.h264.h264 import IDR, SLICE, H264Error
from vidbuild.media.h264.segment import LENGTH_BYTES, Segment
from vidbuild.media.h264.slices import ParameterSets, frame_number, skipped_slice

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


def laid_over(data: bytes, segment: Segment, strip: bytes, end: int) -> tuple[Segment, bytes]:
    """Return the index of the frames with a strip in place of their rows up to `end`, a row of macroblocks.

    The strip may change at frames in which the segment repeats the one before: slices that repeat the rows around it
    then take the place of the one that repeats the whole frame. They are the second value: the index is of the bytes of
    the segment, those of the strip and these, one after the other.
    Raise H264Error if the strip does not belong to the segment.
    """
    frames = _frames(strip, segment.stream.sets)
    if len(frames) != segment.stream.frames:
        raise H264Error(f"strip: expected {segment.stream.frames} frames, got {len(frames)}")
    try:
        rows = _Rows(data, strip, segment, _first_macroblock(strip, frames[0][0]), end)
        spans = [rows.replaced(own, instead) for own, instead in zip(_spans(segment), frames, strict=True)]
    except BitsError as error:
        raise H264Error(f"corrupt slice: {error}") from error
    counts = array("L", (len(each) // 2 for each in spans))
    sizes = array("Q", (LENGTH_BYTES * (len(each) // 2) + sum(each[1::2]) - sum(each[::2]) for each in spans))
    return Segment(segment.stream, sizes, array("Q", chain.from_iterable(spans)), counts), bytes(rows.added)


class _Rows:
    """The rows of a segment's frames that a strip takes the place of.

    added: slices that repeat rows around the strip.
    """

    def __init__(self, data: bytes, strip: bytes, segment: Segment, top: int, end: int) -> None:
        kinds = {h264.unit_type(unit): unit for unit in segment.stream.sets}
        self._sets = sets = ParameterSets.read(kinds[h264.SPS], kinds[h264.PPS])
        self._data, self._strip = data, strip
        self._top, self._end = top, end * sets.mb_width
        if top % sets.mb_width or not top < self._end <= sets.mb_width * sets.mb_height:
            raise H264Error(f"strip: it has no rows above row {end} of the segment")
        self._rows = (top // sets.mb_width, end)
        self.added = bytearray()
        self._places: dict[tuple[int, int, int], array[int]] = {}
        self._numbers: dict[bytes, int] = {}

    def replaced(self, own: array[int], instead: array[int]) -> array[int]:
        """Return where the slices of one frame start and end, alternating, with those of the strip in it."""
        is_key = h264.unit_type(self._data[own[0] : own[0] + 1]) == IDR
        if is_key != (h264.unit_type(self._strip[instead[0] : instead[0] + 1]) == IDR):
            raise H264Error("strip: its key frames are at other places than those of the segment")
        moved = array("Q", (len(self._data) + position for position in instead))
        if len(own) == ONE_SLICE and not is_key:
            number, (first, end), height = self._repeated(own), self._rows, self._sets.mb_height
            if self._strip[instead[0] : instead[1]] == skipped_slice(self._sets, first, end - first, number):
                return own
            return self._repeating(0, first, number) + moved + self._repeating(end, height - end, number)
        starts = [_first_macroblock(self._data, start) for start in own[::2]]
        if self._top not in starts or (self._rows[1] < self._sets.mb_height and self._end not in starts):
            raise H264Error("strip: the segment has no rows for it")
        below = 2 * starts.index(self._end) if self._end in starts else len(own)
        return own[: 2 * starts.index(self._top)] + moved + own[below:]

    def _repeated(self, own: array[int]) -> int:
        """Return the frame_num of a frame that repeats the one before as a whole."""
        unit = self._data[own[0] : own[1]]
        if unit not in self._numbers:
            number = frame_number(unit, self._sets)
            if unit != skipped_slice(self._sets, 0, self._sets.mb_height, number):
                raise H264Error("strip: the segment has no rows for it")
            self._numbers[unit] = number
        return self._numbers[unit]

    def _repeating(self, row: int, rows: int, number: int) -> array[int]:
        """Return where a slice that repeats these rows starts and ends."""
        if not rows:
            return array("Q")
        if (row, rows, number) not in self._places:
            start = len(self._data) + len(self._strip) + len(self.added)
            self.added += skipped_slice(self._sets, row, rows, number)
            self._places[row, rows, number] = array("Q", (start, len(self._data) + len(self._strip) + len(self.added)))
        return self._places[row, rows, number]


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
