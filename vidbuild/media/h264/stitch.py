"""Stitch bands, each encoded only at the frames at which it changes, to one H.264 stream at a constant frame rate.

A frame is a stack of bands, each one or more slices. A band that repeats is a slice in which every macroblock is
skipped, and so is a frame in which nothing changes: some fifty bytes, without a computed pixel. Clause numbers refer
to Rec. ITU-T H.264 (08/2021).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from vidbuild.media.h264 import h264, slices
from vidbuild.media.h264.bits import BitsError
from vidbuild.media.h264.h264 import SLICE_HEAD_BYTES, H264Error
from vidbuild.media.h264.slices import AFTER_NEXT, FIRST, LONE, NEXT

if TYPE_CHECKING:
    from vidbuild.media.render.bands import Band, KeyFrames

LONG_START = b"\x00\x00\x00\x01"

# Table A-1: level_idc, macroblocks per second, macroblocks per frame, for the levels that our videos may need.
LEVELS = (
    (30, 40500, 1620),
    (31, 108000, 3600),
    (32, 216000, 5120),
    (40, 245760, 8192),
    (42, 522240, 8704),
    (50, 589824, 22080),
    (51, 983040, 36864),
    (52, 2073600, 36864),
    (60, 4177920, 139264),
    (61, 8355840, 139264),
)


def stitch(
    bands: Sequence[tuple[Band, bytes]], keys: KeyFrames, frames: int, height: int, level: int, end: int = 0
) -> Iterator[bytes]:
    """Yield the stitched stream in pieces.

    bands: each band with its encoded stream, in which every key frame is encoded. They may begin below the upper edge
    of the frame: the frames of the stream then lack the rows above, which another stream has.
    height: of the frame in pixels.
    end: the row at which the bands end, if not at the lower edge; another stream has the rows below too.
    Raise H264Error if a stream does not match its band.
    """
    try:
        yield from _stitch(bands, keys, frames, height, level, end)
    except BitsError as error:
        raise H264Error(f"corrupt slice: {error}") from error


def level(width: int, height: int, fps: int) -> int:
    """Return the level_idc of a video, 10 times the level's number: the lowest for its size and rate (A.3.1)."""
    mb_width, mb_height = (width + 15) // 16, (height + 15) // 16
    size, side = mb_width * mb_height, max(mb_width, mb_height)
    fitting = (idc for idc, rate, most in LEVELS if size <= most and size * fps <= rate and side * side <= 8 * most)
    return next(fitting, LEVELS[-1][0])


def _stitch(
    bands: Sequence[tuple[Band, bytes]], keys: KeyFrames, frames: int, height: int, level: int, end: int
) -> Iterator[bytes]:
    encoded = [_EncodedBand(band, data, keys) for band, data in bands]
    sequences = {slices.resize(band.sets.sequence, height, level) for band in encoded}
    if len(sequences) != 1 or len({band.sets.picture for band in encoded}) != 1:
        raise H264Error("the bands were encoded with different settings")
    sets = slices.ParameterSets.read(sequences.pop(), encoded[0].sets.picture)
    top = bands[0][0].row
    rows = sum(band.rows for band, _ in bands)
    if top + rows != (end or sets.mb_height):
        raise H264Error("the bands do not cover the frame")
    yield from (LONG_START, sets.sequence, LONG_START, sets.picture)
    since_key, idr_id = 0, LONE if frames == 1 else FIRST
    for frame in range(frames):
        if frame in keys.coded or frame in keys.repeats:
            if frame:
                idr_id = NEXT if since_key or idr_id != NEXT else AFTER_NEXT
            since_key, key = 0, keys.repeats.get(frame, frame)
            units = [unit for band in encoded for unit in band.slices(key, 0, idr_id)]
        else:
            since_key += 1
            # frame_num counts the reference frames since the key frame (7.4.3), and each of ours is one
            units = _frame_slices(encoded, frame, since_key % (1 << sets.frame_number_bits), sets, (top, rows))
        for unit in units:
            yield LONG_START
            yield unit


def _frame_slices(
    encoded: Sequence[_EncodedBand], frame: int, number: int, sets: slices.ParameterSets, rows: tuple[int, int]
) -> list[bytes]:
    if not any(band.has(frame) for band in encoded):
        return [slices.skipped_slice(sets, *rows, number)]
    return [unit for band in encoded for unit in band.slices(frame, number, 0)]


class _EncodedBand:
    """The slices of a band by frame."""

    def __init__(self, band: Band, data: bytes, keys: KeyFrames) -> None:
        self.sets, frames = _split_frames(data)
        above, below = band.guard_rows
        rows = above + band.rows + below
        if self.sets.mb_height != rows:
            raise H264Error(f"band: expected {rows} rows of macroblocks, got {self.sets.mb_height}")
        if len(frames) != len(band.frames):
            raise H264Error(f"band: expected {len(band.frames)} frames, got {len(frames)}")
        self._band = band
        self._above = above
        self._data = data
        self._slices = dict(zip(band.frames, frames, strict=True))
        starts = {frame: spans[0][0] for frame, spans in self._slices.items()}
        idrs = {
            frame
            for frame, start in starts.items()
            if h264.unit_type(data[start : start + SLICE_HEAD_BYTES]) == h264.IDR
        }
        if idrs != keys.coded:
            raise H264Error(f"band: expected key frames at {sorted(keys.coded)}, got {sorted(idrs)}")

    def has(self, frame: int) -> bool:
        return frame in self._slices

    def slices(self, frame: int, number: int, idr_id: int) -> Iterator[bytes]:
        """Yield the band's slices of a frame, without its guard rows."""
        if frame not in self._slices:
            yield slices.skipped_slice(self.sets, self._band.row, self._band.rows, number)
            return
        first = self._above
        for start, end in self._slices[frame]:
            unit = self._data[start:end]
            row = slices.first_row(unit, self.sets)
            if first <= row < first + self._band.rows:
                yield slices.move_slice(unit, self.sets, self._band.row - first, number, idr_id)


def _split_frames(data: bytes) -> tuple[slices.ParameterSets, list[list[tuple[int, int]]]]:
    """Return a stream's parameter sets, and start and end of each frame's slices; a copy would double the memory."""
    sets = {h264.SPS: b"", h264.PPS: b""}
    frames: list[list[tuple[int, int]]] = []
    for start, end in h264.unit_spans(data):
        head = data[start : min(end, start + SLICE_HEAD_BYTES)]
        kind = h264.unit_type(head)
        if kind in sets:
            sets[kind] = data[start:end]
        elif kind in (h264.SLICE, h264.IDR):
            if h264.starts_frame(head):
                frames.append([])
            elif not frames:
                raise H264Error("a band's first frame has no first slice")
            frames[-1].append((start, end))
    return slices.ParameterSets.read(sets[h264.SPS], sets[h264.PPS]), frames
