"""Write an MP4 of encoded video and audio: reproducible bytes, index first, both tracks starting at time 0.

The writer starts no process. Boxes follow ISO/IEC 14496-12 (the file), -14 (AAC) and -15 (H.264, HEVC). Chapters are
stored twice: as a text track (QuickTime File Format Specification), which most players read, and as a `chpl` box for
the others. Captions are a track of timed text (3GPP TS 26.245), which players show when asked. All times are in samples
at 48 kHz, which are integers at every allowed frame rate.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, groupby, islice

from vidbuild.frozen import dataclass
from vidbuild.media.container import chapter_track, sample_entries, timed_text, user_data
from vidbuild.media.container.boxes import Sink, box, descriptor, full_box, u32
from vidbuild.media.container.ffmetadata import Chapter
from vidbuild.media.container.iso639 import iso639_2
from vidbuild.media.container.spool import Spool
from vidbuild.timebase import SAMPLE_RATE

TIMESCALE = SAMPLE_RATE
AAC_FRAME = 1024
CHUNK_SECONDS = 1
MAX_UINT32 = 0xFFFFFFFF
MAX_DURATION = MAX_UINT32  # in samples: a duration has 32 bits
UNITY = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
CAPTIONS_GROUP = 1

Source = Iterator[bytes] | Spool
"""The frames of a track, in order."""


class Mp4Error(ValueError):
    """The frames to write do not match the sizes in the index."""


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """The video track.

    sizes: bytes of each frame, as NAL units with their lengths.
    keys: the indexes of the key frames.
    sps, pps: the sequence parameter set and the picture parameter sets of H.264.
    entry: the sample entry of another codec (see sample_entries.py).
    """

    sizes: Sequence[int]
    keys: Sequence[int]
    fps: int
    width: int
    height: int
    sps: bytes
    pps: Sequence[bytes]
    entry: bytes = b""

    @property
    def duration(self) -> int:
        """Return the duration in samples."""
        return len(self.sizes) * (TIMESCALE // self.fps)

    @property
    def brand(self) -> bytes:
        """Return the brand of files with such a track."""
        return b"av01" if self.entry[4:8] == b"av01" else b"" if self.entry else b"avc1"


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """The audio track.

    sizes: bytes of each AAC frame, without its ADTS header.
    language: a BCP 47 tag.
    """

    sizes: Sequence[int]
    channels: int
    language: str

    @property
    def duration(self) -> int:
        """Return the duration in samples."""
        return len(self.sizes) * AAC_FRAME


@dataclass(frozen=True, slots=True)
class _Track:
    """The sample table of a track: samples in the sense of MP4, which are frames or titles, in chunks.

    durations: in audio samples.
    chunk: how many samples are in a chunk.
    """

    number: int
    sizes: Sequence[int]
    durations: Sequence[int]
    chunk: int

    def chunks(self) -> list[tuple[int, int, int]]:
        """Return (start time, number of samples, bytes) of each chunk."""
        times = [0, *accumulate(self.durations)]
        chunks = [(first, self.sizes[first : first + self.chunk]) for first in range(0, len(self.sizes), self.chunk)]
        return [(times[first], len(sizes), sum(sizes)) for first, sizes in chunks]


def write(
    target: Sink,
    video: VideoTrack | None,
    audio: AudioTrack,
    frames: tuple[Source, Source],
    chapters: Sequence[Chapter] = (),
    tags: Mapping[str, str] | None = None,
    captions: Sequence[timed_text.Cue] = (),
) -> int:
    """Write a complete file and return its size in bytes.

    video: None for a file of audio alone, an M4A, which has no captions.
    frames: the encoded video frames and the AAC frames. Each is read only when it is written, from a spool in chunks.
    captions: in order; they do not overlap.
    Raise Mp4Error if a frame is missing, left over or of another size than in its track.
    """
    titles = [chapter_track.title_sample(chapter.title) for chapter in chapters]
    total = max(video.duration if video else 0, audio.duration)
    tracks = [_Track(2, audio.sizes, [AAC_FRAME] * len(audio.sizes), CHUNK_SECONDS * TIMESCALE // AAC_FRAME)]
    if video:
        frame = TIMESCALE // video.fps
        tracks.insert(0, _Track(1, video.sizes, [frame] * len(video.sizes), video.fps * CHUNK_SECONDS))
    if titles:
        ends = [*(chapter.start for chapter in chapters[1:]), total]
        lengths = [end - chapter.start for chapter, end in zip(chapters, ends, strict=True)]
        tracks.append(_Track(3, [len(title) for title in titles], lengths, 1))
    texts = timed_text.samples(captions, total) if captions else []
    text_number = tracks[-1].number + 1
    if texts:
        tracks.append(_Track(text_number, [len(text) for text, _ in texts], [length for _, length in texts], 1))
    order = sorted((chunk[0], track.number, chunk[1], chunk[2]) for track in tracks for chunk in track.chunks())
    major, brands = (b"isom", b"isomiso2" + video.brand + b"mp41") if video else (b"M4A ", b"M4A mp42isomiso2")
    file_type = box(b"ftyp", major, u32(0x200), brands)
    media_bytes = sum(size for *_, size in order)
    wide = media_bytes > MAX_UINT32 - (1 << 28)  # offsets include the index, which is always smaller than 1 << 28

    def index(start: int) -> bytes:
        offsets = dict(_chunk_offsets(order, start))
        return _movie(video, audio, chapters, tags or {}, total, tracks, offsets, wide=wide, has_captions=bool(texts))

    # The size of the index does not depend on the offsets in it.
    media_start = len(file_type) + len(index(0)) + (16 if wide else 8)
    target.write(file_type + index(media_start))
    header = struct.pack(">I4sQ", 1, b"mdat", media_bytes + 16) if wide else u32(media_bytes + 8) + b"mdat"
    target.write(header)
    sources: dict[int, Source] = {1: frames[0], 2: frames[1], 3: iter(titles)}
    if texts:
        sources[text_number] = (text for text, _ in texts)
    for _, number, count, size in order:
        source = sources[number]
        data = source.read(size) if isinstance(source, Spool) else b"".join(islice(source, count))
        if len(data) != size:
            raise Mp4Error(f"track {number}: wrong chunk size: expected {size} bytes, got {len(data)}")
        target.write(data)
    for number, source in sources.items():
        if source.read(1) if isinstance(source, Spool) else next(source, None) is not None:
            raise Mp4Error(f"track {number}: more frames than in its index")
    return media_start + media_bytes


def _chunk_offsets(order: Sequence[tuple[int, int, int, int]], start: int) -> Iterator[tuple[int, list[int]]]:
    """Yield each track's number with the offsets of its chunks in the file."""
    starts = accumulate((size for *_, size in order), initial=start)
    pairs = sorted((number, offset) for (_, number, _, _), offset in zip(order, starts, strict=False))
    for number, group in groupby(pairs, key=lambda pair: pair[0]):
        yield number, [offset for _, offset in group]


def _movie(
    video: VideoTrack | None,
    audio: AudioTrack,
    chapters: Sequence[Chapter],
    tags: Mapping[str, str],
    total: int,
    tracks: Sequence[_Track],
    offsets: Mapping[int, list[int]],
    *,
    wide: bool,
    has_captions: bool,
) -> bytes:
    tables = {track.number: _sample_tables(track, offsets.get(track.number, []), wide=wide) for track in tracks}
    reference = box(b"tref", box(b"chap", u32(3))) if chapters else b""
    traks = []
    if video:
        header, table = full_box(b"vmhd", 1, bytes(8)), tables[1] + _key_frames(video)
        entry = video.entry or sample_entries.avc1((video.width, video.height), video.sps, video.pps)
        media = _media(b"vide", "und", video.duration, header, entry, table)
        traks.append(_trak(1, 3, video.duration, (video.width, video.height), 0, reference, media))
    entry, header = _mp4a(audio), full_box(b"smhd", 0, bytes(4))
    media = _media(b"soun", audio.language, audio.duration, header, entry, tables[2] + _preroll(audio))
    traks.append(_trak(2, 3, audio.duration, (0, 0), 0x100, b"" if video else reference, media))
    if chapters:
        media = _media(
            b"text", audio.language, total, chapter_track.media_header(), chapter_track.sample_entry(), tables[3]
        )
        traks.append(_trak(3, 2, total, (0, 0), 0, b"", media))
    if video and has_captions:
        size = (video.width, video.height)
        entry, header = timed_text.sample_entry(*size), full_box(b"nmhd", 0)
        media = _media(b"sbtl", audio.language, total, header, entry, tables[tracks[-1].number])
        place = timed_text.region(*size)
        traks.append(_trak(tracks[-1].number, 2, total, place.size, 0, b"", media, group=CAPTIONS_GROUP, y=place.y))
    header = full_box(
        b"mvhd", 0, bytes(8), u32(TIMESCALE), u32(total), u32(0x10000), b"\x01\x00", bytes(10), UNITY, bytes(24),
        u32(tracks[-1].number + 1),
    )  # fmt: skip
    return box(b"moov", header, *traks, user_data.user_data(chapters, tags))


def _trak(
    number: int,
    flags: int,
    duration: int,
    size: tuple[int, int],
    volume: int,
    reference: bytes,
    media: bytes,
    *,
    group: int = 0,
    y: int = 0,
) -> bytes:
    """Return a track. group: of tracks of which players show one; y: pixels from the upper edge of the picture."""
    matrix = UNITY[:28] + u32(y << 16) + UNITY[32:]
    header = full_box(
        b"tkhd", flags, bytes(8), u32(number), bytes(4), u32(duration), bytes(10),
        struct.pack(">HHH", group, volume, 0), matrix, u32(size[0] << 16), u32(size[1] << 16),
    )  # fmt: skip
    return box(b"trak", header, reference, media)


def _media(kind: bytes, language: str, duration: int, header: bytes, entry: bytes, tables: bytes) -> bytes:
    names = {b"vide": b"VideoHandler\0", b"soun": b"SoundHandler\0", b"text": b"Chapters\0", b"sbtl": b"Captions\0"}
    packed = 0
    for letter in iso639_2(language):
        packed = packed << 5 | ord(letter) - 0x60
    source = box(b"dinf", full_box(b"dref", 0, u32(1), full_box(b"url ", 1)))
    tables = full_box(b"stsd", 0, u32(1), entry) + tables
    return box(
        b"mdia",
        full_box(b"mdhd", 0, bytes(8), u32(TIMESCALE), u32(duration), struct.pack(">HH", packed, 0)),
        full_box(b"hdlr", 0, bytes(4), kind, bytes(12), names[kind]),
        box(b"minf", header, source, box(b"stbl", tables)),
    )


def _sample_tables(track: _Track, offsets: Sequence[int], *, wide: bool) -> bytes:
    runs = [(len(list(group)), length) for length, group in groupby(track.durations)]
    counts = [count for _, count, _ in track.chunks()]
    firsts = [index for index, count in enumerate(counts) if index == 0 or count != counts[index - 1]]
    packed_offsets = struct.pack(f">{len(offsets)}{'Q' if wide else 'I'}", *offsets)
    return b"".join(
        (
            full_box(b"stts", 0, u32(len(runs)), *(struct.pack(">II", *run) for run in runs)),
            full_box(b"stsc", 0, u32(len(firsts)), *(struct.pack(">III", i + 1, counts[i], 1) for i in firsts)),
            full_box(b"stsz", 0, u32(0), u32(len(track.sizes)), struct.pack(f">{len(track.sizes)}I", *track.sizes)),
            full_box(b"co64" if wide else b"stco", 0, u32(len(offsets)), packed_offsets),
        )
    )


def _key_frames(video: VideoTrack) -> bytes:
    return full_box(b"stss", 0, u32(len(video.keys)), *(u32(frame + 1) for frame in video.keys))


def _preroll(audio: AudioTrack) -> bytes:
    """Return the boxes that tell players to decode the AAC frame before the one they need (14496-12, 10.1)."""
    group = full_box(b"sgpd", 0, b"roll", u32(2), u32(1), struct.pack(">h", -1), version=1)
    return group + full_box(b"sbgp", 0, b"roll", u32(1), u32(len(audio.sizes)), u32(1))


def _mp4a(audio: AudioTrack) -> bytes:
    """Return the AAC sample entry (14496-14, 5.6) with its AudioSpecificConfig (14496-3, 1.6.2.1)."""
    config = struct.pack(">H", 2 << 11 | 3 << 7 | audio.channels << 3)
    bit_rate = 8 * sum(audio.sizes) * TIMESCALE // max(1, audio.duration)
    decoder = b"\x40\x15" + bytes(3) + u32(bit_rate) + u32(bit_rate) + descriptor(5, config)
    stream = struct.pack(">HB", 2, 0) + descriptor(4, decoder) + descriptor(6, b"\x02")
    return box(
        b"mp4a",
        bytes(6) + struct.pack(">H", 1) + bytes(8) + struct.pack(">HH", audio.channels, 16) + bytes(4),
        u32(TIMESCALE << 16),
        full_box(b"esds", 0, descriptor(3, stream)),
    )
