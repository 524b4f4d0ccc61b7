"""Users' images: upright, in sRGB, sharp, or refused."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from tests.support import heic_files
from tests.support.pixels import pixel
from vidbuild.errors import SpecProblem
from vidbuild.media.ffmpeg import limits
from vidbuild.media.image import pixels, raster


def quarters(size: tuple[int, int] = (40, 20)) -> Image.Image:
    """An image whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, (255, 0, 0))
    image.paste((0, 0, 255), (size[0] // 2, 0, *size))
    return image


def test_an_image_turned_by_its_metadata_is_upright(tmp_path: Path) -> None:
    """A photo with a rotation by 90 degrees in its metadata is shown, and measured, upright."""
    exif = Image.Exif()
    exif[0x0112] = 6
    quarters().save(tmp_path / "turned.jpg", exif=exif, quality=95)
    image = raster.opened(tmp_path / "turned.jpg", field="src")
    assert image.size == (20, 40)
    top, bottom = pixel(image, (10, 5)), pixel(image, (10, 35))
    assert top == pytest.approx((255, 0, 0), abs=40)
    assert bottom == pytest.approx((0, 0, 255), abs=40)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_pixel_becomes_rgb(mode: str, tmp_path: Path) -> None:
    """Whatever a file holds, eight bits of red, green and blue come out, and white is white."""
    white: dict[str, int | tuple[int, ...]] = {
        "I;16": 65535,
        "P": 0,
        "LA": (255, 255),
        "CMYK": (0, 0, 0, 0),
        "1": 1,
        "L": 255,
    }
    name = "white.jpg" if mode == "CMYK" else "white.png"
    if mode == "P":
        image = Image.new("RGB", (8, 8), "white").convert("P")
    else:
        image = Image.new(mode, (8, 8), white.get(mode, (255,) * len(mode)))
    image.save(tmp_path / name)
    made = raster.opened(tmp_path / name, field="src")
    assert made.mode == "RGB"
    assert made.getpixel((4, 4)) == (255, 255, 255)


def test_transparency_survives(tmp_path: Path) -> None:
    """See-through pixels stay so, also those of a palette."""
    Image.new("RGBA", (8, 8), (10, 20, 30, 0)).save(tmp_path / "clear.png")
    Image.new("P", (8, 8), 0).save(tmp_path / "clear.gif", transparency=0)
    for name in ("clear.png", "clear.gif"):
        made = raster.opened(tmp_path / name, field="src")
        assert made.mode == "RGBA"
        assert pixel(made, (0, 0))[3] == 0


def test_the_first_picture_of_several_is_taken(tmp_path: Path) -> None:
    """An animated image shows its first picture."""
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "two.gif", save_all=True, append_images=frames[1:])
    assert pixel(raster.opened(tmp_path / "two.gif", field="src"), (0, 0))[:3] == (255, 0, 0)


def test_colors_of_another_profile_are_converted(tmp_path: Path) -> None:
    """An image with a color profile is shown in the profile's colors; a broken profile is ignored."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("RGB", (8, 8), (200, 100, 50)).save(tmp_path / "same.png", icc_profile=lab)
    Image.new("RGB", (8, 8), (200, 100, 50)).save(tmp_path / "broken.png", icc_profile=b"no profile at all")
    for name in ("same.png", "broken.png"):
        assert raster.opened(tmp_path / name, field="src").getpixel((0, 0)) == pytest.approx((200, 100, 50), abs=1)


@pytest.mark.parametrize("content", [b"", b"not an image", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_what_is_not_an_image_is_the_specs_fault(content: bytes, tmp_path: Path) -> None:
    """A file that is no image is a SpecProblem about the field that names it."""
    (tmp_path / "broken.png").write_bytes(content)
    with pytest.raises(SpecProblem, match="unreadable image: ") as caught:
        raster.opened(tmp_path / "broken.png", field="src")
    assert caught.value.failure.field == "src"


def test_a_truncated_image_is_refused(tmp_path: Path) -> None:
    """Half a file is not shown as half a picture."""
    quarters((400, 400)).save(tmp_path / "whole.jpg")
    whole = (tmp_path / "whole.jpg").read_bytes()
    (tmp_path / "half.jpg").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SpecProblem):
        raster.opened(tmp_path / "half.jpg", field="src")


def test_filling_cuts_evenly_at_both_sides() -> None:
    """An image too wide for its box loses as much at the left as at the right and is not stretched."""
    made = raster.filled(quarters((40, 20)), 20, 20)
    assert made.size == (20, 20)
    assert pixel(made, (3, 10))[0] > 200
    assert pixel(made, (16, 10))[2] > 200


def test_png_bytes_show_whether_they_are_opaque() -> None:
    """Bytes made from RGB are opaque, those from RGBA may not be, and no bytes are not."""
    assert raster.opaque(raster.png(Image.new("RGB", (2, 2))))
    assert not raster.opaque(raster.png(Image.new("RGBA", (2, 2))))
    assert not raster.opaque(None)


def test_fading_scales_opacity_alone() -> None:
    """Half the strength is half the opacity of the same colors; full strength are the same bytes."""
    data = raster.png(Image.new("RGBA", (2, 2), (10, 20, 30, 200)))
    half = Image.open(io.BytesIO(raster.faded(data, 0.5)))
    assert half.getpixel((0, 0)) == (10, 20, 30, 100)
    assert raster.faded(data, 1) is data


def test_an_image_over_the_limit_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """V19: an enormous image is refused by its header, with the limit and the actual size."""
    quarters((40, 30)).save(tmp_path / "a.png")
    monkeypatch.setattr(limits, "IMAGE_PIXELS", 1000)
    with pytest.raises(SpecProblem, match="image too large: the maximum is 1000 pixels, got 40 x 30") as caught:
        raster.opened(tmp_path / "a.png", field="src")
    assert caught.value.failure.field == "src"
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(SpecProblem, match="image too large: the maximum is 1000 pixels"):
        raster.opened(tmp_path / "a.png", field="src")


def test_other_formats_are_not_even_tried(tmp_path: Path) -> None:
    """V26: a format for which Pillow would start another program is not accepted."""
    (tmp_path / "a.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n")
    with pytest.raises(SpecProblem, match="unreadable image: unknown format"):
        raster.opened(tmp_path / "a.png", field="src")


def test_metadata_made_to_confuse_is_left_out_or_refused(tmp_path: Path) -> None:
    """V19: orientation and profiles of rubbish give the picture or an error in words, never a traceback."""
    errors = []
    for rubbish in (
        b"Exif\0\0MM\0*\xff\xff\xff\xff",
        b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\xff" * 60_000,
        b"\0" * 65_000,
    ):
        quarters().save(tmp_path / "a.jpg", exif=rubbish[:65_000], icc_profile=b"\xff" * 500_000)
        try:
            assert raster.opened(tmp_path / "a.jpg", field="src").size == (40, 20)
        except SpecProblem as error:
            errors.append(error.message)
    assert all("unreadable image: " in each for each in errors)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """Let few pixels be many, so that small images take the way of large ones; return those of a strip."""
    monkeypatch.setattr(raster, "LARGE", 10_000)
    monkeypatch.setattr(raster, "STRIP", 6_000)
    return 6_000


@pytest.mark.parametrize(
    ("name", "box", "expected"),
    [
        ("a.png", None, (400, 300)),
        ("a.png", (40, 20), (80, 60)),
        ("a.png", (20, 30), (80, 60)),
        ("a.png", (41, 30), (100, 75)),
        ("a.png", (400, 300), (400, 300)),
        ("a.png", (20, 15), (40, 30)),
        ("a.jpg", None, (400, 300)),
        ("a.jpg", (40, 20), (100, 75)),
        ("a.jpg", (90, 90), (400, 300)),
    ],
)
@pytest.mark.usefixtures("few")
def test_a_large_image_is_read_smaller(
    name: str, box: tuple[int, int] | None, expected: tuple[int, int], tmp_path: Path
) -> None:
    """For a box it keeps at least twice the pixels that fill it, by whole factors (a JPEG by 2, 4 or 8); else all."""
    quarters((400, 300)).save(tmp_path / name)
    made = raster.opened(tmp_path / name, field="src", box=box)
    assert made.size == expected
    whole = quarters((400, 300)).resize(expected, Image.Resampling.BOX)
    for x in (0, expected[0] // 4, expected[0] - 1):
        for y in (0, expected[1] - 1):
            assert pixel(made, (x, y)) == pytest.approx(pixel(whole, (x, y)), abs=40)


def test_a_large_image_is_converted_in_strips(few: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No part that is converted at once has more pixels than a strip, and the parts make the picture up."""
    noise = Image.effect_noise((400, 301), 90).convert("RGB")
    noise.save(tmp_path / "a.png")
    convert, areas = pixels.Converter.convert, []

    def noted(self: pixels.Converter, box: tuple[int, int, int, int]) -> Image.Image:
        areas.append((box[2] - box[0]) * (box[3] - box[1]))
        return convert(self, box)

    monkeypatch.setattr(pixels.Converter, "convert", noted)
    assert raster.opened(tmp_path / "a.png", field="src").tobytes() == noise.tobytes()
    assert max(areas) <= few
    assert sum(areas) == 400 * 301
    reduced = raster.opened(tmp_path / "a.png", field="src", box=(40, 30))
    assert reduced.tobytes() == noise.reduce(4).tobytes()
    assert max(areas) <= few


@pytest.mark.usefixtures("few")
def test_a_large_image_on_its_side_is_read_for_its_upright_box(tmp_path: Path) -> None:
    """The box is that of the upright image."""
    exif = Image.Exif()
    exif[0x0112] = 6
    quarters((400, 300)).save(tmp_path / "a.png", exif=exif)
    assert raster.opened(tmp_path / "a.png", field="src", box=(30, 80)).size == (150, 200)


def test_transparent_pixels_survive_reduction(few: int, tmp_path: Path) -> None:
    """A large image with transparent pixels keeps them; one whose alpha is opaque everywhere becomes RGB."""
    image = Image.new("RGBA", (400, 300), (10, 20, 30, 255))
    image.save(tmp_path / "opaque.png")
    image.paste((0, 0, 0, 0), (0, 200, 400, 300))
    image.save(tmp_path / "clear.png")
    assert raster.opened(tmp_path / "opaque.png", field="src", box=(40, 30)).mode == "RGB"
    made = raster.opened(tmp_path / "clear.png", field="src", box=(40, 30))
    assert pixel(made, (40, 20)) == (10, 20, 30, 255)
    assert pixel(made, (40, 50))[3] == 0
    assert made.width * made.height < few


@pytest.mark.parametrize("data", [heic_files.PHONE, heic_files.NCLX])
def test_a_heic_image_is_upright_and_in_srgb(data: bytes, tmp_path: Path) -> None:
    """A phone's picture, by profile or by code points in Display P3, has a red left and a blue right half in sRGB."""
    (tmp_path / "a.heic").write_bytes(data)
    image = raster.opened(tmp_path / "a.heic", field="src")
    assert image.size == raster.size(tmp_path / "a.heic", field="src") == (64, 36)
    red, blue = pixel(image, (8, 18)), pixel(image, (56, 18))
    assert min(red[0], blue[2]) > 200
    assert max(red[2], blue[0]) < 100


def test_pi_heif_is_imported_for_files_alone_that_need_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PNG is read without it; a HEIC image is not, and is unreadable if it is not installed."""
    quarters().save(tmp_path / "a.png")
    (tmp_path / "a.heic").write_bytes(heic_files.PHONE)
    imported: list[str] = []
    monkeypatch.setattr("vidbuild.media.image.image_file.import_module", imported.append)
    raster.opened(tmp_path / "a.png", field="src")
    assert imported == []
    monkeypatch.setattr("vidbuild.media.image.image_file.reads_heif", lambda: False)
    with pytest.raises(SpecProblem, match="unknown format"):
        raster.opened(tmp_path / "a.heic", field="src")
    assert imported == []
