"""Every scene type looks as it did when someone last looked at it, as far as the eye can tell."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageChops, ImageFilter, ImageStat

from tests.golden.sheets import GOLDEN, cells, position

# Of 255: the mean difference of a frame's colors, and that of its worst area, after a blur that no eye would notice.
MEAN, WORST = 2.5, 40


def difference(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """Return the mean and the greatest difference of two frames, both blurred."""
    blurred = [image.convert("RGB").filter(ImageFilter.GaussianBlur(2)) for image in (one, other)]
    apart = ImageChops.difference(*blurred)
    return sum(ImageStat.Stat(apart).mean) / 3, max(high for _, high in ImageStat.Stat(apart).extrema)


def test_every_scene_type_looks_as_before(tmp_path: Path) -> None:
    """No frame differs visibly from the golden sheet. After an intended change: make golden, and look at the sheet."""
    with Image.open(GOLDEN) as image:
        golden = image.convert("RGB")
    found = list(cells(tmp_path))
    assert golden.height == position(len(found) - 1)[3], "the sheet has other scene types: make golden"
    differing = {}
    for index, (name, cell) in enumerate(found):
        mean, worst = difference(cell, golden.crop(position(index)))
        if mean > MEAN or worst > WORST:
            differing[name] = f"mean {mean:.1f}, worst {worst:.0f}"
    assert differing == {}


def test_a_visible_change_is_found_and_an_invisible_one_is_not() -> None:
    """Another accent, a missing line of text and a moved block count; noise in the last bit does not."""
    with Image.open(GOLDEN) as image:
        frame = image.convert("RGB").crop(position(0))
    noisy = frame.point([min(255, value + 1) for value in range(256)] * 3)
    assert difference(frame, noisy)[0] <= MEAN
    moved = ImageChops.offset(frame, 6, 0)
    hidden = frame.copy()
    hidden.paste(frame.crop((100, 55, 160, 90)), (0, 25))
    red, green, blue = frame.split()
    tinted = Image.merge("RGB", (blue, green, red))
    for changed in (moved, hidden, tinted):
        mean, worst = difference(frame, changed)
        assert mean > MEAN or worst > WORST
