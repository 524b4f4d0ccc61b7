"""Colors of every set of primaries and transfer function: against zscale, which has its own tables of ITU-T H.273."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.pixels import pixel
from tests.support.png_lab import RGB, write_png
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.media.image import primaries, raster

Color = tuple[int, ...]
COLORS: list[Color] = [(200, 60, 40), (60, 180, 70), (60, 80, 200), (220, 200, 180), (128, 128, 128), (255, 255, 255)]
PRIMARIES = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020", 12: "smpte432", 22: "jedec-p22"}
OTHER_WHITE = {4: "bt470m", 8: "film", 11: "smpte431"}
SRGB = 13
TRANSFERS = {4: "bt470m", 5: "bt470bg", 8: "linear", SRGB: "iec61966-2-1"}


def zscale(primaries: str, transfer: str) -> list[Color]:
    """The colors in sRGB, by zscale."""
    convert = f"zscale=pin={primaries}:tin={transfer}:min=gbr:rin=full:p=709:t=iec61966-2-1:m=gbr:r=full"
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24"]
    command = [str(ffmpeg.executable()), "-v", "error", *raw, "-s", f"{len(COLORS)}x1", "-i", "-"]
    done = subprocess.run(
        [*command, "-vf", f"format=gbrp,{convert},format=rgb24", *raw, "-"],
        input=b"".join(map(bytes, COLORS)),
        stdout=subprocess.PIPE,
        check=True,
    )
    return [tuple(done.stdout[at : at + 3]) for at in range(0, len(done.stdout), 3)]


def shown(tmp_path: Path, primaries: int, transfer: int) -> list[Color]:
    """The colors of a PNG with these code points, as a scene shows them."""
    codes = bytes([primaries, transfer, 0, 1])
    path = write_png(tmp_path / "a.png", (len(COLORS), 1), 8, RGB, [b"".join(map(bytes, COLORS))], [(b"cICP", codes)])
    image = raster.opened(path, field="src")
    return [pixel(image, (x, 0))[:3] for x in range(len(COLORS))]


def apart(left: list[Color], right: list[Color]) -> int:
    """The largest difference of two colors in a channel."""
    return max(abs(a - b) for pair in zip(left, right, strict=True) for a, b in zip(*pair, strict=True))


@pytest.mark.parametrize("code", PRIMARIES)
def test_primaries_are_those_of_the_standard(code: int, tmp_path: Path) -> None:
    """A PNG with the code point of any primaries has the colors that zscale gives them."""
    assert apart(shown(tmp_path, code, SRGB), zscale(PRIMARIES[code], TRANSFERS[SRGB])) <= 1


@pytest.mark.parametrize("code", OTHER_WHITE)
def test_primaries_with_another_white_keep_white(code: int, tmp_path: Path) -> None:
    """White and gray of primaries with another white stay neutral; zscale, which adapts nothing, is near otherwise."""
    found = shown(tmp_path, code, SRGB)
    assert found[-2:] == COLORS[-2:]
    assert apart(found[:3], zscale(OTHER_WHITE[code], TRANSFERS[SRGB])[:3]) <= 12


@pytest.mark.parametrize("code", TRANSFERS)
def test_transfer_functions_are_those_of_the_standard(code: int, tmp_path: Path) -> None:
    """A PNG with the code point of a transfer function has the levels that zscale gives it."""
    assert apart(shown(tmp_path, 1, code), zscale(PRIMARIES[1], TRANSFERS[code])) <= 1


@pytest.mark.parametrize("code", [9, 12])
def test_every_gray_stays_with_the_srgb_curve(code: int, tmp_path: Path) -> None:
    """A gray of other primaries with the same white and curve is itself, also the near blacks of the curve's line."""
    codes = bytes([code, SRGB, 0, 1])
    row = b"".join(bytes([level] * 3) for level in range(256))
    image = raster.opened(write_png(tmp_path / "a.png", (256, 1), 8, RGB, [row], [(b"cICP", codes)]), field="src")
    assert [pixel(image, (level, 0))[:3] for level in range(256)] == [(level,) * 3 for level in range(256)]


def test_matrices_to_bt709_are_the_published_ones() -> None:
    """BT.2020's colors in BT.709 by the matrix of ITU-R BT.2087-0, and BT.709's own unchanged."""
    published = ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187))
    same = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    for code, expected in ((9, published), (1, same)):
        found = primaries.to_bt709(primaries.BY_CODE[code])
        assert [value for row in found for value in row] == pytest.approx(
            [value for row in expected for value in row], abs=0.0002
        )
