"""Pixels of every kind become sRGB: against values from the standards, and against other decoders."""

from __future__ import annotations

import io
import struct
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from tests.support.pixels import pixel
from tests.support.png_lab import GRAY, RGB, write_png
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.media.image import image_file, raster

P3_RED = (234, 51, 35)  # sRGB's red in Display P3 (CSS Color 4, 10.2)
CHROMATICITIES = struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)


def opened(path: Path) -> Image.Image:
    """Read an image."""
    return raster.opened(path, field="src")


def test_the_transparent_color_of_16_bits_is_compared_exactly(tmp_path: Path) -> None:
    """Only pixels of just the transparent color are transparent, not those that share its upper bytes."""
    clear, near = struct.pack(">3H", 10000, 50000, 20000), struct.pack(">3H", 10001, 50000, 20000)
    made = opened(write_png(tmp_path / "a.png", (2, 1), 16, RGB, [clear + near], [(b"tRNS", clear)]))
    assert [pixel(made, (x, 0)) for x in (0, 1)] == [(39, 195, 78, 0), (39, 195, 78, 255)]
    row = struct.pack(">2H", 30000, 30001)
    made = opened(write_png(tmp_path / "b.png", (2, 1), 16, GRAY, [row], [(b"tRNS", row[:2])]))
    assert [pixel(made, (x, 0))[3] for x in (0, 1)] == [0, 255]


@pytest.mark.parametrize(("depth", "row"), [(1, 0b01000000), (2, 0b00010000), (4, 0x01)])
def test_the_transparent_gray_of_few_bits(tmp_path: Path, depth: int, row: int) -> None:
    """The transparent gray is compared with samples as they are stored, before they are widened to 8 bits."""
    made = opened(write_png(tmp_path / "a.png", (2, 1), depth, GRAY, [bytes([row])], [(b"tRNS", b"\0\1")]))
    assert [pixel(made, (x, 0))[3] for x in (0, 1)] == [255, 0]


@pytest.mark.parametrize(
    ("chunks", "color", "expected"),
    [
        ([(b"gAMA", struct.pack(">I", 45455))], (128, 128, 128), (128, 128, 128)),
        ([(b"gAMA", struct.pack(">I", 100000))], (128, 128, 128), (188, 188, 188)),  # linear light
        ([(b"gAMA", struct.pack(">I", 55556))], (128, 128, 128), (145, 145, 145)),  # an old Macintosh: a power of 1.8
        ([(b"gAMA", struct.pack(">I", 100000)), (b"sRGB", b"\0")], (128, 128, 128), (128, 128, 128)),
        ([(b"gAMA", struct.pack(">I", 0))], (128, 128, 128), (128, 128, 128)),
        ([(b"cHRM", bytes(32))], (200, 100, 50), (200, 100, 50)),
        ([(b"gAMA", struct.pack(">I", 45455)), (b"cHRM", CHROMATICITIES)], P3_RED, (255, 0, 0)),
        ([(b"cICP", bytes([12, 13, 0, 1]))], P3_RED, (255, 0, 0)),
        ([(b"cICP", bytes([1, 13, 0, 1]))], P3_RED, P3_RED),
        ([(b"cICP", bytes([9, 16, 0, 1]))], (0, 0, 0), (0, 0, 0)),
    ],
)
def test_what_a_png_says_of_its_colors(
    tmp_path: Path, chunks: list[tuple[bytes, bytes]], color: tuple[int, int, int], expected: tuple[int, int, int]
) -> None:
    """Gamma, chromaticities and code points are converted; sRGB's own, and impossible ones, change nothing."""
    made = opened(write_png(tmp_path / "a.png", (1, 1), 8, RGB, [bytes(color)], chunks))
    assert pixel(made, (0, 0)) == pytest.approx(expected, abs=2)


def test_hdr_white_becomes_white(tmp_path: Path) -> None:
    """PQ at 203 nits, HDR's reference white, becomes nearly white, and 1,000 nits white (ITU-R BT.2408, SMPTE 2084)."""
    for value, least, most in ((148, 205, 240), (192, 254, 255)):
        row = bytes([value] * 3)
        made = opened(write_png(tmp_path / "a.png", (1, 1), 8, RGB, [row], [(b"cICP", bytes([9, 16, 0, 1]))]))
        assert all(least <= level <= most for level in pixel(made, (0, 0)))


@pytest.mark.parametrize(
    ("primaries", "transfer", "color", "expected"),
    [
        ("smpte432", "iec61966-2-1", P3_RED, (255, 0, 0)),
        ("bt709", "linear", (128, 128, 128), (188, 188, 188)),  # 188 is sRGB's level of half the light
        ("bt709", "bt470bg", (128, 128, 128), (106, 106, 106)),  # 255 times sRGB's curve at (128 / 255) ** 2.8
        ("smpte432", "linear", (128, 128, 128), (188, 188, 188)),
    ],
)
def test_an_avif_without_a_profile_has_the_colors_of_its_code_points(
    tmp_path: Path, primaries: str, transfer: str, color: tuple[int, int, int], expected: tuple[int, int, int]
) -> None:
    """An AVIF that names primaries, such as Display P3, or a transfer function by code points is converted."""
    write_png(tmp_path / "a.png", (64, 64), 8, RGB, [bytes(color) * 64] * 64)
    tags = f"setparams=color_primaries={primaries}:color_trc={transfer}:colorspace=bt709:range=pc"
    command = [str(ffmpeg.executable()), "-v", "error", "-i", str(tmp_path / "a.png")]
    convert = ["-vf", f"scale=out_color_matrix=bt709:out_range=pc,format=yuv444p,{tags}"]
    encode = ["-c:v", "libaom-av1", "-still-picture", "1", "-crf", "5", str(tmp_path / "a.avif")]
    subprocess.run([*command, *convert, *encode], check=True)
    assert pixel(opened(tmp_path / "a.avif"), (32, 32)) == pytest.approx(expected, abs=4)


def test_the_gray_of_a_profile_of_gray(tmp_path: Path) -> None:
    """A gray image with a profile of gray is converted, with its transparency."""
    profile = ImageCms.ImageCmsProfile(io.BytesIO(_gray_profile(1.0))).tobytes()
    Image.new("LA", (2, 2), (128, 77)).save(tmp_path / "a.png", icc_profile=profile)
    assert pixel(opened(tmp_path / "a.png"), (0, 0)) == pytest.approx((188, 188, 188, 77), abs=2)
    Image.new("1", (2, 2), 1).save(tmp_path / "b.png", icc_profile=profile)
    assert pixel(opened(tmp_path / "b.png"), (0, 0)) == (255, 255, 255)


def _gray_profile(power: float) -> bytes:
    curve = b"para\0\0\0\0\0\0\0\0" + struct.pack(">i", round(power * 65536))
    white = b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in (0.9642, 1, 0.8249))
    tags = struct.pack(">I4sII4sII", 2, b"wtpt", 156, len(white), b"kTRC", 156 + len(white), len(curve))
    size = 128 + len(tags) + len(white) + len(curve)
    head = struct.pack(">I4sI4s4s4s", size, b"lcms", 0x04200000, b"mntr", b"GRAY", b"XYZ ") + bytes(12) + b"acsp"
    return (head + bytes(28) + white[8:]).ljust(128, b"\0") + tags + white + curve


def test_adobe_rgb_without_a_profile(tmp_path: Path) -> None:
    """A camera's JPEG that says by its EXIF data alone that it is in Adobe RGB is converted; another is not."""
    Image.new("RGB", (8, 8), (219, 0, 0)).save(tmp_path / "a.jpg", quality=100, subsampling=0)
    assert pixel(opened(tmp_path / "a.jpg"), (4, 4)) == pytest.approx((219, 0, 0), abs=3)
    exif = Image.Exif()
    exif[0x8769] = {0xA005: {1: "R03"}}
    Image.new("RGB", (8, 8), (219, 0, 0)).save(tmp_path / "a.jpg", exif=exif, quality=100, subsampling=0)
    assert pixel(opened(tmp_path / "a.jpg"), (4, 4)) == pytest.approx((255, 0, 0), abs=3)


def exif_last(png: bytes) -> bytes:
    """Return a PNG whose EXIF data follows its pixels."""
    at = png.index(b"eXIf") - 4
    chunk = png[at : at + 12 + int.from_bytes(png[at : at + 4], "big")]
    return png.replace(chunk, b"").replace(b"\0\0\0\0IEND", chunk + b"\0\0\0\0IEND")


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_impossible_orientation_is_none(tmp_path: Path, value: int) -> None:
    """EXIF data with a number that means nothing turns no image."""
    exif = Image.Exif()
    exif[0x0112] = value
    for name in ("a.png", "a.jpg"):
        Image.new("RGB", (32, 16)).save(tmp_path / name, exif=exif)
        with image_file.opened(tmp_path / name) as image:
            assert image_file.orientation(image, tmp_path / name) == 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_upright(tmp_path: Path, orientation: int) -> None:
    """All eight orientations of EXIF come out as Pillow's own transposition has them, also after a PNG's pixels."""
    image = Image.new("RGB", (32, 16), "white")
    image.paste("red", (0, 0, 8, 8))
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
    expected = image.transpose(Image.Transpose(upright[orientation])) if orientation in upright else image
    for name in ("a.tiff", "a.jpg", "a.png", "late.png"):
        image.save(tmp_path / name, exif=exif)
        if name == "late.png":
            (tmp_path / name).write_bytes(exif_last((tmp_path / name).read_bytes()))
        made = opened(tmp_path / name)
        assert made.size == expected.size == raster.size(tmp_path / name, field="src")
        for corner in ((2, 2), (made.width - 3, 2), (2, made.height - 3), (made.width - 3, made.height - 3)):
            assert pixel(made, corner) == pytest.approx(pixel(expected, corner), abs=60)


def test_samples_that_are_no_bytes(tmp_path: Path) -> None:
    """TIFFs of floats, of 16 and of 32 bits, of CMYK and of Lab, show their colors."""
    samples: list[tuple[str, float | tuple[int, ...], float]] = [
        ("F", 0.95, 0.95 * 255),
        ("F", 130.0, 130),
        ("I;16", 32896, 128),
        ("I", 32896, 128),
        ("I", 65535, 255),
        ("I", 1 << 30, 128),
        ("CMYK", (0, 0, 0, 127), 128),
        ("LAB", (138, 128, 128), 129),
    ]
    for mode, value, gray in samples:
        Image.new(mode, (4, 4), value).save(tmp_path / "a.tiff")
        assert pixel(opened(tmp_path / "a.tiff"), (2, 2)) == pytest.approx((gray,) * 3, abs=0.5), mode


def test_what_follows_a_png_is_not_read(tmp_path: Path) -> None:
    """A PNG ends with its chunk IEND: zeros or chunks behind it are no part of it, and cost no time."""
    path = tmp_path / "a.png"
    Image.new("RGB", (4, 4)).save(path)
    with path.open("ab") as file:
        file.write(b"\0\0\0\1eXIfx\0\0\0\0")
    assert list(image_file.png_chunks(path, {b"eXIf"})) == []
    assert [kind for kind, _ in image_file.png_chunks(path, {b"IHDR", b"IEND"})] == [b"IHDR", b"IEND"]
