"""The draw step: a scene's layers, their places, and its warnings."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from PIL import ImageChops, ImageDraw, ImageStat

from tests.support import font_lab, scene_samples
from tests.support.drawing import THEMES, TYPES, Drawn, changed, drawn, theme
from tests.support.pixels import level_range, pixel
from tests.support.scene_samples import SAMPLES

SHAPES = {"landscape": (640, 360), "vertical": (360, 640), "square": (360, 360), "tiny": (160, 90)}
HARD = 'It\'s "quoted"; a:b % \\ [0:v] #let $x$ *b* _i_ <t> & {{ y }} `c` @r ~ --- // /* 🎉 שלום مرحبا 日本'
LONG = "A long text that goes on and on because its author could not decide what to leave out of it " * 12


def filled(kind: str, text: str) -> dict[str, Any]:
    """Return what is drawn of a type's sample with the text in every field."""
    return scene_samples.drawing(kind, **scene_samples.with_text(kind, text))


@pytest.mark.parametrize("kind", TYPES)
def test_each_type_has_its_layers_from_the_bottom_up(kind: str, tmp_path: Path) -> None:
    """The layers that scene types and render steps name exist, in the order in which they lie over each other."""
    made = drawn(tmp_path, kind)
    assert made.names() == ["background", *SAMPLES[kind].layers]
    assert made.warnings == []


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", TYPES)
def test_layers_lie_on_the_canvas_and_have_their_size(kind: str, shape: str, tmp_path: Path) -> None:
    """Every PNG has its layer's size, and no layer reaches past the canvas, whatever the frame's shape."""
    made = drawn(tmp_path, kind, size=SHAPES[shape])
    assert (made.layers.width, made.layers.height) == SHAPES[shape]
    for layer in made.layers.layers:
        assert 0 <= layer.x < layer.x + layer.width <= SHAPES[shape][0], layer
        assert 0 <= layer.y < layer.y + layer.height <= SHAPES[shape][1], layer
        if layer.file:
            assert made.image(layer.name).size == (layer.width, layer.height), layer


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("text", ["A", HARD, LONG], ids=["short", "hard", "long"])
def test_nothing_touches_an_edge(kind: str, text: str, shape: str, tmp_path: Path) -> None:
    """Short, long and difficult texts in every field stay inside the margins of every shape of frame.

    In tall frames a wide page fills the width, so that its own text can be read.
    """
    width, height = SHAPES[shape]
    text = text[:400] if kind == "command" else text  # typed lines are never cut: more of them are too small to see
    made = drawn(tmp_path, kind, filled(kind, text), size=(width, height))
    for layer in made.layers.layers:
        if layer.file and layer.name.partition("-")[0] not in {"background", "window"}:
            left, top, right, bottom = made.ink(layer.name)
            if (kind, shape, layer.name) == ("slide", "vertical", "picture"):
                assert (left, right) == (0, width)
            else:
                assert left >= width * 0.05, layer.name
                assert right <= width * 0.955, layer.name
            assert top >= height * 0.03, layer.name
            assert bottom <= height * 0.97, layer.name


@pytest.mark.parametrize("kind", TYPES)
def test_hard_text_is_shown(kind: str, tmp_path: Path) -> None:
    """V18: quotes, semicolons, backslashes, filter and template syntax, emoji, RTL and CJK in every text field."""
    made = drawn(tmp_path, kind, filled(kind, HARD), size=(1280, 720))
    counted = {"number-1", "number-2"}  # a text without a number does not count
    assert [name for name in SAMPLES[kind].layers if name not in {*made.names(), *counted}] == []


@pytest.mark.parametrize("kind", TYPES)
def test_the_same_scene_gives_the_same_bytes(kind: str, tmp_path: Path) -> None:
    """Drawing twice writes the same files, byte for byte."""
    assert drawn(tmp_path / "a", kind).files() == drawn(tmp_path / "b", kind).files()


@pytest.mark.parametrize(
    ("field", "value"),
    [("size", (642, 360)), ("theme_values", theme("paper")), ("background", "#204060"), ("language", "he")],
)
def test_what_a_scene_is_drawn_with_is_seen(field: str, value: Any, tmp_path: Path) -> None:
    """V1: another size, theme, background or direction of writing gives another picture."""
    assert drawn(tmp_path / "a", "title").files() != drawn(tmp_path / "b", "title", **{field: value}).files()


def own_face(**named: str) -> dict[str, Any]:
    """Return the default theme with other families."""
    values = theme()
    return {**values, "fonts": {**values["fonts"], **named}}


def solid(made: Drawn, layer: str, letters: int) -> bool:
    """Whether a layer's line is drawn as so many full blocks: runs of opaque columns, each opaque in all its rows."""
    alpha = made.image(layer).getchannel("A").point([0] * 201 + [255] * 55)
    box = alpha.getbbox()
    assert box is not None
    inner = alpha.crop((box[0], box[1] + 2, box[2], box[3] - 2))
    width, height = inner.size
    full = [inner.crop((x, 0, x + 1, height)).getcolors() == [(height, 255)] for x in range(width)]
    return sum(now and not before for before, now in pairwise([False, *full])) == letters


@pytest.mark.parametrize("name", ["8a1f", "brand.ttf", "brand.woff"])
@pytest.mark.parametrize("form", ["ttf", "otf", "ttc"])
def test_a_themes_own_font_is_used(form: str, name: str, tmp_path: Path) -> None:
    """V1: the letters of a title are the theme's, whatever the font's format and its file's name."""
    path = tmp_path / name
    if form == "ttc":
        font_lab.collection(path, font_lab.font("Other Blocks", boxes={"A": (0, 0, 1, 1)}), font_lab.font("Own Blocks"))
    else:
        font_lab.write(path, "Own Blocks", opentype=form == "otf")
    made = drawn(
        tmp_path / "out",
        "title",
        changed("title", title="Abc"),
        theme_values=own_face(title="own blocks"),
        files={f"font:0000:{name}": path},
    )
    assert solid(made, "title", 3)


def test_a_variable_font_has_the_weight_of_its_text(tmp_path: Path) -> None:
    """A title is drawn at weight 800, and its subtitle at 400, also from one variable font."""
    files = {"font:0000:v.ttf": font_lab.variable(tmp_path / "v", "Own Blocks", "I")}
    fields = changed("title", title="I", subtitle="I")
    made = drawn(
        tmp_path / "out", "title", fields, theme_values=own_face(title="Own Blocks", text="Own Blocks"), files=files
    )
    boxes = [made.ink(name) for name in ("title", "subtitle")]
    assert [round((box[2] - box[0]) / (box[3] - box[1]), 1) for box in boxes] == [round(8 / 7, 1), round(4 / 7, 1)]


def test_the_first_of_two_equal_faces_is_drawn(tmp_path: Path) -> None:
    """Of two files of one family, the one that comes first in the theme is used, however a folder is listed."""
    flat = font_lab.write(tmp_path / "flat", "Own Blocks", boxes=dict.fromkeys("Abc", (50, 0, 950, 200)))
    full = font_lab.write(tmp_path / "full", "Own Blocks")
    heights = []
    for order in ((flat, full), (full, flat)):
        files = {f"font:{index:04}:{path.name}": path for index, path in enumerate(order)}
        made = drawn(
            tmp_path / order[0].name[::-1],
            "title",
            changed("title", title="Abc"),
            theme_values=own_face(title="Own Blocks"),
            files=files,
        )
        box = made.ink("title")
        heights.append(round((box[3] - box[1]) / (box[2] - box[0]), 1))
    assert heights[1] > 2 * heights[0]


def test_a_face_that_no_use_names_draws_what_the_others_lack(tmp_path: Path) -> None:
    """A theme's font draws the characters of another script, in every scene type's texts, and no others."""
    files = {"font:0000:more.ttf": font_lab.write(tmp_path / "more", "More Blocks", "日本語 Abc")}
    made = drawn(tmp_path / "out", "title", changed("title", title="日本語", subtitle="日本語"), files=files)
    assert solid(made, "title", 3)
    assert solid(made, "subtitle", 3)
    latin = changed("title", title="Abc", subtitle="Abc")
    with_font, without = (drawn(tmp_path / str(len(each)), "title", latin, files=each) for each in (files, {}))
    assert with_font.files() == without.files()


@pytest.mark.parametrize(("script", "more"), [("ภาษาไทย", 1.26), ("བོད་ཡིག་", 1.6), ("日本語", 1.1)])
def test_lines_of_tall_scripts_are_further_apart(script: str, more: float, tmp_path: Path) -> None:
    """Scripts with stacked letters, or with marks above and below, have more space between the lines of a title."""
    files = {
        "font:0000:t.ttf": font_lab.write(
            tmp_path / "t", "Tall", script, boxes=dict.fromkeys(script, (0, 0, 1000, 400))
        )
    }
    made = drawn(tmp_path / "out", "title", changed("title", title=script * 5, subtitle=None, kicker=None), files=files)
    column = made.image("title").getchannel("A").point([0] * 128 + [255] * 128)
    middle = column.getbbox()
    assert middle is not None
    x = middle[0] + 4
    rows = [column.getpixel((x, y)) == 255 for y in range(column.height)]
    tops = [y for y in range(1, column.height) if rows[y] and not rows[y - 1]]
    bottoms = [y for y in range(1, column.height) if rows[y - 1] and not rows[y]]
    assert len(tops) > 1
    assert (tops[1] - tops[0]) / (bottoms[0] - tops[0]) == pytest.approx(more / 0.4, rel=0.06)


def test_a_title_without_spaces_is_as_large_as_one_with_them(tmp_path: Path) -> None:
    """Scripts without spaces between words break their lines, so that a long title needs no smaller type."""
    files = {"font:0000:t.ttf": font_lab.write(tmp_path / "t", "Own Blocks", "ภาษาไทยA ")}
    heights = []
    for title in ("ภาษาไทย" * 4, "AAAAAA " * 4):
        made = drawn(tmp_path / title, "title", changed("title", title=title, kicker=None, subtitle=None), files=files)
        heights.append(made["title"].height)
    assert heights[0] > heights[1] * 0.7


def test_code_is_drawn_as_written(tmp_path: Path) -> None:
    """A programming face draws no arrow in place of "=>", as a viewer has to type what is seen."""
    flat = dict.fromkeys("=>", (0, 0, 500, 200))
    font = font_lab.font("Arrows", "=>a", boxes={**flat, "a": (0, 0, 500, 700)}, advance=602)
    addOpenTypeFeaturesFromString(font, "feature calt { sub u0003D' u0003E by u00061; } calt;")
    font.save(tmp_path / "arrows.ttf")
    files = {"font:0000:arrows.ttf": tmp_path / "arrows.ttf"}
    fields = scene_samples.drawing("command", commands=[{"run": "=", "output": "=>"}])
    theme_values = own_face(mono="Arrows")
    made = drawn(tmp_path / "out", "command", fields, size=(1920, 1080), theme_values=theme_values, files=files)
    box = made.image("output-0").getchannel("A").getbbox()
    assert box is not None
    assert box[2] - box[0] > 2 * (box[3] - box[1])


def test_a_private_sign_is_the_themes_or_none(tmp_path: Path) -> None:
    """Icons of private use are drawn by the theme's font; without one, no other sign is drawn, but a box for each."""
    icons = "\ue001\uea05\ue0b0"
    fields = changed("title", title=icons)
    files = {"font:0000:icons.ttf": font_lab.write(tmp_path / "icons", "Icons", icons)}
    assert solid(drawn(tmp_path / "with", "title", fields, files=files), "title", 3)
    boxes = drawn(tmp_path / "without", "title", fields)
    unknown = drawn(tmp_path / "unknown", "title", changed("title", title="\U0010fffd" * 3))
    assert boxes.image("title").tobytes() == unknown.image("title").tobytes()


def test_a_reveal_changes_strength_but_no_place(tmp_path: Path) -> None:
    """A past item has its letters exactly where they were, so that only its color changes."""
    made = drawn(tmp_path, "list", size=(1280, 720))
    strong, past = made["item-1"], made["item-1-past"]
    assert (strong.x, strong.y, strong.width, strong.height) == (past.x, past.y, past.width, past.height)
    letters = (strong.width // 3, 0, strong.width, strong.height)
    alphas = [made.image(name).getchannel("A").crop(letters) for name in ("item-1", "item-1-past")]
    assert level_range(ImageChops.difference(*alphas))[1] <= 2
    assert made.image("item-1").tobytes() != made.image("item-1-past").tobytes()


def test_little_text_does_not_hang_at_the_top(tmp_path: Path) -> None:
    """A title alone is at the optical center; a single item is well below its heading."""
    title = drawn(tmp_path / "a", "title", {"title": "Acme", "subtitle": None, "kicker": None}).ink("title")
    assert 0.42 < (title[1] + title[3]) / 2 / 360 < 0.5
    item = drawn(tmp_path / "b", "list", changed("list", items=[{"text": "Only this", "detail": None}])).ink("item-0")
    assert item[1] > 360 * 0.33


def test_no_title_gives_no_heading_and_its_room(tmp_path: Path) -> None:
    """Without a title there is no heading, and the window moves up into its room."""
    with_title = drawn(tmp_path / "a", "command")
    without = drawn(tmp_path / "b", "command", changed("command", title=None))
    assert "heading" not in without.names()
    assert without["window"].y < with_title["window"].y


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("title", {"title": LONG}, "title"),
        ("title", {"subtitle": LONG}, "subtitle"),
        ("title", {"kicker": LONG}, "kicker"),
        ("list", {"title": LONG}, "title"),
        ("list", {"items": [{"text": LONG * 2, "detail": None}] * 3}, "items.0"),
        ("command", {"title": LONG}, "title"),
        ("image", {"caption": LONG}, "caption"),
        ("clip", {"caption": LONG}, "caption"),
        ("clip", {"fit": "cover", "title": LONG}, "title"),
        ("outro", {"links": ["x", LONG]}, "links.1"),
        ("outro", {"subtitle": "pip install " + "x" * 400}, "subtitle"),
    ],
)
def test_text_that_is_too_long_is_cut_with_a_warning(
    kind: str, fields: dict[str, Any], field: str, tmp_path: Path
) -> None:
    """Text shrinks to a minimum, wraps, and is then cut, with a warning that names the field."""
    made = drawn(tmp_path, kind, changed(kind, **fields))
    assert [warning.field for warning in made.warnings if "text is too long to fit" in warning.message][:1] == [field]


def test_long_text_that_still_fits_is_not_complained_of(tmp_path: Path) -> None:
    """Shrinking and wrapping alone are no warning."""
    text = "How vidbuild decides what to build again, and what it leaves alone"
    assert (
        drawn(tmp_path, "title", {"title": text, "subtitle": text * 2, "kicker": text}, size=(1280, 720)).warnings == []
    )


def test_a_command_in_the_outro_looks_like_one(tmp_path: Path) -> None:
    """A subtitle that is a command has a window's colors; a sentence that begins like one has not."""
    command = drawn(tmp_path / "a", "outro", changed("outro", subtitle="pip install httpx"))
    sentence = drawn(tmp_path / "b", "outro", changed("outro", subtitle="Go and try it."))
    surface = tuple(bytes.fromhex(theme()["surface"][1:]))
    middle = [pixel(made.image("subtitle"), (made["subtitle"].width // 2, 4)) for made in (command, sentence)]
    assert middle[0] == (*surface, 255)
    assert middle[1][3] < 255


def test_right_to_left_scenes_are_mirrored(tmp_path: Path) -> None:
    """In a language written from the right, text and markers stand at the right margin."""
    left = drawn(tmp_path / "a", "list", size=(1280, 720))
    right = drawn(tmp_path / "b", "list", filled("list", "שלום עולם"), size=(1280, 720), language="he-IL")
    for name in ("heading", "item-0"):
        assert left.ink(name)[0] == pytest.approx(1280 - right.ink(name)[2], abs=8)


@pytest.mark.parametrize("name", THEMES)
def test_the_background_is_opaque_and_a_scenes_own_color_replaces_it(name: str, tmp_path: Path) -> None:
    """The bottom layer fills the frame; a scene's background is that color everywhere."""
    made = drawn(tmp_path / "a", "title", theme_values=theme(name))
    assert made["background"].opaque
    assert (made["background"].width, made["background"].height) == (640, 360)
    own = drawn(tmp_path / "b", "title", theme_values=theme(name), background="#204060").image("background")
    assert own.getcolors() == [(640 * 360, (0x20, 0x40, 0x60, 255))]


def test_letters_are_drawn_where_they_are_looked_for(tmp_path: Path) -> None:
    """A title's ink fills its layer but for the bleed around it: nothing of it is cut off."""
    made = drawn(tmp_path, "title", changed("title", title="Ajy Ágq"), size=(1920, 1080))
    layer, ink = made["title"], made.ink("title")
    assert layer.x < ink[0] < ink[2] < layer.x + layer.width
    assert layer.y < ink[1] < ink[3] < layer.y + layer.height
    canvas = made.composed()
    ImageDraw.Draw(canvas).rectangle(ink, outline="red")
    assert canvas.size == (1920, 1080)


@pytest.mark.parametrize("kind", ["title", "list", "outro", "image"])
def test_inline_markup_is_typeset(kind: str, tmp_path: Path) -> None:
    """Code and strong text are drawn in other faces than the words alone, and take less room than their signs would."""
    looks = {"marked": "a `iii` c **d** e", "plain": "a iii c d e", "literal": r"a \`iii\` c \*\*d\*\* e"}
    made = {name: drawn(tmp_path / name, kind, filled(kind, text), size=(1280, 720)) for name, text in looks.items()}
    title = "title" if "title" in made["plain"].names() else "heading"
    ink = {name: each.ink(title) for name, each in made.items()}
    assert ink["plain"][2] != ink["marked"][2] < ink["literal"][2]
    assert not any(each.warnings for each in made.values())


def test_strong_text_in_a_title_has_the_accents_color(tmp_path: Path) -> None:
    """A title is as bold as its face gets, so its strong words differ in color."""
    made = {text: drawn(tmp_path / str(n), "title", filled("title", text)) for n, text in enumerate(["a b", "a **b**"])}
    pictures = [each.image("title").convert("RGBA") for each in made.values()]
    plain, strong = [ImageStat.Stat(picture, picture.getchannel("A")) for picture in pictures]
    assert plain.mean[0] > strong.mean[0] + 20  # the accent is blue: it has less red than the title's white
