"""Make the frames of a segment as an MP4 stores them, in place of the segment's own bytes.

A start code of four bytes, as `stitch` writes it, takes as much room as the length of a slice in an MP4. So a segment
becomes the samples of a video by numbers that are written into a copy of it, and no slice is cut out; the frames of its
holds come between parts of the copy. The result is that of `segment` and `holds`, which process any segment, slice by
slice. Clause numbers refer to Rec. ITU-T H.264 (08/2021).
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from operator import sub

from vidbuild.frozen import dataclass, replaced
from vidbuild.media.h264 import h264
from vidbuild.media.h264.bits import BitsError
from vidbuild.media.h264.h264 import FIRST_BIT, IDR, SLICE_HEAD_BYTES, START, H264Error, StreamInfo
from vidbuild.media.h264.segment import LENGTH, LENGTH_BYTES, SLICES, stored
from vidbuild.media.h264.slices import (
    AFTER_NEXT,
    HEAD_BYTES,
    NEXT,
    ParameterSets,
    idr_number,
    move_slice,
    new_head,
    renumbered,
    skipped_slice,
)
from vidbuild.media.render.hold import Hold

_START = re.compile(re.escape(START))
_TYPE = 0x1F
_MOST_HEADS = 1 << 12
_OWN = bytes(SLICES)
_OTHERS = bytes({*range(_TYPE + 1)} - {*SLICES})


@dataclass(frozen=True, slots=True)
class Samples:
    """All frames of a segment as an MP4 stores them.

    sizes: bytes of each.
    pieces: the frames, one after the other.
    """

    stream: StreamInfo
    sizes: array[int]
    pieces: Sequence[bytes | memoryview]


class _MovedError(Exception):
    """A slice has another length with another number, so that it has no place in the copy."""


def samples(data: bytes, holds: Sequence[Hold]) -> Samples | None:
    """Return the frames of a segment with those of its holds; None for one that must be processed slice by slice.

    Raise H264Error as `segment.read` and `holds.lengthened` do.
    """
    index = _index(data)
    if index is None:
        return None
    try:
        frames = _Frames(data, index)
        frames.lengthen(holds)
    except _MovedError:
        return None
    except BitsError as error:
        raise H264Error(f"corrupt slice: {error}") from error
    stream = replaced(index.stream, frames=len(frames.sizes), idrs=tuple(frames.idrs))
    return Samples(stream, frames.sizes, frames.pieces())


@dataclass(frozen=True, slots=True)
class _Index:
    """Where the slices of a segment are.

    starts: of the start code of each slice, and the end of the segment.
    firsts: the number of the first slice of each frame, and the number of slices.
    """

    stream: StreamInfo
    starts: Sequence[int]
    firsts: Sequence[int]


def _index(data: bytes) -> _Index | None:
    """Index a segment; None unless all start codes have four bytes, no zeros around them, and the sets come first."""
    starts, byte = [match.start() - 1 for match in _START.finditer(data)], data.__getitem__
    if not starts or starts[0] or not data[-1]:
        return None
    if any(map(byte, starts)) or not all(map(byte, [start - 1 for start in starts])):
        return None
    sizes = [*map(sub, starts[1:], starts), len(data) - starts[-1]]
    if min(sizes) <= LENGTH_BYTES:
        return None
    kinds = bytes([data[start + LENGTH_BYTES] & _TYPE for start in starts])
    sets = len(kinds) - len(kinds.lstrip(_OTHERS))
    if kinds[sets:].strip(_OWN) or min(sizes[sets:], default=0) < LENGTH_BYTES + HEAD_BYTES:
        return None
    starts.append(len(data))
    units = [data[start + LENGTH_BYTES : end] for start, end in pairwise(starts[: sets + 1])]
    starts = starts[sets:]
    second = LENGTH_BYTES + 1  # h264.starts_frame, inlined for speed
    firsts = [number for number, start in enumerate(starts[:-1]) if data[start + second] >= FIRST_BIT]
    if not firsts or firsts[0]:
        return None
    heads = [data[start : start + SLICE_HEAD_BYTES] for start in (starts[first] + LENGTH_BYTES for first in firsts)]
    firsts.append(len(starts) - 1)
    return _Index(h264.scan_units([*units, *heads]), starts, firsts)


class _Heads(dict[bytes, bytes]):
    """The first bytes of slices -> these bytes with a frame_num, as `new_head` returns them.

    Slices of a video have few different ones, so for most of them no function must be called.
    """

    def __init__(self, size: int, number: int) -> None:
        super().__init__()
        self._size, self._number = size, number

    def __missing__(self, head: bytes) -> bytes:
        """Return the new head of the first slice with this one."""
        if len(self) >= _MOST_HEADS:
            self.clear()
        self[head] = found = new_head(head, self._size, self._number)
        return found


_heads = lru_cache(maxsize=1 << 8)(_Heads)


class _Frames:
    """The frames of a segment with those of its holds; see the class of this name in `holds`.

    sizes: bytes of each.
    idrs: which are key frames.
    """

    def __init__(self, data: bytes, index: _Index) -> None:
        self.sizes = array("Q")
        self.idrs: list[int] = []
        self._data, self._starts, self._firsts = data, index.starts, index.firsts
        self._bounds = [index.starts[first] for first in index.firsts]
        self._kinds = [data[at + LENGTH_BYTES] & _TYPE for at in self._bounds[:-1]]
        kinds = {h264.unit_type(unit): unit for unit in index.stream.sets}
        self._sets = ParameterSets.read(kinds[h264.SPS], kinds[h264.PPS])
        self._wrap = 1 << self._sets.frame_number_bits
        self._out, write = bytearray(data), LENGTH.pack_into
        for start, end in pairwise(index.starts):
            write(self._out, start, end - start - LENGTH_BYTES)
        self._pieces: list[tuple[int, int] | bytes] = []
        self._since = self._own = 0
        self._key: Sequence[bytes] = ()
        self._key_number: int | None = None
        self._still = True
        self._is_repeated = False
        self._skipped: dict[int, bytes] = {}

    def pieces(self) -> Sequence[bytes | memoryview]:
        """Return all frames, one after the other."""
        view = memoryview(self._out)
        return [each if isinstance(each, bytes) else view[each[0] : each[1]] for each in self._pieces]

    def lengthen(self, holds: Sequence[Hold]) -> None:
        """Add all frames of the segment, and after some of them those of a hold."""
        count, after = len(self._kinds), {hold.frame: hold for hold in holds}
        keys = [frame for frame, kind in enumerate(self._kinds) if kind == IDR]
        ends = [frame + 1 for frame in (*keys, *after) if 0 <= frame < count]
        for first, end in pairwise(sorted({0, count, *keys, *ends})):
            if self._kinds[first] == IDR:
                self._add_key_of_segment(first)
            else:
                self._add(first, end)
            if end - 1 in after:
                self._hold(after.pop(end - 1))
        if after:
            raise H264Error(f"holds after frames {sorted(after)}: the segment has {count}")

    def _add_key_of_segment(self, frame: int) -> None:
        units = [self._data[start + LENGTH_BYTES : end] for start, end in pairwise(self._spans(frame, 1))]
        self._own, self._still = 0, True
        if self._key_number is not None and idr_number(units[0], self._sets) == self._key_number:
            self._add_key(units)
            return
        self._key_number = None
        self._start_key(units)
        self._place(frame, frame + 1)

    def _add(self, first: int, end: int) -> None:
        """Add frames of the segment, of which none is a key frame."""
        before, self._key_number = self._since, None
        self._own += end - first
        self._since += end - first
        self._place(first, end)
        if (self._since - self._own) % self._wrap:
            for since, frame in enumerate(range(first, end), before + 1):
                self._renumber(frame, since % self._wrap)
        tested = range(first if self._still else end - 1, end)
        repeats = [self._repeats(frame, before + 1 + frame - first) for frame in tested]
        self._still, self._is_repeated = self._still and all(repeats), repeats[-1]

    def _spans(self, frame: int, more: int = 0) -> Sequence[int]:
        """Return where each slice of a frame starts; more: 1 for the end of the last one, too."""
        return self._starts[self._firsts[frame] : self._firsts[frame + 1] + more]

    def _place(self, first: int, end: int) -> None:
        """Add the bytes of frames of the segment."""
        bounds = self._bounds[first : end + 1]
        self._pieces.append((bounds[0], bounds[-1]))
        self.sizes.extend([after - before for before, after in pairwise(bounds)])

    def _renumber(self, frame: int, number: int) -> None:
        """Give the slices of a frame another frame_num."""
        heads = _heads(self._sets.frame_number_bits, number)
        data, out = self._data, self._out
        for place, start in enumerate(self._spans(frame), self._firsts[frame]):
            at = start + LENGTH_BYTES
            end = at + HEAD_BYTES
            if head := heads[data[at:end]]:
                out[at:end] = head
                continue
            end = self._starts[place + 1]
            unit = renumbered(data[at:end], self._sets, number)
            if len(unit) != end - at:
                raise _MovedError
            out[at:end] = unit

    def _repeats(self, frame: int, since: int) -> bool:
        """Return whether a frame of the segment repeats the one before."""
        start, *others = self._spans(frame, 1)
        return len(others) == 1 and self._out[start + LENGTH_BYTES : others[0]] == self._repeating(since)

    def _hold(self, hold: Hold) -> None:
        if not self._is_repeated:
            raise H264Error(f"frame {hold.frame} is no hold")
        if hold.keys and not self._still:
            raise H264Error(f"the hold at frame {hold.frame} does not repeat a key frame")
        at = 0
        for key in (*hold.keys, hold.frames):
            self._repeat(key - at)
            if key < hold.frames:
                self._add_key(self._key)
            at = key + 1

    def _add_key(self, units: Sequence[bytes]) -> None:
        """Add a key frame with another number than that of the frame before (7.4.3)."""
        number = AFTER_NEXT if self._key_number == NEXT else NEXT
        self._start_key([move_slice(unit, self._sets, 0, 0, number) for unit in units])
        self._pieces.append(stored(self._key))
        self.sizes.append(len(self._pieces[-1]))
        self._key_number = number

    def _start_key(self, units: Sequence[bytes]) -> None:
        self._since, self._key = 0, units
        self.idrs.append(len(self.sizes))
        self._is_repeated = len(units) == 1 and units[0] == self._repeating(0)

    def _repeat(self, frames: int) -> None:
        """Add frames that repeat the one before."""
        if not frames:
            return
        first = self._since + 1
        added = [self._repeating(since) for since in range(first, first + min(frames, self._wrap))]
        times, rest = divmod(frames, len(added))  # their numbers wrap, and so do they
        self._pieces.append(stored([*added * times, *added[:rest]]))
        sizes = [LENGTH_BYTES + len(unit) for unit in added]
        self.sizes.extend([*sizes * times, *sizes[:rest]])
        self._since += frames
        self._key_number, self._is_repeated = None, True

    def _repeating(self, since: int) -> bytes:
        """Return the slice of a frame that repeats the one before. since: its number before it wraps."""
        number = since % self._wrap
        found = self._skipped.get(number)
        if found is None:
            found = self._skipped[number] = _skipped(self._sets, number)
        return found


@lru_cache(maxsize=1 << 10)
def _skipped(sets: ParameterSets, number: int) -> bytes:
    """Return the slice of a frame that repeats the one before; all segments of a video have the same ones."""
    return skipped_slice(sets, 0, sets.mb_height, number)
