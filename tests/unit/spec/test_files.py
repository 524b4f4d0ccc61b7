"""Checks of the files that a spec names."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import tempfile
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from vidbuild.media.text.packages import fonts_paths
from vidbuild.spec import files
from vidbuild.spec.files import (
    check_file,
    check_font,
    check_playable,
    fonts,
    image_size,
    similar_file,
    text,
)
from vidbuild.spec.paths import InputError


def png(path: Path, size: tuple[int, int] = (6, 4), kind: str = "PNG") -> Path:
    """A small image."""
    Image.new("RGB", size, "#7aa5ff").save(path, kind)
    return path


def problem(function: Callable[[Path, str], object], path: Path, name: str = "") -> tuple[str, str | None]:
    """Return the message and the hint about a file."""
    with pytest.raises(InputError) as caught:
        function(path, name or path.name)
    return caught.value.message, caught.value.hint


def test_a_path_with_backslashes(tmp_path: Path) -> None:
    """Backslashes in a path to a file that exists are the problem; those of the project's own folder are not."""
    (tmp_path / "we" / "ird").mkdir(parents=True)
    (tmp_path / "we" / "ird" / "a.png").write_bytes(b"x")
    assert problem(check_file, tmp_path / "we\\ird\\a.png", "we\\ird\\a.png")[1] == "write we/ird/a.png"
    assert problem(check_file, tmp_path / "we\\ird\\b.png", "we\\ird\\b.png")[1] is None
    (tmp_path / "we\\ird").mkdir()
    assert problem(check_file, tmp_path / "we\\ird" / "a.png", "a.png")[1] is None


def test_a_file_that_can_be_read(tmp_path: Path) -> None:
    """A regular file with something in it is fine."""
    check_file(png(tmp_path / "a.png"), "a.png")


def test_missing(tmp_path: Path) -> None:
    """P42: a file that does not exist is an error with the nearest name in its folder, written as the spec would."""
    png(tmp_path / "screenshot.png")
    (tmp_path / "folder.png").mkdir()
    assert problem(check_file, tmp_path / "sceenshot.png", "img/sceenshot.png") == (
        "file 'img/sceenshot.png' does not exist",
        "did you mean 'img/screenshot.png'?",
    )
    assert problem(check_file, tmp_path / "xyz") == ("file 'xyz' does not exist", None)
    assert problem(check_file, tmp_path / "no" / "folder" / "a") == ("file 'a' does not exist", None)
    assert problem(check_file, tmp_path / "screenshot.png" / "a")[0] == "file 'a' cannot be read: not a directory"


def test_what_is_no_file(tmp_path: Path) -> None:
    """P42: folders, pipes and empty files are errors that name what they are."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").touch()
    assert problem(check_file, tmp_path) == (f"'{tmp_path.name}' is a folder, not a file", None)
    assert problem(check_file, tmp_path / "pipe") == ("'pipe' is not a regular file", None)
    assert problem(check_file, tmp_path / "empty") == ("file 'empty' is empty", None)
    assert "cannot be read" in problem(check_file, tmp_path / ("x" * 5000))[0]


def test_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P42: a file that may not be opened is an error with the system's reason."""
    path = png(tmp_path / "a.png")
    path.chmod(0)
    if os.access(path, os.R_OK):  # root may read anything

        def refuse(*_: object, **__: object) -> object:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
    assert problem(check_file, path) == ("file 'a.png' cannot be read: permission denied", None)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "GIF", "TIFF", "BMP"])
def test_images(tmp_path: Path, kind: str) -> None:
    """Every format is recognized by its content, whatever the file's name, and its size is read."""
    assert image_size(png(tmp_path / "image.dat", kind=kind), "image.dat") == [6, 4]


def test_a_photograph_of_a_phone_is_not_too_large(tmp_path: Path) -> None:
    """The size of 108 and 200 megapixels is read from the header, without a limit of Pillow's in the way."""
    for width, height in ((12_000, 9000), (16_320, 12_240)):
        raw = bytearray(png(tmp_path / "a.png").read_bytes())
        raw[16:24] = struct.pack(">II", width, height)
        raw[29:33] = zlib.crc32(bytes(raw[12:29])).to_bytes(4, "big")
        (tmp_path / "photo.png").write_bytes(raw)
        assert image_size(tmp_path / "photo.png", "photo.png") == [width, height]


def test_an_orientation_after_the_pixels(tmp_path: Path) -> None:
    """The orientation of a PNG counts wherever it stands in the file, which is not decoded to find it."""
    whole = png(tmp_path / "a.png").read_bytes()
    data = b"MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"
    chunk = struct.pack(">I", len(data)) + b"eXIf" + data + struct.pack(">I", zlib.crc32(b"eXIf" + data))
    for at in (33, len(whole) - 12):
        (tmp_path / "turned.png").write_bytes(whole[:at] + chunk + whole[at:])
        assert image_size(tmp_path / "turned.png", "turned.png") == [4, 6]


def test_turned_photographs(tmp_path: Path) -> None:
    """A photograph taken upright has the size that it is seen in."""
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (6, 4)).save(tmp_path / "a.jpg", exif=exif)
    assert image_size(tmp_path / "a.jpg", "a.jpg") == [4, 6]


def test_what_is_no_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P42: text, other formats and headers cut short are not images."""
    (tmp_path / "words.png").write_text("words")
    png(tmp_path / "a.ppm", kind="PPM")
    whole = png(tmp_path / "a.png").read_bytes()
    (tmp_path / "short.png").write_bytes(whole[:20])
    for name in ("words.png", "a.ppm"):
        assert problem(image_size, tmp_path / name) == (
            f"'{name}' is not a PNG, JPEG, WebP, AVIF, GIF, TIFF, BMP or SVG image",
            None,
        )
    assert problem(image_size, tmp_path / "short.png")[0].startswith(
        "'short.png' is a damaged PNG, JPEG, WebP, AVIF, GIF, TIFF, BMP or SVG image: "
    )
    assert problem(image_size, tmp_path / "gone.png")[0] == "file 'gone.png' does not exist"
    monkeypatch.setattr(files, "MAX_PIXELS", 10)
    assert problem(image_size, tmp_path / "a.png")[0] == "'a.png' has 6 x 4 pixels: the maximum is 0 million"


def test_enormous_images(tmp_path: Path) -> None:
    """An image that claims to be enormous is refused by its header, without being decoded."""
    raw = bytearray(png(tmp_path / "a.png").read_bytes())
    raw[16:24] = (100_000).to_bytes(4, "big") * 2
    raw[29:33] = zlib.crc32(bytes(raw[12:29])).to_bytes(4, "big")
    (tmp_path / "bomb.png").write_bytes(raw)
    words = "'bomb.png' has 10000000000 pixels: the maximum is 250 million"
    assert problem(image_size, tmp_path / "bomb.png")[0] == words
    for kind, width, height in (("JPEG", 65_500, 65_500), ("WEBP", 16_383, 16_383), ("GIF", 65_535, 65_535)):
        path = tmp_path / f"bomb.{kind}"
        path.write_bytes(with_size(kind, png(path, kind=kind).read_bytes(), width, height))
        shown = f"{width} x {height}" if kind == "WEBP" else width * height  # Pillow's own limit is not reached
        assert problem(image_size, path)[0] == f"'{path.name}' has {shown} pixels: the maximum is 250 million"
    raw[16:24] = struct.pack(">II", 20_000, 15_000)
    raw[29:33] = zlib.crc32(bytes(raw[12:29])).to_bytes(4, "big")
    (tmp_path / "bomb.png").write_bytes(raw)
    assert (
        problem(image_size, tmp_path / "bomb.png")[0]
        == "'bomb.png' has 20000 x 15000 pixels: the maximum is 250 million"
    )


def with_size(kind: str, data: bytes, width: int, height: int) -> bytes:
    """Return an image whose header has another size."""
    changed = bytearray(data)
    if kind == "GIF":
        at, size = 6, struct.pack("<HH", width, height)
        frame = data.index(b"\x2c") + 5
        changed[frame : frame + 4] = size
    elif kind == "JPEG":
        at, size = data.index(b"\xff\xc0") + 5, struct.pack(">HH", height, width)
    else:
        at, size = data.index(b"\x9d\x01\x2a") + 3, struct.pack("<HH", width, height)
    changed[at : at + 4] = size
    return bytes(changed)


@pytest.mark.parametrize(
    "head", [b"", b"RIFF\xff\xff\xff\xffWEBPVP8 ", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"]
)
def test_a_file_too_large_for_an_image_is_not_opened(tmp_path: Path, head: bytes) -> None:
    """V19: four sparse gigabytes called an image are refused by their size: some readers would take all of it."""
    path = tmp_path / "a.png"
    path.write_bytes(head)
    os.truncate(path, 4 << 30)
    assert (
        problem(image_size, path)[0] == "'a.png' is too large: 4294967296 bytes, the limit for an image is 1000000000"
    )


def test_what_is_packed_a_thousandfold_is_refused_or_small(tmp_path: Path) -> None:
    """V19: a profile or a comment that unpacks to a hundred megabytes costs neither memory nor a traceback."""
    whole = png(tmp_path / "a.png").read_bytes()
    bomb = zlib.compress(bytes(100_000_000))
    for name, data in ((b"iCCP", b"p\0\0" + bomb), (b"zTXt", b"p\0\0" + bomb), (b"iTXt", b"p\0\1\0\0\0" + bomb)):
        chunk = struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        (tmp_path / "bomb.png").write_bytes(whole[:33] + chunk + whole[33:])
        tracemalloc.start()
        with contextlib.suppress(InputError):
            assert image_size(tmp_path / "bomb.png", "bomb.png") == [6, 4]
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert most < 20_000_000


def with_map(form: int, *ranges: tuple[int, int], behind: bytes = b"") -> bytes:
    """A font with a character map of format 4, 12 or 13, and nothing else. behind: bytes after the map's groups."""
    count = len(ranges)
    if form == 4:
        ends, starts = (
            struct.pack(f">{count}H", *values)
            for values in ((last for _, last in ranges), (first for first, _ in ranges))
        )
        subtable = (
            struct.pack(">7H", 4, 16 + 8 * count, 0, 2 * count, 0, 0, 0) + ends + bytes(2) + starts + bytes(4 * count)
        )
    else:
        groups = b"".join(struct.pack(">III", first, last, 0) for first, last in ranges)
        subtable = struct.pack(">HHIII", form, 0, 16 + 12 * count, 0, count) + groups
    table = struct.pack(">HHHHI", 0, 1, 3, 10, 12) + subtable + behind
    return b"\0\1\0\0" + struct.pack(">H", 1) + bytes(6) + struct.pack(">4sIII", b"cmap", 0, 28, len(table)) + table


def collection(font: bytes) -> bytes:
    """A collection of one font with one table, whose offset counts from the collection's start."""
    return b"ttcf\0\1\0\0" + struct.pack(">II", 1, 16) + font[:20] + struct.pack(">I", 44) + font[24:]


FONT = next(path for path in fonts_paths() if path.suffix == ".ttf")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\0\1\0\0" + bytes(8), None),
        (b"", "is empty"),
        (b"x", "is cut short"),
        (b"no font at all, only words", "is not a font"),
        (FONT.read_bytes(), None),
        (FONT.read_bytes()[:-10], "is cut short"),
        (FONT.read_bytes()[:5000], "is cut short"),
        (FONT.read_bytes()[:50], "is cut short"),
        (b"ttcf\0\1\0\0" + struct.pack(">I", 10_000), "is a collection of 10000 fonts: the maximum is 256"),
        (b"ttcf\0\1\0\0" + struct.pack(">I", 0), "is a collection of 0 fonts"),
        (b"ttcf\0\1\0\0" + struct.pack(">II", 1, 1 << 31), "is cut short"),
        (b"ttcf\0\1\0\0" + struct.pack(">II", 1, 16) + b"\0\1\0\0" + bytes(8), None),
        (b"ttcf\0\1\0\0" + struct.pack(">II", 1, 16) + b"words, not a font", "is not a font"),
        (b"typ1" + bytes(8), "is not a font"),
        (b"wOFF" + bytes(40), "is a web font (WOFF), not a TrueType or OpenType font"),
        (b"wOF2" + bytes(40), "is a web font (WOFF2), not a TrueType or OpenType font"),
        (with_map(12, (0, 0x10FFFF)), None),
        (collection(with_map(12, *[(1, 1_000_000)] * 8)), None),
        (collection(with_map(12, (0, 0), *[(1, 1_000_000)] * 8)), "maps 8000001 characters: the maximum is 8000000"),
        (with_map(12, (0, 9), behind=struct.pack(">III", 0, 0xFFFFFFFF, 0)), None),  # no group of this map
        (with_map(12, *[(0, 0x10FFFF)] * 9), "maps 10027008 characters: the maximum is 8000000"),
        (with_map(12, (0, 0xFFFFFFFF)), "maps 4294967296 characters"),
        (with_map(13, (9, 0xFFFFFFFF)), "maps 4294967287 characters"),
        (with_map(4, *[(0, 0xFFFF)] * 200), "maps 13107200 characters"),
        (with_map(12, (0, 0xFFFFFFFF))[:-1], "is cut short"),
    ],
)
def test_a_font_is_whole(tmp_path: Path, data: bytes, words: str | None) -> None:
    """V19: a font that is truncated, of too many faces or of none is an error before anything draws with it."""
    path = tmp_path / "a.ttf"
    path.write_bytes(data)
    if words is None:
        check_font(path, "a.ttf")
    else:
        assert words in problem(check_font, path)[0]


def test_a_font_too_large_or_no_file_is_not_read(tmp_path: Path) -> None:
    """V19: a hundred megabytes are over the limit; a pipe called a font is neither read nor waited for."""
    path = tmp_path / "fonts" / "a.ttf"
    path.parent.mkdir()
    path.write_bytes(FONT.read_bytes())
    os.truncate(path, 100 << 20)
    assert problem(check_font, path)[0] == "'a.ttf' is too large: 104857600 bytes, the limit for a font is 64000000"
    path.unlink()
    os.mkfifo(path)
    assert problem(fonts, path.parent)[0] == "folder 'fonts' has no .ttf, .otf or .ttc file"
    assert problem(check_font, path)[0] == "'a.ttf' is not a regular file"
    path.unlink()
    for number in range(201):
        (path.parent / f"{number}.ttf").write_bytes(b"x")
    assert problem(fonts, path.parent)[0] == "folder 'fonts' has 201 fonts: the maximum is 200"


def test_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text file is UTF-8, with or without a byte order mark, and of a size that can be shown."""
    (tmp_path / "a.py").write_bytes(b"\xef\xbb\xbfprint('\xc3\xbc')\n")
    assert text(tmp_path / "a.py", "a.py") == "print('ü')\n"
    (tmp_path / "b.py").write_bytes(b"\xff\xfe")
    assert problem(text, tmp_path / "b.py") == ("file 'b.py' is not UTF-8 text", None)
    monkeypatch.setattr(files, "MAX_TEXT", 10)
    assert problem(text, tmp_path / "a.py") == ("file 'a.py' is too large: the maximum is 10 bytes", None)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_an_image_plays_nothing(kind: str, tmp_path: Path) -> None:
    """An image at the place of a video or a recording is an error with the hint for images."""
    file = tmp_path / "a.mp4"
    Image.new("RGB", (6, 4)).save(file, kind)
    with pytest.raises(InputError) as caught:
        check_playable(file, "a.mp4", "a video", "use a scene of type 'image'")
    assert (caught.value.message, caught.value.hint) == (
        "'a.mp4' is not a video but an image",
        "use a scene of type 'image'",
    )


def test_what_plays(tmp_path: Path) -> None:
    """A recording begins as a WebP image does, and is none; files too short to be recognized are not refused here."""
    file = tmp_path / "a.wav"
    for content in (b"RIFF\x24\x00\x00\x00WAVEfmt ", b"\x00\x00\x00 ftypisom", b"x"):
        file.write_bytes(content)
        check_playable(file, "a.wav", "a recording")


def test_the_nearest_file_of_a_kind(tmp_path: Path) -> None:
    """Of the files beside a name, those with the right ending can be what was meant."""
    (tmp_path / "video.mp4").touch()
    assert similar_file(tmp_path / "vidoe.yaml", "vidoe.yaml", (".yaml", ".yml")) is None
    (tmp_path / "video.yml").touch()
    assert similar_file(tmp_path / "vidoe.yaml", "in/vidoe.yaml", (".yaml", ".yml")) == "did you mean 'in/video.yml'?"


def test_a_file_with_other_capitals_is_nearest(tmp_path: Path) -> None:
    """A name in other capitals is offered before other endings, and a spec never as the data of one."""
    for name in ("data.yaml", "data.txt", "Data.csv"):
        (tmp_path / name).touch()
    assert similar_file(tmp_path / "data.csv", "data.csv") == "did you mean 'Data.csv'?"
    (tmp_path / "Data.csv").unlink()
    assert similar_file(tmp_path / "data.csv", "data.csv") == "did you mean 'data.txt'?"
    (tmp_path / "data.txt").unlink()
    assert similar_file(tmp_path / "data.csv", "data.csv") is None


def test_a_symlink_that_leads_nowhere_is_not_meant_instead_of_itself(tmp_path: Path) -> None:
    """What is there by its name alone is not offered as what was meant."""
    (tmp_path / "video.yaml").symlink_to("gone.yaml")
    assert similar_file(tmp_path / "video.yaml", "video.yaml") is None


def test_font_folders(tmp_path: Path) -> None:
    """A fonts folder is a folder with font files in it; they come in the order of their names."""
    folder = tmp_path / "fonts"
    assert problem(fonts, folder) == ("folder 'fonts' does not exist", None)
    (tmp_path / "font").write_text("", encoding="utf-8")
    assert problem(fonts, folder) == ("folder 'fonts' does not exist", None)
    (tmp_path / "my-fonts").mkdir()
    assert problem(fonts, folder) == ("folder 'fonts' does not exist", "did you mean 'my-fonts'?")
    assert problem(fonts, folder, "./fonts/") == ("folder './fonts/' does not exist", "did you mean './my-fonts'?")
    folder.mkdir()
    assert problem(fonts, folder) == ("folder 'fonts' has no .ttf, .otf or .ttc file", None)
    for name in ("b.ttf", "A.OTF", "readme.txt"):
        (folder / name).write_bytes(b"x")
    assert fonts(folder, "fonts") == ["A.OTF", "b.ttf"]
    assert problem(fonts, folder / "b.ttf") == ("'b.ttf' is a file, not a folder", None)
    assert "cannot be read" in problem(fonts, tmp_path / ("x" * 5000))[0]


@settings(deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF"]), st.data())
def test_damaged_images(kind: str, data: st.DataObject) -> None:
    """P42: whatever bytes of an image are changed, it has a size or a problem, and no decoder's error comes through."""
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (6, 4), "#7aa5ff").save(file, kind, exif=exif)
    raw = bytearray(file.getvalue())
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.NamedTemporaryFile() as damaged:
        damaged.write(raw[: data.draw(st.integers(1, len(raw)))])
        damaged.flush()
        try:
            size, message = image_size(Path(damaged.name), "a.png"), "'a.png' "
        except InputError as error:
            size, message = [1, 1], error.message
    assert message.startswith("'a.png' ")
    assert all(side > 0 for side in size)
