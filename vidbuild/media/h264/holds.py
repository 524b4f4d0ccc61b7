"""Lengthen the holds of a segment: add frames that repeat the one before, and give those after them new numbers.

A repeated frame is one slice in which every macroblock is skipped, as in `stitch`, so the result is what `stitch` would
have made of the whole motion. No other bit of a slice than its numbers changes. Clause numbers refer to Rec. ITU-T
H.264 (08/2021).
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import accumulate, chain, islice

from vidbuild.frozen import dataclass, replaced
from vidbuild.media.h264 import h264
from vidbuild.media.h264.bits import BitsError
from vidbuild.media.h264.h264 import IDR, H264Error, StreamInfo
from vidbuild.media.h264.segment import LENGTH_BYTES, Segment
from vidbuild.media.h264.slices import (
    AFTER_NEXT,
    NEXT,
    ParameterSets,
    idr_number,
    move_slice,
    renumbered,
    skipped_slice,
)
from vidbuild.media.render.hold import Hold


@dataclass(frozen=True, slots=True)
class Lengthened:
    """A segment with all frames.

    units: the slices of all frames, in order.
    sizes, counts: as of a Segment.
    """

    stream: StreamInfo
    units: Sequence[bytes]
    sizes: array[int]
    counts: array[int]

    def laid_out(self) -> tuple[bytes, Segment]:
        """Return the slices, one after the other, and their index."""
        ends = list(accumulate(map(len, self.units)))
        slices = array("Q", chain.from_iterable(zip((0, *ends[:-1]), ends, strict=True)))
        return b"".join(self.units), Segment(self.stream, self.sizes, slices, self.counts)


def lengthened(data: bytes, segment: Segment, holds: Sequence[Hold]) -> Lengthened:
    """Return a segment with all frames of its holds.

    data, segment: the bytes that the index of the segment is of.
    Raise H264Error if these frames of the segment are no holds.
    """
    try:
        return _lengthened(data, segment, holds)
    except BitsError as error:
        raise H264Error(f"corrupt slice: {error}") from error


def _lengthened(data: bytes, segment: Segment, holds: Sequence[Hold]) -> Lengthened:
    kinds = {h264.unit_type(unit): unit for unit in segment.stream.sets}
    out = _Frames(ParameterSets.read(kinds[h264.SPS], kinds[h264.PPS]))
    after = {hold.frame: hold for hold in holds}
    units = map(data.__getitem__, map(slice, segment.slices[::2], segment.slices[1::2]))
    for frame, count in enumerate(segment.counts):
        out.add(list(islice(units, count)))
        if frame in after:
            out.hold(after.pop(frame))
    if after:
        raise H264Error(f"holds after frames {sorted(after)}: the segment has {len(segment.counts)}")
    stream = replaced(segment.stream, frames=len(out.counts), idrs=tuple(out.idrs))
    return Lengthened(stream, out.units, out.sizes, out.counts)


class _Frames:
    """The frames of a lengthened segment.

    since: how many reference frames there are since the last key frame, which is frame_num before it wraps (7.4.3).
    own: the same as the segment numbers them.
    key: the slices of the last key frame. key_number: idr_pic_id of the frame before, if it is a key frame that was
    added or numbered here.
    still: whether all frames since the last key frame repeat it.
    last: the slices of the last frame.
    units: those of all frames.
    repeated: frame_num -> the slice of the frame with this number that repeats another one.
    """

    def __init__(self, sets: ParameterSets) -> None:
        self.sets = sets
        self.units: list[bytes] = []
        self.sizes, self.counts = array("Q"), array("L")
        self.idrs: list[int] = []
        self.since = self.own = 0
        self.key: Sequence[bytes] = ()
        self.key_number: int | None = None
        self.still = True
        self.last: Sequence[bytes] = ()
        self.repeated: dict[int, bytes] = {}

    def add(self, units: Sequence[bytes]) -> None:
        """Add a frame of the segment."""
        if h264.unit_type(units[0]) == IDR:
            self.own, self.still = 0, True
            if self.key_number is not None and idr_number(units[0], self.sets) == self.key_number:
                self._add_key(units)
            else:
                self.key_number = None
                self.key = units
                self._start_key()
                self._append(units)
            return
        wrap = 1 << self.sets.frame_number_bits
        self.own += 1
        self.since += 1
        self.key_number = None
        if (self.since - self.own) % wrap:
            number, sets = self.since % wrap, self.sets
            units = [renumbered(unit, sets, number) for unit in units]
        self._append(units)
        self.still = self.still and self._is_repeated()

    def hold(self, hold: Hold) -> None:
        """Add the frames of a hold."""
        if not self._is_repeated():
            raise H264Error(f"frame {hold.frame} is no hold")
        if hold.keys and not self.still:
            raise H264Error(f"the hold at frame {hold.frame} does not repeat a key frame")
        at = 0
        for key in (*hold.keys, hold.frames):
            self._repeat(key - at)
            if key < hold.frames:
                self._add_key(self.key)
            at = key + 1

    def _add_key(self, units: Sequence[bytes]) -> None:
        """Add a key frame with another number than that of the frame before (7.4.3)."""
        number = AFTER_NEXT if self.key_number == NEXT else NEXT
        self.key = [move_slice(unit, self.sets, 0, 0, number) for unit in units]
        self._start_key()
        self._append(self.key)
        self.key_number = number

    def _start_key(self) -> None:
        self.since = 0
        self.idrs.append(len(self.counts))

    def _is_repeated(self) -> bool:
        """Return whether the last frame repeats the one before."""
        return len(self.last) == 1 and self.last[0] == self._repeating()

    def _repeat(self, frames: int) -> None:
        """Add frames that repeat the one before."""
        for _ in range(frames):
            self.since += 1
            unit = self._repeating()
            self.units.append(unit)
            self.sizes.append(LENGTH_BYTES + len(unit))
        if frames:
            self.counts.extend([1] * frames)
            self.key_number = None
            self.last = self.units[-1:]

    def _repeating(self) -> bytes:
        """Return the slice of a frame with the current number that repeats the one before."""
        number = self.since % (1 << self.sets.frame_number_bits)
        if number not in self.repeated:
            self.repeated[number] = skipped_slice(self.sets, 0, self.sets.mb_height, number)
        return self.repeated[number]

    def _append(self, units: Sequence[bytes]) -> None:
        self.units += units
        self.sizes.append(LENGTH_BYTES * len(units) + sum(map(len, units)))
        self.counts.append(len(units))
        self.last = units
