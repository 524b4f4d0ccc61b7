"""Take rows out of a segment as a stream of their own, and lay rows that were encoded anew as they are in it.

Rows that are bands of a segment refer to no other rows (see Band.guard_rows), so they decode alone to the same pixels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vidbuild.media.h264 import h264, slices
from vidbuild.media.h264.bits import BitsError
from vidbuild.media.h264.h264 import IDR, H264Error
from vidbuild.media.h264.segment import Segment
from vidbuild.media.h264.slices import ParameterSets
from vidbuild.media.h264.stitch import LONG_START, EncodedBand
from vidbuild.media.render.bands import ROW, Band, KeyFrames

LEVEL_BYTE = 3  # of a sequence parameter set: level_idc


def taken(data: bytes, segment: Segment, rows: Sequence[int]) -> Iterator[bytes]:
    """Yield the stream of these rows of macroblocks of a segment in pieces. rows: the first, and the end.

    Raise H264Error if the segment is not divided so.
    """
    first, end = rows
    sets = _sets(segment)
    sequence = slices.resize(sets.sequence, (end - first) * ROW, sets.sequence[LEVEL_BYTE])
    alone = ParameterSets.read(sequence, sets.picture)
    yield from (LONG_START, alone.sequence, LONG_START, alone.picture)
    for units in _frames(data, segment):
        number, idr_id = _head(units[0], sets)
        if len(units) == 1 and h264.unit_type(units[0]) != IDR:
            yield from (LONG_START, slices.skipped_slice(alone, 0, end - first, number))
            continue
        own = [unit for unit in units if first <= slices.first_row(unit, sets) < end]
        if not own or slices.first_row(own[0], sets) != first:
            raise H264Error(f"the segment has no band that begins in row {first}")
        for unit in own:
            yield from (LONG_START, slices.move_slice(unit, sets, -first, number, idr_id))


def laid(data: bytes, segment: Segment, band: Band, encoded: bytes) -> Iterator[bytes]:
    """Yield a band that was encoded anew as a strip of a segment, in pieces: for each of its frames, with its numbers.

    band: of all frames. encoded: its stream.
    """
    sets = _sets(segment)
    try:
        own = EncodedBand(band, encoded, KeyFrames(frozenset(segment.stream.idrs)))
        height = segment.stream.parameters.height
        sequence = slices.resize(own.sets.sequence, height, sets.sequence[LEVEL_BYTE])
        yield from (LONG_START, sequence, LONG_START, own.sets.picture)
        for frame, units in enumerate(_frames(data, segment)):
            for unit in own.slices(frame, *_head(units[0], sets)):
                yield from (LONG_START, unit)
    except BitsError as error:
        raise H264Error(f"corrupt slice: {error}") from error


def _sets(segment: Segment) -> ParameterSets:
    kinds = {h264.unit_type(unit): unit for unit in segment.stream.sets}
    return ParameterSets.read(kinds[h264.SPS], kinds[h264.PPS])


def _frames(data: bytes, segment: Segment) -> Iterator[list[bytes]]:
    """Yield the slices of each frame."""
    at = 0
    for count in segment.counts:
        spans = segment.slices[at : at + 2 * count]
        yield [data[start:end] for start, end in zip(spans[::2], spans[1::2], strict=True)]
        at += 2 * count


def _head(unit: bytes, sets: ParameterSets) -> tuple[int, int]:
    """Return the frame_num of a slice, and its idr_pic_id, or 0."""
    return slices.frame_number(unit, sets), slices.idr_id(unit, sets)
