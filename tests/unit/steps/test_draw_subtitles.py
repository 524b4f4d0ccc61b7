"""Subtitles in a drawing: inside the frame, readable on any picture, each lit word in its place."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageFilter

from tests.support.drawing import PACKAGE, THEMES, Drawn, theme
from vidbuild.engine.graph.context import Context
from vidbuild.media.image.color import AA, contrast
from vidbuild.media.text import divisions
from vidbuild.steps import draw

SIZES = {"wide": (640, 360), "vertical": (360, 640), "square": (400, 400)}
NOTHING = (255, 0, 255)  # no color of any theme
STYLES = ("lower", "center", "karaoke")
TEXT = "You see them in coastlines, and in clouds."
LONG = {
    "word": ["Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"],
    "address": ["https://www.example.org/a/very/long/path/that/goes/on/and/on/without/any/end/index.html?with=query"],
    "letters": ["W" * 120],
    "sentence": re.split(
        " ", "Everyone who walks along the river knows the light that comes over the mountains at dawn."
    ),
}


def subtitled(
    out: Path,
    style: str,
    *pages: Sequence[str],
    size: tuple[int, int] = SIZES["wide"],
    look: str = "midnight",
    language: str = "en",
    joined: Sequence[int] = (),
    **fields: Any,
) -> Drawn:
    """Run the draw step of a clip scene with these pages of subtitles."""
    scenes = PACKAGE / "scenes"
    shown = [{"words": list(page), "joined": list(joined)} for page in pages]
    hyphens = divisions.hyphens([word for page in pages for word in page], language)
    params = {
        "size": list(size),
        "theme": theme(look),
        "fields": {"title": None, "caption": None, "fit": "cover", **fields},
        "spec_fields": {},
        "language": language,
        "background": None,
        "lights": [],
        "subtitles": {"style": style, "pages": shown},
        "hyphens": hyphens,
    }
    inputs = {
        "base": scenes / "base.typ",
        "template": scenes / "clip/template.typ",
        "subtitles": scenes / "subtitles.typ",
    }
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        context = Context("draw:clip", params, inputs, out, Path(scratch), {})
        draw.run(context)
    return Drawn(out, context.warnings)


def over(drawn: Drawn, name: str, color: tuple[int, int, int]) -> Image.Image:
    """Return the box of a layer over a plain picture."""
    canvas = Image.new("RGBA", (drawn[name].width, drawn[name].height), (*color, 255))
    canvas.alpha_composite(drawn.image(name))
    return canvas.convert("RGB")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize("kind", LONG)
def test_text_is_inside_the_frame(tmp_path: Path, style: str, shape: str, kind: str) -> None:
    """Long words, addresses and sentences are whole, and at least 3 % of the width away from each side."""
    width, height = SIZES[shape]
    drawn = subtitled(tmp_path, style, LONG[kind], size=SIZES[shape])
    left, top, right, bottom = drawn.ink("subtitle-0")
    assert width * 0.03 <= left
    assert right <= width * 0.97
    assert height * 0.03 <= top
    assert bottom <= height * 0.97
    assert not [each for each in drawn.warnings if "too long" in each.message and kind != "letters"]


@pytest.mark.parametrize("shape", SIZES)
def test_places(tmp_path: Path, shape: str) -> None:
    """`center` is around the middle, the others in the lower half, above the edge where players have their buttons."""
    height = SIZES[shape][1]
    boxes = {
        style: subtitled(tmp_path / style, style, TEXT.split(), size=SIZES[shape]).ink("subtitle-0") for style in STYLES
    }
    middle = {style: (top + bottom) / 2 / height for style, (_, top, _, bottom) in boxes.items()}
    assert 0.4 < middle["center"] < 0.55
    for style in ("lower", "karaoke"):
        assert 0.6 < middle[style] < 0.92


Color = tuple[int, int, int]


def two_colors(image: Image.Image) -> tuple[Color, Color]:
    """Return the most common color of an image, and the most common one that is far from it."""
    counted = sorted(image.convert("RGB").getcolors(1 << 20) or [], reverse=True)
    found = [(color[0], color[1], color[2]) for _, color in counted if isinstance(color, tuple)]
    first, *rest = [color for color in found if color != NOTHING]
    return first, next(color for color in rest if distance(color, first) > 120)


def distance(one: Color, other: Color) -> int:
    """Return the largest difference of two colors in a channel."""
    return max(abs(mine - yours) for mine, yours in zip(one, other, strict=True))


@pytest.mark.parametrize("look", THEMES)
@pytest.mark.parametrize("ground", [(255, 255, 255), (0, 0, 0), (128, 128, 128)], ids=["white", "black", "gray"])
def test_a_plate_is_readable_on_any_picture(tmp_path: Path, look: str, ground: tuple[int, int, int]) -> None:
    """On the plate of `lower`, over any picture, letters have a contrast of 4.5."""
    image = over(subtitled(tmp_path, "lower", ["HHHHH", "HHHHH"], look=look), "subtitle-0", ground)
    plate, letters = two_colors(image.crop((12, 12, image.width - 12, image.height - 12)))
    assert contrast(plate, letters) >= AA


@pytest.mark.parametrize("look", THEMES)
@pytest.mark.parametrize("style", ["center", "karaoke"])
def test_an_outline_is_readable_on_any_picture(tmp_path: Path, look: str, style: str) -> None:
    """Letters have a contrast of 4.5 to their outline, which is opaque for at least 2 pixels all around them."""
    image = subtitled(tmp_path, style, ["HHHHH", "HHHHH"], look=look, size=(1280, 720)).image("subtitle-0")
    alpha = image.getchannel("A")
    opaque = Image.new("RGB", image.size, NOTHING)
    opaque.paste(image.convert("RGB"), mask=alpha.point([0] * 255 + [255]))
    colors = two_colors(opaque)
    assert contrast(*colors) >= AA
    light = max(colors, key=sum)
    gray = image.convert("L").point([255 if abs(each - sum(light) // 3) < 24 else 0 for each in range(256)])
    letters = ImageChops.multiply(gray, alpha)
    around = letters.filter(ImageFilter.MaxFilter(5))
    least = ImageChops.lighter(alpha, ImageChops.invert(around)).getextrema()[0]
    assert isinstance(least, int)
    assert least >= 240


def test_each_word_has_a_layer_in_its_place(tmp_path: Path) -> None:
    """The layers of lit words are in reading order inside their page, and none reaches into its neighbor's letters."""
    drawn = subtitled(tmp_path, "karaoke", TEXT.split(), size=(1280, 720))
    page, words = drawn.ink("subtitle-0"), [drawn.ink(f"subtitle-0-{index}") for index in range(8)]
    for left, top, right, bottom in words:
        assert page[0] - 20 <= left < right <= page[2] + 20
        assert page[1] - 20 <= top < bottom <= page[3] + 20
    for before, after in pairwise(words):
        assert after[0] >= before[2] - 2 or after[1] >= before[3] - 30


def test_a_lit_word_covers_its_letters(tmp_path: Path) -> None:
    """Under the plate of a lit word, nothing of the word's own letters is left visible."""
    drawn = subtitled(tmp_path, "karaoke", ["Alone"], size=(1280, 720))
    page, lit = drawn["subtitle-0"], drawn["subtitle-0-0"]
    letters = drawn.image("subtitle-0")
    white = letters.convert("L").point([0] * 200 + [255] * 56)
    white = ImageChops.multiply(white, letters.getchannel("A"))
    box = white.getbbox()
    assert box is not None
    assert page.x + box[0] >= lit.x
    assert page.y + box[1] >= lit.y
    assert page.x + box[2] <= lit.x + lit.width
    assert page.y + box[3] <= lit.y + lit.height


def test_right_to_left(tmp_path: Path) -> None:
    """In Arabic, the first word is on the right; letters of a word stay joined."""
    drawn = subtitled(tmp_path, "karaoke", ["كل", "كلمة", "تضيء"], language="ar", size=(1280, 720))
    first, second, third = (drawn.ink(f"subtitle-0-{index}") for index in range(3))
    assert first[0] >= second[2] - 4
    assert second[0] >= third[2] - 4


def test_punctuation_alone_has_no_layer(tmp_path: Path) -> None:
    """A dash between words is in its page, but it is never lit."""
    names = subtitled(tmp_path, "karaoke", ["One", "—", "two"]).names()
    assert names == ["background", "clip", "subtitle-0", "subtitle-0-0", "subtitle-0-2"]


def test_subtitles_are_above_a_caption(tmp_path: Path) -> None:
    """Subtitles in the lower third leave the caption of the clip free."""
    drawn = subtitled(tmp_path, "lower", TEXT.split(), caption="At work")
    assert drawn.ink("subtitle-0")[3] <= drawn.ink("caption")[1]


def test_what_has_no_room_is_cut_with_a_warning(tmp_path: Path) -> None:
    """A word of a thousand letters is cut, and a warning says so at `subtitles`."""
    drawn = subtitled(tmp_path, "center", ["W" * 1000])
    assert [each.field for each in drawn.warnings] == ["subtitles"]
    assert drawn.ink("subtitle-0")[3] <= SIZES["wide"][1]
