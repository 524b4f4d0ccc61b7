"""Lengthen the holds of a segment: add frames that repeat the one before, and give those after them new numbers.

A repeated frame is one slice in which every macroblock is skipped, as in `stitch`, so the result is what `stitch` would
have made of the whole motion. No other bit of a slice than its numbers changes. Clause numbers refer to Rec. ITU-T
H.264 (08/2021).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from vidbuild.media.h264 import h264
from vidbuild.media.h264.bits import BitsError
from vidbuild.media.h264.h264 import IDR, H264Error
from vidbuild.media.h264.segment import LENGTH_BYTES, Segment
from vidbuild.media.h264.slices import ParameterSets, idr_number, move_slice, renumbered, skipped_slice
from vidbuild.media.h264.stitch import AFTER_NEXT, NEXT
from vidbuild.media.render.holds import Hold

SMALL = 64  # bytes of a slice that repeats rows, and a few more


def lengthened(data: bytes, segment: Segment, holds: Sequence[Hold]) -> tuple[bytes, Segment]:
    """Return the slices of a segment with all frames, one after the other, and their index.

    data, segment: the bytes that the index of the segment is of.
    Raise H264Error if these frames of the segment are no holds.
    """
    try:
        return _lengthened(data, segment, holds)
    except BitsError as error:
        raise H264Error(f"corrupt slice: {error}") from error


def _lengthened(data: bytes, segment: Segment, holds: Sequence[Hold]) -> tuple[bytes, Segment]:
    kinds = {h264.unit_type(unit): unit for unit in segment.stream.sets}
    out = _Frames(ParameterSets.read(kinds[h264.SPS], kinds[h264.PPS]))
    after = {hold.frame: hold for hold in holds}
    position = 0
    for frame, count in enumerate(segment.counts):
        spans = segment.slices[position : position + 2 * count]
        position += 2 * count
        out.add([data[spans[at] : spans[at + 1]] for at in range(0, len(spans), 2)])
        if frame in after:
            out.hold(after.pop(frame))
    if after:
        raise H264Error(f"holds after frames {sorted(after)}: the segment has {len(segment.counts)}")
    stream = replace(segment.stream, frames=len(out.counts), idrs=tuple(out.idrs))
    return bytes(out.data), Segment(stream, out.sizes, out.slices, out.counts)


@dataclass(slots=True)
class _Frames:
    """The frames of a lengthened segment.

    since: how many reference frames there are since the last key frame, which is frame_num before it wraps (7.4.3).
    own: the same as the segment numbers them.
    key: the slices of the last key frame. key_number: idr_pic_id of the frame before, if it is a key frame that was
    added or numbered here.
    still: whether all frames since the last key frame repeat it.
    repeated: frame_num -> where the frame that repeats another one is in the data, and its bytes.
    renumbered: small slices by their bytes and new frame_num: those that repeat rows are the same in many frames.
    """

    sets: ParameterSets
    data: bytearray = field(default_factory=bytearray)
    sizes: array[int] = field(default_factory=lambda: array("Q"))
    slices: array[int] = field(default_factory=lambda: array("Q"))
    counts: array[int] = field(default_factory=lambda: array("L"))
    idrs: list[int] = field(default_factory=list)
    since: int = 0
    own: int = 0
    key: Sequence[bytes] = ()
    key_number: int | None = None
    still: bool = True
    repeated: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    renumbered: dict[tuple[bytes, int], bytes] = field(default_factory=dict)

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
            units = [self._renumbered(unit, self.since % wrap) for unit in units]
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

    def _add_key(self, units: Iterable[bytes]) -> None:
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
        start, end = self.slices[-2], self.slices[-1]
        return self.counts[-1] == 1 and self.data[start:end] == self._repeating()[1]

    def _repeat(self, frames: int) -> None:
        """Add frames that repeat the one before. Those of the same number share their bytes."""
        for _ in range(frames):
            self.since += 1
            start, unit = self._repeating()
            self.slices.append(start)
            self.slices.append(start + len(unit))
            self.sizes.append(LENGTH_BYTES + len(unit))
            self.counts.append(1)
        if frames:
            self.key_number = None

    def _repeating(self) -> tuple[int, bytes]:
        """Return where the slice of a frame with the current number is that repeats the one before, and its bytes."""
        number = self.since % (1 << self.sets.frame_number_bits)
        if number not in self.repeated:
            unit = skipped_slice(self.sets, 0, self.sets.mb_height, number)
            self.repeated[number] = (len(self.data), unit)
            self.data += unit
        return self.repeated[number]

    def _renumbered(self, unit: bytes, number: int) -> bytes:
        if len(unit) > SMALL:
            return renumbered(unit, self.sets, number)
        if (unit, number) not in self.renumbered:
            self.renumbered[unit, number] = renumbered(unit, self.sets, number)
        return self.renumbered[unit, number]

    def _append(self, units: Iterable[bytes]) -> None:
        size = count = 0
        for unit in units:
            self.slices.append(len(self.data))
            self.data += unit
            self.slices.append(len(self.data))
            size += LENGTH_BYTES + len(unit)
            count += 1
        self.sizes.append(size)
        self.counts.append(count)
