"""Pictures taken out of others: composed again, they are what they were taken from."""

from __future__ import annotations

import random

import pytest
from PIL import Image, ImageChops, ImageDraw

from tests.support.pixels import largest_difference, pixel
from vidbuild.media.image import apart

SIZE = (60, 40)
CLEAR = (0, 0, 0, 0)


def circles(before: Image.Image, seed: int) -> Image.Image:
    """Return the picture with soft circles drawn over it by Pillow."""
    chance = random.Random(seed)
    over = Image.new("RGBA", (SIZE[0] * 4, SIZE[1] * 4))
    for _ in range(3):
        x, y, r = chance.randrange(240), chance.randrange(160), chance.randrange(8, 50)
        ink = (*chance.randbytes(3), chance.choice((255, 120)))
        ImageDraw.Draw(over).ellipse((x - r, y - r, x + r, y + r), fill=ink)
    return Image.alpha_composite(before, over.resize(SIZE, Image.Resampling.BOX))


def grounds() -> dict[str, Image.Image]:
    """Return what a layer can be drawn over: nothing, a plain or changing color, half of each."""
    gradient = Image.merge("RGB", [Image.linear_gradient("L").resize(SIZE)] * 3).convert("RGBA")
    faint = Image.new("RGBA", SIZE, (200, 40, 90, 70))
    half = Image.new("RGBA", SIZE)
    half.paste((250, 250, 240, 255), (0, 0, 30, 40))
    return {
        "clear": Image.new("RGBA", SIZE),
        "plain": Image.new("RGBA", SIZE, (30, 60, 90, 255)),
        "gradient": gradient,
        "faint": faint,
        "half": half,
    }


@pytest.mark.parametrize("ground", grounds())
@pytest.mark.parametrize("seed", range(4))
def test_the_layer_over_the_picture_before_is_the_picture_after(ground: str, seed: int) -> None:
    """Pillow composes both to the picture after, but for the rounding of colors."""
    before = grounds()[ground]
    after = circles(before, seed)
    found = apart.above(before, after)
    assert found is not None
    layer, (left, top, *_) = found
    composed = before.copy()
    composed.alpha_composite(layer, (left, top))
    assert largest_difference(composed.convert("RGBa"), after.convert("RGBa")) <= 2


def test_over_nothing_the_layer_is_the_picture_itself() -> None:
    """Where nothing was before, colors and opacity are those of the picture after."""
    after = circles(Image.new("RGBA", SIZE), 1)
    found = apart.above(Image.new("RGBA", SIZE), after)
    assert found is not None
    layer, box = found
    assert box == after.getchannel("A").getbbox()
    assert ImageChops.difference(layer.getchannel("A"), after.crop(box).getchannel("A")).getbbox() is None


def test_the_edges_of_a_text_bring_no_ground_along() -> None:
    """A half covered pixel of black on white is half opaque, so that it can move over white."""
    white, half = (255, 255, 255, 255), (128, 128, 128, 255)
    before = Image.new("RGBA", (3, 1), white)
    after = before.copy()
    after.putpixel((1, 0), half)
    found = apart.above(before, after)
    assert found is not None
    assert found[1] == (1, 0, 2, 1)
    red, _, _, opacity = pixel(found[0], (0, 0))
    assert (red, opacity) == (0, 127)


def test_equal_pictures_have_nothing_between_them() -> None:
    """There is no layer, also if transparent pixels have other colors."""
    assert apart.above(Image.new("RGBA", SIZE), Image.new("RGBA", SIZE, (255, 0, 0, 0))) is None
