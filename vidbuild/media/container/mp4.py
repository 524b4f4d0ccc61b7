"""Writes an MP4 of coded pictures and sound as they are: the same bytes every time, index first, both from time 0.

It knows nothing of how they were coded, and starts nothing. Boxes are those of ISO/IEC 14496-12 (the file), -14
(AAC in it) and -15 (H.264 in it); chapters are a text track as in the QuickTime File Format Specification, which most
players read, and a `chpl` box, which the others do. All times are in samples at 48 kHz: whole at every allowed rate.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, islice
from typing import BinaryIO

from vidbuild.media.container.ffmetadata import Chapter
from vidbuild.media.container.iso639 import iso639_2
from vidbuild.timebase import SAMPLE_RATE

TIMESCALE = SAMPLE_RATE
AAC_FRAME = 1024
CHUNK_SECONDS = 1
LARGEST_32 = 0xFFFFFFFF
LONGEST = LARGEST_32  # samples, in the 32 bits of a duration
UNITY = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
TAGS = {"title": b"\xa9nam", "comment": b"\xa9cmt", "description": b"desc"}


class Mp4Error(ValueError):
    """What is to be written is not what was told of it."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """The video track: the size in bytes of each frame (units with their lengths), and which are key frames."""

    sizes: Sequence[int]
    keys: Sequence[int]
    fps: int
    width: int
    height: int
    sequence: bytes
    pictures: Sequence[bytes]

    @property
    def duration(self) -> int:
        """In samples."""
        return len(self.sizes) * (TIMESCALE // self.fps)


@dataclass(frozen=True, slots=True)
class Sound:
    """The audio track: the size in bytes of each AAC frame without its header, and how it is coded."""

    sizes: Sequence[int]
    channels: int
    language: str

    @property
    def duration(self) -> int:
        """In samples."""
        return len(self.sizes) * AAC_FRAME


@dataclass(frozen=True, slots=True)
class _Track:
    """What all tracks have: samples with their durations, in chunks."""

    number: int
    sizes: Sequence[int]
    durations: Sequence[int]
    chunk: int  # samples in a chunk

    def chunks(self) -> list[tuple[int, int, int]]:
        """(time at which it starts, samples, bytes) of each chunk."""
        times = [0, *accumulate(self.durations)]
        parts = range(0, len(self.sizes), self.chunk)
        return [
            (times[at], len(self.sizes[at : at + self.chunk]), sum(self.sizes[at : at + self.chunk])) for at in parts
        ]


def write(
    target: BinaryIO,
    pictures: Pictures,
    sound: Sound,
    frames: tuple[Iterator[bytes], Iterator[bytes]],
    chapters: Sequence[Chapter] = (),
    tags: Mapping[str, str] | None = None,
) -> int:
    """Write a whole file; how many bytes it has. frames: the coded pictures and AAC frames, each taken when due."""
    titles = [_title_sample(chapter.title) for chapter in chapters]
    total = max(pictures.duration, sound.duration)
    tracks = [
        _Track(1, pictures.sizes, [TIMESCALE // pictures.fps] * len(pictures.sizes), pictures.fps * CHUNK_SECONDS),
        _Track(2, sound.sizes, [AAC_FRAME] * len(sound.sizes), CHUNK_SECONDS * TIMESCALE // AAC_FRAME),
    ]
    if titles:
        ends = [*(chapter.start for chapter in chapters[1:]), total]
        lengths = [end - chapter.start for chapter, end in zip(chapters, ends, strict=True)]
        tracks.append(_Track(3, [len(title) for title in titles], lengths, 1))
    order = sorted((chunk[0], track.number, chunk[1], chunk[2]) for track in tracks for chunk in track.chunks())
    kind = _box(b"ftyp", b"isom", _u32(0x200), b"isomiso2avc1mp41")
    media = sum(size for *_, size in order)
    wide = media > LARGEST_32 - (1 << 28)  # the index before it takes part of the offsets, but never so much

    def index(start: int) -> bytes:
        places = dict(_places(order, start))
        return _movie(pictures, sound, chapters, tags or {}, total, tracks, places, wide=wide)

    head = len(kind) + len(index(0)) + (16 if wide else 8)
    target.write(kind + index(head))
    target.write(struct.pack(">I4sQ", 1, b"mdat", media + 16) if wide else struct.pack(">I4s", media + 8, b"mdat"))
    sources = {1: frames[0], 2: frames[1], 3: iter(titles)}
    for _, number, count, size in order:
        data = b"".join(islice(sources[number], count))
        if len(data) != size:
            raise Mp4Error(f"track {number} has {len(data)} bytes where its index says {size}")
        target.write(data)
    for number, source in sources.items():
        if next(source, None) is not None:
            raise Mp4Error(f"track {number} has more in it than its index says")
    return head + media


def _places(order: Sequence[tuple[int, int, int, int]], start: int) -> Iterator[tuple[int, list[int]]]:
    """Track number -> where in the file each of its chunks starts."""
    starts = accumulate((size for *_, size in order), initial=start)
    pairs = sorted((number, place) for (_, number, _, _), place in zip(order, starts, strict=False))
    for number, group in groupby(pairs, key=lambda pair: pair[0]):
        yield number, [place for _, place in group]


def _movie(
    pictures: Pictures,
    sound: Sound,
    chapters: Sequence[Chapter],
    tags: Mapping[str, str],
    total: int,
    tracks: Sequence[_Track],
    places: Mapping[int, list[int]],
    *,
    wide: bool,
) -> bytes:
    tables = [_sample_tables(track, places.get(track.number, []), wide=wide) for track in tracks]
    reference = _box(b"tref", _box(b"chap", _u32(3))) if chapters else b""
    size = (pictures.width, pictures.height)
    seen, heard = tables[0] + _keys(pictures), tables[1] + _roll(sound)
    media = _media(b"vide", "und", pictures.duration, _full(b"vmhd", 1, bytes(8)), _avc1(pictures), seen)
    video = _trak(1, 3, pictures.duration, size, 0, reference, media)
    media = _media(b"soun", sound.language, sound.duration, _full(b"smhd", 0, bytes(4)), _mp4a(sound), heard)
    audio = _trak(2, 3, sound.duration, (0, 0), 0x100, b"", media)
    text = b""
    if chapters:
        media = _media(b"text", sound.language, total, _text_header(), _text_entry(), tables[2])
        text = _trak(3, 2, total, (0, 0), 0, b"", media)
    header = _full(
        b"mvhd", 0, bytes(8), _u32(TIMESCALE), _u32(total), _u32(0x10000), b"\x01\x00", bytes(10), UNITY, bytes(24),
        _u32(len(tracks) + 1),
    )  # fmt: skip
    return _box(b"moov", header, video, audio, text, _user_data(chapters, tags))


def _trak(
    number: int, flags: int, duration: int, size: tuple[int, int], volume: int, reference: bytes, media: bytes
) -> bytes:
    header = _full(
        b"tkhd", flags, bytes(8), _u32(number), bytes(4), _u32(duration), bytes(12), struct.pack(">HH", volume, 0),
        UNITY, _u32(size[0] << 16), _u32(size[1] << 16),
    )  # fmt: skip
    return _box(b"trak", header, reference, media)


def _media(kind: bytes, language: str, duration: int, header: bytes, entry: bytes, tables: bytes) -> bytes:
    names = {b"vide": b"VideoHandler\0", b"soun": b"SoundHandler\0", b"text": b"Chapters\0"}
    packed = 0
    for letter in iso639_2(language):
        packed = packed << 5 | ord(letter) - 0x60
    source = _box(b"dinf", _full(b"dref", 0, _u32(1), _full(b"url ", 1)))
    description = _full(b"stsd", 0, _u32(1), entry)
    return _box(
        b"mdia",
        _full(b"mdhd", 0, bytes(8), _u32(TIMESCALE), _u32(duration), struct.pack(">HH", packed, 0)),
        _full(b"hdlr", 0, bytes(4), kind, bytes(12), names[kind]),
        _box(b"minf", header, source, _box(b"stbl", description, tables)),
    )


def _sample_tables(track: _Track, places: Sequence[int], *, wide: bool) -> bytes:
    runs = [(len(list(group)), length) for length, group in groupby(track.durations)]
    counts = [count for _, count, _ in track.chunks()]
    firsts = [index for index, count in enumerate(counts) if index == 0 or count != counts[index - 1]]
    return b"".join(
        (
            _full(b"stts", 0, _u32(len(runs)), *(struct.pack(">II", *run) for run in runs)),
            _full(b"stsc", 0, _u32(len(firsts)), *(struct.pack(">III", at + 1, counts[at], 1) for at in firsts)),
            _full(b"stsz", 0, _u32(0), _u32(len(track.sizes)), struct.pack(f">{len(track.sizes)}I", *track.sizes)),
            _full(
                b"co64" if wide else b"stco",
                0,
                _u32(len(places)),
                struct.pack(f">{len(places)}{'Q' if wide else 'I'}", *places),
            ),
        )
    )


def _keys(pictures: Pictures) -> bytes:
    return _full(b"stss", 0, _u32(len(pictures.keys)), *(_u32(frame + 1) for frame in pictures.keys))


def _roll(sound: Sound) -> bytes:
    """Decoding a frame of AAC needs the one before it (14496-12, 10.1)."""
    group = _full(b"sgpd", 0, b"roll", _u32(2), _u32(1), struct.pack(">h", -1), version=1)
    return group + _full(b"sbgp", 0, b"roll", _u32(1), _u32(len(sound.sizes)), _u32(1))


def _avc1(pictures: Pictures) -> bytes:
    """14496-15, 5.3: lengths of four bytes, the parameter sets once, here."""
    sequence = pictures.sequence
    configuration = _box(
        b"avcC",
        b"\x01" + sequence[1:4] + b"\xff\xe1" + struct.pack(">H", len(sequence)) + sequence,
        bytes([len(pictures.pictures)]),
        *(struct.pack(">H", len(unit)) + unit for unit in pictures.pictures),
        b"\xfd\xf8\xf8\x00",  # 4:2:0, 8 bits
    )
    return _box(
        b"avc1",
        bytes(6) + struct.pack(">H", 1) + bytes(16) + struct.pack(">HH", pictures.width, pictures.height),
        _u32(0x480000) * 2 + bytes(4) + struct.pack(">H", 1) + bytes(32) + b"\x00\x18\xff\xff",
        configuration,
        _box(b"colr", b"nclx", struct.pack(">HHHB", 1, 1, 1, 0)),  # BT.709, limited range
        _box(b"pasp", _u32(1), _u32(1)),
    )


def _mp4a(sound: Sound) -> bytes:
    """14496-14, 5.6, with the AudioSpecificConfig of AAC-LC at 48 kHz (14496-3, 1.6.2.1)."""
    specific = struct.pack(">H", 2 << 11 | 3 << 7 | sound.channels << 3)
    rate = 8 * sum(sound.sizes) * TIMESCALE // max(1, sound.duration)
    decoder = b"\x40\x15" + bytes(3) + _u32(rate) + _u32(rate) + _descriptor(5, specific)
    stream = struct.pack(">HB", 2, 0) + _descriptor(4, decoder) + _descriptor(6, b"\x02")
    return _box(
        b"mp4a",
        bytes(6) + struct.pack(">H", 1) + bytes(8) + struct.pack(">HH", sound.channels, 16) + bytes(4),
        _u32(TIMESCALE << 16),
        _full(b"esds", 0, _descriptor(3, stream)),
    )


def _descriptor(tag: int, content: bytes) -> bytes:
    return bytes([tag, 0x80, 0x80, 0x80, len(content)]) + content


def _text_header() -> bytes:
    plain = _full(b"gmin", 0, struct.pack(">HHHHHH", 0x40, 0x8000, 0x8000, 0x8000, 0, 0))
    return _box(b"gmhd", plain, _box(b"text", UNITY))


def _text_entry() -> bytes:
    return _box(b"text", bytes(6) + struct.pack(">H", 1) + bytes(4) + _u32(1) + bytes(36))


def _title_sample(title: str) -> bytes:
    """A text sample: its length, the text, and a box that says that it is UTF-8."""
    text = title.encode()[:0xFFFF]
    return struct.pack(">H", len(text)) + text + _box(b"encd", _u32(0x100))


def _user_data(chapters: Sequence[Chapter], tags: Mapping[str, str]) -> bytes:
    items = b"".join(
        _box(TAGS[name], _box(b"data", _u32(1), bytes(4), text.encode())) for name, text in tags.items() if text
    )
    handler = _full(b"hdlr", 0, bytes(4), b"mdirappl", bytes(9))
    parts = [_full(b"meta", 0, handler, _box(b"ilst", items))] if items else []
    if chapters:
        parts.append(_full(b"chpl", 0, bytes(4), bytes([min(len(chapters), 255)]), *_listed(chapters[:255]), version=1))
    return _box(b"udta", *parts)


def _listed(chapters: Sequence[Chapter]) -> Iterator[bytes]:
    for chapter in chapters:
        text = chapter.title.encode()[:255].decode("utf-8", "ignore").encode()
        yield struct.pack(">QB", chapter.start * 10_000_000 // TIMESCALE, len(text)) + text


def _box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", len(content) + 8, kind) + content


def _full(kind: bytes, flags: int, *parts: bytes, version: int = 0) -> bytes:
    return _box(kind, _u32(version << 24 | flags), *parts)


def _u32(value: int) -> bytes:
    return struct.pack(">I", value)
