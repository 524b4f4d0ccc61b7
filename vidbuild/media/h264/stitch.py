"""Makes one H.264 stream at a constant frame rate of bands that were each coded only where they change.

A picture is a stack of bands, each a slice. A band that looks as before is a slice in which everything is skipped, and
so is a picture in which nothing changes: some fifty bytes, and not one pixel computed. Clause numbers are those of Rec.
ITU-T H.264 (08/2021).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vidbuild.media.h264 import h264, slices
from vidbuild.media.h264.bits import BitsError
from vidbuild.media.h264.h264 import HEAD, H264Error
from vidbuild.media.render.bands import Band, Keys

LONG_START = b"\x00\x00\x00\x01"
FIRST, NEXT, AFTER_NEXT, LONE = range(4)
"""idr_pic_id of a segment's first key frame, of later ones, of one right behind such a one, and of a segment's only
frame: two side by side must differ (7.4.3), those of segments beside each other as well."""
# Table A-1: level_idc, macroblocks per second, macroblocks per frame, for the levels a video of ours may need.
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


def stitch(bands: Sequence[tuple[Band, bytes]], found: Keys, frames: int, height: int, level: int) -> Iterator[bytes]:
    """The stream in pieces, of bands and what coding them gave; each of them was coded at every key frame.

    H264Error where a band isn't what it is said to be.
    """
    try:
        yield from _stitched(bands, found, frames, height, level)
    except BitsError as error:
        raise H264Error(f"a slice is damaged: {error}") from error


def level(width: int, height: int, fps: int) -> int:
    """The level_idc of a video, 10 times the level's number: of so many macroblocks, and not too long a row (A.3.1)."""
    across, down = (width + 15) // 16, (height + 15) // 16
    size, side = across * down, max(across, down)
    fitting = (idc for idc, rate, most in LEVELS if size <= most and size * fps <= rate and side * side <= 8 * most)
    return next(fitting, LEVELS[-1][0])


def _stitched(
    bands: Sequence[tuple[Band, bytes]], found: Keys, frames: int, height: int, level: int
) -> Iterator[bytes]:
    coded = [_Coded(band, data, found) for band, data in bands]
    sequences = {slices.resized(band.sets.sequence, height, level) for band in coded}
    if len(sequences) != 1 or len({band.sets.picture for band in coded}) != 1:
        raise H264Error("the bands were coded with different settings")
    whole = slices.Sets.read(sequences.pop(), coded[0].sets.picture)
    if sum(band.rows for band, _ in bands) != whole.down:
        raise H264Error("the bands don't cover the picture")
    yield from (LONG_START, whole.sequence, LONG_START, whole.picture)
    since, name = 0, LONE if frames == 1 else FIRST
    for frame in range(frames):
        if frame in found.coded or frame in found.repeats:
            if frame:
                name = NEXT if since or name != NEXT else AFTER_NEXT
            since, key = 0, found.repeats.get(frame, frame)
            units = [unit for band in coded for unit in band.slices(key, 0, name)]
        else:
            since += 1
            units = _changed(coded, frame, since % (1 << whole.number_bits), whole)
        for unit in units:
            yield LONG_START
            yield unit


def _changed(coded: Sequence[_Coded], frame: int, number: int, whole: slices.Sets) -> list[bytes]:
    """frame_num counts the reference pictures since the key frame (7.4.3), and each of ours is one."""
    if not any(band.has(frame) for band in coded):
        return [slices.skipped(whole, 0, whole.down, number)]
    return [unit for band in coded for unit in band.slices(frame, number, 0)]


class _Coded:
    """The pictures of a band by their frame."""

    def __init__(self, band: Band, data: bytes, found: Keys) -> None:
        self.sets, pictures = _pictures(data)
        above, below = band.fences
        if self.sets.down != above + band.rows + below:
            raise H264Error(f"a band has {self.sets.down} rows of macroblocks where {band.rows} were asked for")
        if len(pictures) != len(band.frames):
            raise H264Error(f"a band has {len(pictures)} pictures where {len(band.frames)} were asked for")
        self._band = band
        self._above = above
        self._data = data
        self._slices = dict(zip(band.frames, pictures, strict=True))
        starts = {frame: spans[0][0] for frame, spans in self._slices.items()}
        keyed = {frame for frame, start in starts.items() if h264.kind(data[start : start + HEAD]) == h264.IDR}
        if keyed != found.coded:
            raise H264Error("a band's key frames are not where they were asked for")

    def has(self, frame: int) -> bool:
        return frame in self._slices

    def slices(self, frame: int, number: int, key: int) -> Iterator[bytes]:
        """The band's slices of a frame, the fences around it left out."""
        if frame not in self._slices:
            yield slices.skipped(self.sets, self._band.row, self._band.rows, number)
            return
        first = self._above
        for start, end in self._slices[frame]:
            unit = self._data[start:end]
            row = slices.row(unit, self.sets)
            if first <= row < first + self._band.rows:
                yield slices.moved(unit, self.sets, self._band.row - first, number, key)


def _pictures(data: bytes) -> tuple[slices.Sets, list[list[tuple[int, int]]]]:
    """A stream's parameter sets, and where each picture's slices are: their bytes would be the whole stream again."""
    sets = {h264.SPS: b"", h264.PPS: b""}
    pictures: list[list[tuple[int, int]]] = []
    for start, end in h264.spans(data):
        head = data[start : min(end, start + HEAD)]
        kind = h264.kind(head)
        if kind in sets:
            sets[kind] = data[start:end]
        elif kind in (h264.SLICE, h264.IDR):
            if h264.begins_picture(head):
                pictures.append([])
            elif not pictures:
                raise H264Error("a band's first picture has no beginning")
            pictures[-1].append((start, end))
    return slices.Sets.read(sets[h264.SPS], sets[h264.PPS]), pictures
