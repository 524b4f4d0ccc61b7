"""The MP4 writer, the chapters and the language codes: boxes read back by hand and by ffmpeg."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.render_lab import made
from vidbuild.media.audio import aac
from vidbuild.media.container import ffmetadata, mp4
from vidbuild.media.container.boxes import full_box
from vidbuild.media.container.ffmetadata import Chapter
from vidbuild.media.container.iso639 import iso639_2
from vidbuild.media.container.spool import Spool
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.media.h264 import h264

CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"udta", b"tref"}


def boxes(data: bytes, start: int = 0, end: int | None = None, path: str = "") -> Iterator[tuple[str, int, bytes]]:
    """Every box: its path, where its content starts, and its content."""
    position, end = start, len(data) if end is None else end
    while position < end:
        size, kind = struct.unpack_from(">I4s", data, position)
        head = 8
        if size == 1:
            size, head = struct.unpack_from(">Q", data, position + 8)[0], 16
        name = f"{path}/{kind.decode('latin-1')}"
        yield name, position + head, data[position + head : position + size]
        if kind in CONTAINERS:
            yield from boxes(data, position + head, position + size, name)
        position += size
    assert position == end


def numbers(content: bytes, form: str = "I") -> list[int]:
    """The entries of a table box that holds plain numbers."""
    count = struct.unpack_from(">I", content, 4)[0]
    return list(struct.unpack_from(f">{count}{form}", content, 8))


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Sixty-five frames of H.264."""
    args = ("-f", "lavfi", "-i", "testsrc2=s=64x36:r=25", "-frames:v", "65", "-c:v", "libx264", "-bf", "0", "-g", "30")
    return made(tmp_path_factory.mktemp("coded") / "a.h264", *args, "-pix_fmt", "yuv420p", "-f", "h264").read_bytes()


def written(
    coded: bytes, *, marks: tuple[Chapter, ...] = (), tags: dict[str, str] | None = None, sound: int = 122
) -> bytes:
    """An MP4 of the stream and as many AAC frames of silence."""
    stream, frames = h264.scan(coded), list(h264.mp4_frames(coded))
    sequence, *pictures = stream.sets
    block = aac.silent_block()
    target = io.BytesIO()
    mp4.write(
        target,
        mp4.VideoTrack([len(frame) for frame in frames], stream.idrs, 25, 64, 36, sequence, pictures),
        mp4.AudioTrack([len(block)] * sound, 2, "de"),
        (iter(frames), iter([block] * sound)),
        marks,
        tags,
    )
    return target.getvalue()


def test_the_index_comes_first(coded: bytes) -> None:
    """A browser can start to play before all is there: the movie box stands before the media."""
    top = [name for name, _, _ in boxes(written(coded)) if name.count("/") == 1]
    assert top == ["/ftyp", "/moov", "/mdat"]


def test_every_sample_is_at_its_offset(coded: bytes) -> None:
    """Chunk offsets and sample sizes lead to exactly the frames that were given, in order."""
    data = written(coded)
    found = list(boxes(data))
    offsets = [numbers(content) for name, _, content in found if name.endswith("/stco")]
    maps = [content for name, _, content in found if name.endswith("/stsc")]
    sizes = [content for name, _, content in found if name.endswith("/stsz")]
    wanted = list(h264.mp4_frames(coded))
    lengths = list(struct.unpack_from(f">{len(wanted)}I", sizes[0], 12))
    assert lengths == [len(frame) for frame in wanted]
    counts = list(struct.iter_unpack(">III", maps[0][8:]))
    samples: list[bytes] = []
    for chunk, offset in enumerate(offsets[0], 1):
        position = offset
        for _ in range(next(count for first, count, _ in reversed(counts) if first <= chunk)):
            length = lengths[len(samples)]
            samples.append(data[position : position + length])
            position += length
    assert samples == wanted


def test_times_are_exact_and_start_at_zero(coded: bytes) -> None:
    """V16: every frame lasts the same whole number of samples, and there is no edit list that would shift a track."""
    found = {name: content for name, _, content in boxes(written(coded))}
    assert not any("edts" in name or "elst" in name or "ctts" in name for name in found)
    times = [content for name, _, content in boxes(written(coded)) if name.endswith("/stts")]
    assert struct.unpack(">III", times[0][4:]) == (1, 65, 1920)
    assert struct.unpack(">III", times[1][4:]) == (1, 122, 1024)


def test_nothing_of_today_is_in_it(coded: bytes) -> None:
    """P4: the same input gives the same bytes; creation times are zero."""
    assert written(coded) == written(coded)
    for name, _, content in boxes(written(coded)):
        if name.endswith(("/mvhd", "/tkhd", "/mdhd")):
            assert content[4:12] == bytes(8)


def test_key_frames_are_listed(coded: bytes) -> None:
    """A player seeks to the IDR pictures, counted from 1."""
    table = next(content for name, _, content in boxes(written(coded)) if name.endswith("/stss"))
    assert numbers(table) == [1, 31, 61]


def test_picture_and_sound_alternate(coded: bytes) -> None:
    """No player has to read far ahead: there is about a second of each, in turns."""
    offsets = [numbers(content) for name, _, content in boxes(written(coded)) if name.endswith("/stco")]
    order = sorted((place, track) for track, places in enumerate(offsets) for place in places)
    assert [track for _, track in order] == [0, 1, 1, 0, 1, 0]


def test_ffmpeg_reads_it_without_a_word(coded: bytes, tmp_path: Path) -> None:
    """Another program demuxes and decodes every frame with nothing to warn of, and sees what was written."""
    marks = (Chapter(0, "Start = 1; #2 \\ 'x'"), Chapter(48000, "Ende — 終わり 🎬"))
    path = tmp_path / "a.mp4"
    path.write_bytes(written(coded, marks=marks, tags={"title": "T: [0:v] 'q'; 日本", "description": "one\ntwo"}))
    args = ["-i", str(path), "-c", "copy", "-f", "framecrc", "-"]
    look = ffmpeg.capture(args, cwd=tmp_path, env={}, timeout=30, what="read")
    frames = [line.split(",") for line in look.output.decode().splitlines() if line.startswith("0,")]
    assert [int(fields[2]) for fields in frames] == [1920 * frame for frame in range(65)]
    for text in ("T: [0:v] 'q'; 日本", "Start = 1; #2 \\ 'x'", "Ende — 終わり 🎬", "(deu): Audio: aac (LC)", "25 fps"):
        assert text in look.text
    strict = ["-err_detect", "explode", "-i", str(path), "-map", "0:v", "-f", "null", "-"]
    assert ffmpeg.run(strict, cwd=tmp_path, env={}, timeout=30, what="decode").log == ()


def test_chapters_are_a_track_and_a_list(coded: bytes) -> None:
    """Chapters are in both places that players read, with their starts."""
    found = list(boxes(written(coded, marks=(Chapter(0, "A"), Chapter(96000, "B")))))
    listed = next(content for name, _, content in found if name == "/moov/udta/chpl")
    assert listed[8] == 2
    assert struct.unpack_from(">QB", listed, 9) == (0, 1)
    assert struct.unpack_from(">QB", listed, 9 + 10) == (20_000_000, 1)
    assert next(content for name, _, content in found if name.endswith("/chap")) == struct.pack(">I", 3)
    times = [content for name, _, content in found if name.endswith("/stts")]
    assert struct.unpack(">IIIII", times[2][4:]) == (2, 1, 96000, 1, 122 * 1024 - 96000)


def test_long_titles_are_cut_between_characters(coded: bytes) -> None:
    """A chapter's title too long for its box ends with a whole character."""
    found = list(boxes(written(coded, marks=(Chapter(0, "é" * 200),))))
    listed = next(content for name, _, content in found if name == "/moov/udta/chpl")
    assert listed[18:].decode() == "é" * 127


def test_a_frame_of_another_size_is_a_bug(coded: bytes) -> None:
    """The index is never written with frames of other sizes than it lists."""
    stream, frames = h264.scan(coded), list(h264.mp4_frames(coded))
    track = mp4.VideoTrack(
        [len(frame) + 1 for frame in frames], stream.idrs, 25, 64, 36, stream.sets[0], stream.sets[1:]
    )
    with pytest.raises(mp4.Mp4Error, match="track 1: wrong chunk size"):
        mp4.write(io.BytesIO(), track, mp4.AudioTrack([4], 2, "en"), (iter(frames), iter([b"1234"])))


@pytest.mark.parametrize("most", [0, 2, 3, 4, 100])
def test_a_spool_gives_the_same_file_and_the_same_refusals(tmp_path: Path, most: int) -> None:
    """V9: frames in a spool are written as those that come one by one, and never with another number of bytes."""
    track, sound = mp4.VideoTrack([3, 2], (0,), 30, 64, 36, b"\x67\x64\x00\x28", (b"\x68",)), b"1234"

    def written(*pictures: bytes) -> bytes:
        target = io.BytesIO()
        with Spool(tmp_path / "video", most) as spool:
            for each in pictures:
                spool.add(each)
            spool.rewind()
            mp4.write(target, track, mp4.AudioTrack([4], 2, "en"), (spool, iter([sound])))
        return target.getvalue()

    expected = io.BytesIO()
    mp4.write(expected, track, mp4.AudioTrack([4], 2, "en"), (iter([b"abc", b"de"]), iter([sound])))
    assert written(b"abc", b"de") == written(b"abcde") == written(b"a", b"bcd", b"", b"e") == expected.getvalue()
    assert (tmp_path / "video").exists() == (most < 5)  # a file only if memory has no room for all
    with pytest.raises(mp4.Mp4Error, match="track 1: wrong chunk size: expected 5 bytes, got 4"):
        written(b"abcd")
    with pytest.raises(mp4.Mp4Error, match="track 1: more frames than"):
        written(b"abcdef")


def test_too_few_or_too_many_frames_are_refused() -> None:
    """The index is written before the frames: with another number of frames the file is never finished."""
    track = mp4.VideoTrack([3, 3], (0,), 30, 64, 36, b"\x67\x64\x00\x28", (b"\x68",))
    for pictures, words in (
        ([b"abc"], "track 1: wrong chunk size: expected 6 bytes, got 3"),
        ([b"abc"] * 3, "track 1: more frames than"),
    ):
        with pytest.raises(mp4.Mp4Error, match=words):
            mp4.write(io.BytesIO(), track, mp4.AudioTrack([4], 2, "en"), (iter(pictures), iter([b"1234"])))
    whole = io.BytesIO()
    assert mp4.write(whole, track, mp4.AudioTrack([4], 2, "en"), (iter([b"abc"] * 2), iter([b"1234"]))) == len(
        whole.getvalue()
    )


@pytest.mark.parametrize(("picture", "wide"), [((1 << 32) - (1 << 28) - 5, False), ((1 << 32) - (1 << 28) - 4, True)])
def test_large_files_have_wide_offsets(picture: int, wide: bool) -> None:
    """If the media and an index of 256 MiB could exceed 4 GiB, the index and the media's size have 64 bits."""
    track = mp4.VideoTrack([picture], (0,), 30, 64, 36, b"\x67\x64\x00\x28", (b"\x68",))
    target = io.BytesIO()
    with pytest.raises(mp4.Mp4Error, match="wrong chunk size"):  # all before the media is written by then
        mp4.write(target, track, mp4.AudioTrack([4], 2, "en"), (iter([b""]), iter([b"1234"])))
    head = target.getvalue()
    form = ">I4sQ" if wide else ">I4s"
    size, kind, *large = struct.unpack_from(form, head, len(head) - struct.calcsize(form))
    assert (kind, [size, *large]) == (b"mdat", [1, picture + 4 + 16] if wide else [picture + 4 + 8])
    index = {name.rpartition("/")[2]: content for name, _, content in boxes(head[: -struct.calcsize(form)])}
    offsets = [numbers(content, "Q" if wide else "I") for name, content in index.items() if name in {"co64", "stco"}]
    assert ("co64" in index, "stco" in index) == (wide, not wide)
    assert offsets == [[len(head) + picture]]  # of the audio, whose box is the last of that name


def test_chapters_are_read_from_their_text() -> None:
    """Titles come back as they were before they were escaped; starts are in samples."""
    text = (
        ";FFMETADATA1\ntitle=not a chapter\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1500\ntitle=One\n"
        "[CHAPTER]\nTIMEBASE=1/48000\nSTART=72000\nEND=96000\ntitle=a\\=b\\; \\#c \\\\ d\\\ne\n"
        "[CHAPTER]\n;a=b\n#c=d\n\n=x\nSTART=2000000000\n"
    )
    assert ffmetadata.parse(text) == [Chapter(0, "One"), Chapter(72000, "a=b; #c \\ d\ne"), Chapter(96000, "")]
    assert ffmetadata.parse(";FFMETADATA1\n") == []


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "eng"), ("de-CH", "deu"), ("zh-Hant-TW", "zho"), ("pt_BR", "por"), ("EN", "eng"), ("gsw", "gsw"),
        ("yue-HK", "yue"), ("xx", "und"), ("", "und"), ("ééé", "und"), ("x-private", "und"),
    ],
)  # fmt: skip
def test_language_tags_become_codes(tag: str, code: str) -> None:
    """A BCP 47 tag becomes the three letters of ISO 639-2 that an MP4 holds; what has none is undetermined."""
    assert iso639_2(tag) == code


def test_chapters_are_written_and_read_back() -> None:
    """V18: what has a meaning in ffmpeg's metadata files is escaped, and a title is one line."""
    chapters = [ffmetadata.Chapter(0, "a=b; c#d\\e\nf [CHAPTER]"), ffmetadata.Chapter(48_000, "two")]
    text = ffmetadata.write(chapters, 96_000)
    assert text.startswith(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/48000\nSTART=0\nEND=48000\n")
    assert "START=48000\nEND=96000\n" in text
    assert ffmetadata.parse(text) == [(0, "a=b; c#d\\e f [CHAPTER]"), (48_000, "two")]


UNITY = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)


def test_headers_have_the_fields_of_the_standard(coded: bytes) -> None:
    """Movie, track and media headers, byte by byte as in 8.2.2, 8.3.2, 8.4.2 and 8.4.3 of ISO 14496-12."""
    found = list(boxes(written(coded, marks=(Chapter(0, "One"), Chapter(48_000, "Two")))))
    lengths = (65 * 1920, 122 * 1024, 122 * 1024)
    (movie,) = (content for name, _, content in found if name.endswith("/mvhd"))
    assert movie == bytes(12) + struct.pack(">IIIH10x", 48_000, 122 * 1024, 1 << 16, 0x100) + UNITY + struct.pack(
        ">24xI", 4
    )
    tracks = [content for name, _, content in found if name.endswith("/tkhd")]
    for number, content, flags, volume, size in zip(
        (1, 2, 3), tracks, (3, 3, 2), (0, 0x100, 0), ((64, 36), (0, 0), (0, 0)), strict=True
    ):
        head = struct.pack(">I8xI4xI8xHHH2x", flags, number, lengths[number - 1], 0, 0, volume)
        assert content == head + UNITY + struct.pack(">II", size[0] << 16, size[1] << 16)
    media = [content for name, _, content in found if name.endswith("/mdhd")]
    undetermined, german = (
        sum((ord(letter) - 96) << shift for letter, shift in zip(code, (10, 5, 0), strict=True))
        for code in ("und", "deu")
    )
    assert media == [
        bytes(12) + struct.pack(">IIHH", 48_000, length, language, 0)
        for length, language in zip(lengths, (undetermined, german, german), strict=True)
    ]
    kinds = [content[8:12] for name, _, content in found if name.endswith("/hdlr") and "mdia" in name]
    assert kinds == [b"vide", b"soun", b"text"]


def test_sample_entries_have_the_fields_of_the_standard(coded: bytes) -> None:
    """The picture's size, resolution and color, the sound's channels, rate and bit rate, as players read them."""
    picture, sound = [content for name, _, content in boxes(written(coded)) if name.endswith("/stsd")]
    for content in (picture, sound):
        assert struct.unpack_from(">III", content) == (0, 1, len(content) - 8)
    assert picture[12:16] == b"avc1"
    assert picture[16:94] == struct.pack(">6xH16xHHIIIH32xHh", 1, 64, 36, 72 << 16, 72 << 16, 0, 1, 24, -1)
    assert struct.pack(">I4s4sHHHB", 19, b"colr", b"nclx", 1, 1, 1, 0) in picture
    assert struct.pack(">I4sII", 16, b"pasp", 1, 1) in picture
    (sequence, *others) = h264.scan(coded).sets
    record = b"\x01" + sequence[1:4] + b"\xff\xe1" + struct.pack(">H", len(sequence)) + sequence + bytes([len(others)])
    assert b"avcC" + record + struct.pack(">H", len(others[0])) + others[0] in picture
    assert sound[12:16] == b"mp4a"
    assert sound[16:44] == struct.pack(">6xH8xHHII", 1, 2, 16, 0, 48_000 << 16)
    rate = 8 * len(aac.silent_block()) * 48_000 // 1024
    assert b"\x40\x15\0\0\0" + struct.pack(">II", rate, rate) in sound
    assert b"\x11\x90" in sound  # AAC LC, 48 kHz, two channels (ISO 14496-3, 1.6.2.1)


def test_tables_have_version_zero(coded: bytes) -> None:
    """No table uses a later version of its box, whose fields differ; its flags are 0."""
    tables = ("/hdlr", "/stsd", "/stts", "/stsc", "/stsz", "/stco", "/stss", "/sbgp", "/smhd", "/mdhd", "/mvhd")
    found = [content[:4] for name, _, content in boxes(written(coded)) if name.endswith(tables)]
    assert len(found) >= len(tables)
    assert set(found) == {bytes(4)}


def test_references_and_media_headers_have_the_fields_of_the_standard(coded: bytes) -> None:
    """All media is in the file itself, and each kind has its header, as in 8.7.2 and 12 of ISO 14496-12."""
    found = list(boxes(written(coded, marks=(Chapter(0, "One"),))))
    references = [content for name, _, content in found if name.endswith("/dinf")]
    in_this_file = struct.pack(">I4sI", 12, b"url ", 1)
    assert references == [struct.pack(">I4sII", 28, b"dref", 0, 1) + in_this_file] * 3
    assert [content for name, _, content in found if name.endswith("/vmhd")] == [struct.pack(">I8x", 1)]
    assert [content for name, _, content in found if name.endswith("/smhd")] == [bytes(8)]
    handlers = [content for name, _, content in found if name.endswith("mdia/hdlr")]
    assert [(content[:8], content[12:24], content[-1:]) for content in handlers] == [(bytes(8), bytes(12), b"\0")] * 3


def test_an_aac_frame_is_decoded_before_the_first_one_needed(coded: bytes) -> None:
    """All AAC frames are in one group, which players enter one frame earlier: 8.9 and 10.1 of ISO 14496-12."""
    found = {name: content for name, _, content in boxes(written(coded))}
    assert found["/moov/trak/mdia/minf/stbl/sgpd"] == struct.pack(">I4sIIh", 1 << 24, b"roll", 2, 1, -1)
    assert found["/moov/trak/mdia/minf/stbl/sbgp"] == struct.pack(">I4sIII", 0, b"roll", 1, 122, 1)


def test_the_decoder_of_the_sound_is_described(coded: bytes) -> None:
    """The stream's descriptors have lengths that nest, the number of its track, and MP4's own sync layer."""
    sound = [content for name, _, content in boxes(written(coded)) if name.endswith("/stsd")][1]
    place = sound.index(b"esds") + 4
    content, found = sound[place + 4 :], []
    for tag in (3, 4, 5, 6):
        assert content[:4] == bytes((tag, 0x80, 0x80, 0x80))
        assert content[4] <= len(content) - 5
        found.append(content[4])
        skipped = {3: 3, 4: 13, 5: content[4], 6: 0}[tag]
        if tag == 3:
            assert content[5:8] == b"\0\x02\0"
        if tag == 6:
            assert content[5:] == b"\x02"
        content = content[5 + skipped :]
    assert found == [3 + 5 + 13 + 5 + 2 + 5 + 1, 13 + 5 + 2, 2, 1]


def test_chapters_have_the_text_samples_of_quicktime(coded: bytes) -> None:
    """A title is a length, UTF-8 and its mark, in a track with QuickTime's media header and text description."""
    data = written(coded, marks=(Chapter(0, "Où"), Chapter(48_000, "B")))
    found = list(boxes(data))
    header = next(content for name, _, content in found if name.endswith("/gmhd"))
    matrix = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    # Graphics mode 0x40 (dither copy), gray, balance 0.
    assert (
        header
        == struct.pack(">I4sIHHHHHH", 24, b"gmin", 0, 64, 1 << 15, 1 << 15, 1 << 15, 0, 0)
        + struct.pack(">I4s", 44, b"text")
        + matrix
    )
    entry = [content for name, _, content in found if name.endswith("/stsd")][2]
    assert entry == struct.pack(">II", 0, 1) + struct.pack(">I4s6xH4xI36x", 60, b"text", 1, 1)
    sizes = [content for name, _, content in found if name.endswith("/stsz")][2]
    places = numbers([content for name, _, content in found if name.endswith("/stco")][2])
    lengths = struct.unpack(">IIIII", sizes)[3:]
    marked = struct.pack(">I4sI", 12, b"encd", 0x100)
    titles = [data[place : place + length] for place, length in zip(places, lengths, strict=True)]
    assert titles == [b"\0\x03O\xc3\xb9" + marked, b"\0\x01B" + marked]
    maps = [content for name, _, content in found if name.endswith("/stsc")][2]
    assert struct.unpack(">IIIII", maps) == (0, 1, 1, 1, 1)


def test_tags_are_those_of_itunes(coded: bytes) -> None:
    """Title, comment and description are items of UTF-8 text; an empty one is left out."""
    data = written(coded, tags={"title": "É", "comment": "", "description": "d"})
    (meta,) = (content for name, _, content in boxes(data) if name == "/moov/udta/meta")
    assert meta[:4] == bytes(4)
    inside = {name: content for name, _, content in boxes(meta[4:])}
    assert inside["/hdlr"] == bytes(8) + b"mdirappl" + bytes(9)
    items = {name: content for name, _, content in boxes(inside["/ilst"])}
    assert items == {
        "/\xa9nam": struct.pack(">I4sII", 18, b"data", 1, 0) + "É".encode(),
        "/desc": struct.pack(">I4sII", 17, b"data", 1, 0) + b"d",
    }
    assert not any(name.endswith("/meta") for name, _, _ in boxes(written(coded, tags={"title": ""})))


def test_the_list_of_chapters_has_at_most_255(coded: bytes) -> None:
    """The list has 255 chapters, as its counter has one byte; the track has all, and titles of up to 65,535 bytes."""
    marks = (Chapter(0, "x" * 70_000), *(Chapter(number * 10, f"{number}") for number in range(1, 256)))
    found = list(boxes(written(coded, marks=marks)))
    listed = next(content for name, _, content in found if name == "/moov/udta/chpl")
    assert listed[:9] == struct.pack(">IIB", 1 << 24, 0, 255)
    assert struct.unpack_from(">QB", listed, 9) == (0, 255)
    assert listed[-3:] == b"254"
    assert struct.unpack_from(">Q", listed, len(listed) - 12) == (2540 * 10_000_000 // 48_000,)
    sizes = [content for name, _, content in found if name.endswith("/stsz")][2]
    assert struct.unpack_from(">IIII", sizes) == (0, 0, 256, 2 + 65_535 + 12)


def test_the_brands_are_those_of_a_plain_mp4(coded: bytes) -> None:
    """The file names itself as ISO media with H.264, so that every player tries it."""
    data = written(coded)
    assert data[:32] == struct.pack(">I4s4sI", 32, b"ftyp", b"isom", 0x200) + b"isomiso2avc1mp41"


def test_a_full_box_has_its_version_before_its_flags() -> None:
    """The version is a byte, and the flags the three after it (14496-12, 4.2)."""
    assert full_box(b"tkhd", 0x30007, b"x", version=1) == b"\0\0\0\x0dtkhd\x01\x03\0\x07x"
    assert full_box(b"vmhd", 1) == b"\0\0\0\x0cvmhd\0\0\0\x01"
