"""Clips in the color spaces of phones, computers and old tapes: against values from the standards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.clip_lab import seen
from tests.support.render_lab import Colour, apart, made, pixel
from vidbuild.media.ffmpeg.probe import parse_log, probe
from vidbuild.media.render import tonemap

RED, GREEN, BLUE, GREY = (255, 0, 0), (0, 255, 0), (0, 0, 255), (90, 90, 90)

# sRGB's colors in Display P3 (CSS Color 4, 10.2)
IN_P3 = {RED: (234, 51, 35), GREEN: (117, 251, 76), BLUE: (0, 0, 245), GREY: GREY}


def clip(path: Path, color: Colour, matrix: str, tags: tuple[str, str, str]) -> Path:
    """Return a recording of one color, coded by a matrix. tags: matrix, primaries and transfer that it names."""
    red, green, blue = color
    paint = f"color=0x{red:02x}{green:02x}{blue:02x}:s=64x36:r=30,format=gbrp"
    if matrix != "gbr":
        paint += f",scale=out_color_matrix={matrix}:out_range=tv:flags=accurate_rnd,format=yuv444p"
    space, primaries, transfer = tags
    paint += f",setparams=colorspace={space}:color_trc={transfer}:color_primaries={primaries}"
    coder = ("-c:v", "libx264rgb" if matrix == "gbr" else "libx264", "-qp", "2")
    return made(path, "-f", "lavfi", "-i", paint, "-frames:v", "5", *coder)


@pytest.mark.parametrize("color", IN_P3)
def test_the_colors_of_display_p3_are_those_of_srgb(tmp_path: Path, color: Colour) -> None:
    """A telephone's or a Mac's recording in P3 shows the colors that it was recorded in."""
    source = clip(tmp_path / "p3.mp4", IN_P3[color], "bt709", ("bt709", "smpte432", "iec61966-2-1"))
    assert apart(pixel(seen(source)[1], 80, 45), color) <= 6


def test_a_telephones_recording_in_p3(tmp_path: Path) -> None:
    """P3 with the transfer function of BT.709 is converted too: gray stays, and a red of P3 is redder."""
    tags = ("bt709", "smpte432", "bt709")
    grey = pixel(seen(clip(tmp_path / "grey.mp4", GREY, "bt709", tags))[1], 80, 45)
    assert apart(grey, GREY) <= 2
    red, green, blue = pixel(seen(clip(tmp_path / "red.mp4", (200, 60, 50), "bt709", tags))[1], 80, 45)
    assert red > 212
    assert green < 45
    assert blue < 45


@pytest.mark.parametrize("matrix", ["bt709", "smpte170m", "bt470bg", "smpte240m", "fcc", "bt2020nc", "gbr"])
def test_colors_are_decoded_by_the_matrix_that_coded_them(tmp_path: Path, matrix: str) -> None:
    """Each matrix that a file can name is reversed exactly."""
    name = {"fcc": "a.mkv"}.get(matrix, "a.mp4")
    source = clip(tmp_path / name, (200, 60, 50), matrix, (matrix, "bt709", "bt709"))
    assert apart(pixel(seen(source)[1], 80, 45), (200, 60, 50)) <= 3


@pytest.mark.parametrize("primaries", ["smpte170m", "bt470bg", "smpte240m"])
def test_the_primaries_of_sd_are_left_alone(tmp_path: Path, primaries: str) -> None:
    """SD's primaries are so near to BT.709's that players convert nothing, and neither does vidbuild."""
    source = clip(tmp_path / "a.mp4", (200, 60, 50), "smpte170m", ("smpte170m", primaries, "smpte170m"))
    assert apart(pixel(seen(source)[1], 80, 45), (200, 60, 50)) <= 3


def test_linear_light_is_not_dark(tmp_path: Path) -> None:
    """A rendering in linear light has the brightness of sRGB: a half of the light is the code 188."""
    source = clip(tmp_path / "a.mkv", (128, 128, 128), "bt709", ("bt709", "bt709", "linear"))
    assert apart(pixel(seen(source)[1], 80, 45), (188, 188, 188)) <= 2


def test_wide_primaries_without_a_matrix() -> None:
    """A file that names BT.2020's primaries and no matrix is coded by BT.2020's."""
    declared = "  Stream #0:0: Video: hevc, yuv420p10le(tv, unknown/bt2020/smpte2084), 1920x1080, 25 fps, 25 tbr"
    info = parse_log(declared, "#media_type 0: video\n#dimensions 0: 1920x1080\n0, 0, 0, 1, 9, 0x0\n")
    assert info.matrix == "bt2020"


def test_the_container_of_codec_tools_plays(tmp_path: Path) -> None:
    """IVF, which encoders of VP8, VP9 and AV1 write, is a clip like any other."""
    coder = ("-c:v", "libvpx-vp9", "-lossless", "1", "-pix_fmt", "yuv444p")
    paint = "color=0xc83c32:s=64x36:r=30:d=1,scale=out_color_matrix=bt601:flags=accurate_rnd"
    source = made(tmp_path / "a.ivf", "-f", "lavfi", "-i", paint, *coder)
    assert probe(source).duration == 1.0
    assert apart(pixel(seen(source)[1], 80, 45), (200, 60, 50)) <= 3


def test_what_cannot_be_converted_is_named() -> None:
    """A matrix, a transfer function or primaries without a conversion are named for a warning; others are not."""
    assert tonemap.unknown_colors("ictcp", "log100", "smpte428") == (
        "color matrix 'ictcp', transfer function 'log100', primaries 'smpte428'"
    )
    assert not tonemap.unknown_colors("bt2020nc", "smpte2084", "smpte432")
