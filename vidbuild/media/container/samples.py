"""Read where the samples of an MP4 are: the encoded frames of its first video track and of its first audio track.

Only the form that vidbuild writes is read (ISO/IEC 14496-12): samples in the order in which they are shown.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, repeat
from mmap import mmap

MOST_SAMPLES = 20_000_000
KINDS: Mapping[bytes, str] = {b"vide": "video", b"soun": "audio"}
_SIMPLE, _LARGE = 8, 16  # bytes before a box's content, if its size has 32 and 64 bits
_OTHERS = frozenset({b"edts", b"ctts"})  # boxes by which samples are shown at other times


class SamplesError(ValueError):
    """The file is no MP4 of this form."""


@dataclass(frozen=True, slots=True)
class Samples:
    """The samples of a track, in order. times: when each is shown, in seconds. places: (first byte, size) of each."""

    times: Sequence[float]
    places: Sequence[tuple[int, int]]


def read(data: mmap | bytes) -> dict[str, Samples]:
    """Return the samples of the tracks of a file, by "video" and "audio". Raises SamplesError."""
    try:
        movie = _content(data, b"moov")
        found: dict[str, Samples] = {}
        for kind, start, end in _boxes(movie):
            if kind == b"trak":
                track = movie[start:end]
                media = _content(track, b"mdia")
                name = KINDS.get(_content(media, b"hdlr")[8:12], "")
                if name and name not in found:
                    _require_plain(track)
                    found[name] = _samples(media, len(data))
    except (struct.error, IndexError) as error:
        raise SamplesError("a box is too short") from error
    return found


def _boxes(data: mmap | bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the type of each box in a box's content, or in a file, and where its own content starts and ends."""
    at = 0
    while at + _SIMPLE <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        before = _SIMPLE
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + _SIMPLE)
            before = _LARGE
        elif size == 0:
            size = len(data) - at
        if size < before or at + size > len(data):
            raise SamplesError("a box is larger than what it is in")
        yield kind, at + before, at + size
        at += size


def _content(data: mmap | bytes, wanted: bytes) -> bytes:
    """Return the content of the first box of a type."""
    for kind, start, end in _boxes(data):
        if kind == wanted:
            return bytes(data[start:end])
    raise SamplesError(f"there is no box '{wanted.decode()}'")


def _require_plain(track: bytes) -> None:
    table = _content(_content(_content(track, b"mdia"), b"minf"), b"stbl")
    if not _OTHERS.isdisjoint(kind for data in (track, table) for kind, *_ in _boxes(data)):
        raise SamplesError("the samples are shown in another order, or at other times")


def _samples(media: bytes, length: int) -> Samples:
    """Return the samples of a track. length: of the file."""
    table = _content(_content(media, b"minf"), b"stbl")
    sizes = _sizes(_content(table, b"stsz"))
    header = _content(media, b"mdhd")
    (timescale,) = struct.unpack_from(">I", header, 20 if header[0] else 12)
    runs = _table(_content(table, b"stts"), 2)
    if not timescale or sum(count for count, _ in runs) != len(sizes):
        raise SamplesError("the samples' times are not known")
    lasting = chain.from_iterable(repeat(each, count) for count, each in runs)
    times = [at / timescale for at in accumulate(lasting, initial=0)][:-1]
    places = list(zip(_offsets(table, sizes), sizes, strict=False))
    if len(places) != len(sizes) or any(first + size > length for first, size in places):
        raise SamplesError("samples are missing, or beyond the end of the file")
    return Samples(times, places)


def _sizes(content: bytes) -> list[int]:
    same, count = struct.unpack_from(">II", content, 4)
    if count > MOST_SAMPLES:
        raise SamplesError("there are too many samples")
    return [same] * count if same else list(struct.unpack_from(f">{count}I", content, 12))


def _offsets(table: bytes, sizes: Sequence[int]) -> Iterator[int]:
    """Yield the first byte of each sample: in chunks, in which samples are one after the other."""
    large = any(kind == b"co64" for kind, *_ in _boxes(table))
    chunks = _content(table, b"co64" if large else b"stco")
    (count,) = struct.unpack_from(">I", chunks, 4)
    starts = struct.unpack_from(f">{count}{'Q' if large else 'I'}", chunks, 8)
    runs = _table(_content(table, b"stsc"), 3)
    ends = [*(first - 1 for first, *_ in runs[1:]), count][: len(runs)]
    sample = 0
    for (first, number, _), end in zip(runs, ends, strict=True):
        for start in starts[max(first - 1, 0) : end]:
            at = start
            for size in sizes[sample : sample + number]:
                yield at
                at += size
            sample += number


def _table(content: bytes, columns: int) -> list[tuple[int, ...]]:
    """Return the rows of a table whose values have 32 bits."""
    (count,) = struct.unpack_from(">I", content, 4)
    values = struct.unpack_from(f">{count * columns}I", content, 8)
    return list(zip(*(values[column::columns] for column in range(columns)), strict=True))
