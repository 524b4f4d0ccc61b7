"""The draw step: which layers a scene has, where they stand, and what is told about them."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from drawing import FIELDS, THEMES, TYPES, Drawn, drawn, picture, theme
from PIL import Image, ImageChops, ImageDraw

from vidbuild.errors import SpecProblem, StepError
from vidbuild.media.layout import fonts_paths

SHAPES = {"landscape": (640, 360), "vertical": (360, 640), "square": (360, 360), "tiny": (160, 90)}
HARD = 'It\'s "quoted"; a:b % \\ [0:v] #let $x$ *b* _i_ <t> & {{ y }} `c` @r ~ --- // /* 🎉 שלום مرحبا 日本'
LONG = "A long text that goes on and on because its author could not decide what to leave out of it " * 12


def changed(kind: str, **fields: Any) -> dict[str, Any]:
    """A type's sample fields with some in place of its own."""
    return {**copy.deepcopy(FIELDS[kind]), **fields}


def filled(value: Any, text: str) -> Any:
    """Fields with every shown text replaced."""
    if isinstance(value, str):
        return text
    if isinstance(value, list):
        return [filled(item, text) for item in value]
    if isinstance(value, dict):
        fixed = {"style", "fit", "frame", "language"}
        made = {key: item if key in fixed else filled(item, text) for key, item in value.items()}
        # A scene type hands over lines of at most 64 columns, and the schema allows prompts of 40.
        capped = {"lines": lambda lines: [line[:64] for line in lines], "prompt": lambda prompt: prompt[:40]}
        return {key: capped[key](item) if key in capped else item for key, item in made.items()}
    return value


LAYERS = {
    "title": ["kicker", "title", "subtitle"],
    "list": ["heading", "item-0-past", "item-0", "item-1-past", "item-1"],
    "command": [
        *("heading", "window", "prompt-0", "line-0-0", "line-0-1", "output-1"),
        *("prompt-2", "line-2-0", "output-2", "cursor"),
    ],
    "code": ["heading", "window", "bar-0", "bar-1", "code-dim", "code", "focus-0", "focus-1"],
    "image": ["heading", "window", "picture", "caption"],
    "clip": ["heading", "window", "clip", "caption"],
    "outro": ["title", "subtitle", "link-0"],
}


@pytest.mark.parametrize("kind", TYPES)
def test_each_type_has_its_layers_from_the_bottom_up(kind: str, tmp_path: Path) -> None:
    """The layers that scene types and films name are there, in the order in which they lie over each other."""
    made = drawn(tmp_path, kind)
    assert made.names() == ["background", *LAYERS[kind]]
    assert made.warnings == []


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", TYPES)
def test_layers_lie_on_the_canvas_and_are_as_large_as_told(kind: str, shape: str, tmp_path: Path) -> None:
    """Every PNG has the size its layer says, and no layer reaches past the canvas, whatever the frame's shape."""
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
    """Short, long and difficult texts in every field stay inside the margins of every shape of frame."""
    width, height = SHAPES[shape]
    made = drawn(tmp_path, kind, filled(FIELDS[kind], text), size=(width, height))
    for layer in made.layers.layers:
        if layer.file and layer.name not in {"background", "window"}:
            left, top, right, bottom = made.ink(layer.name)
            assert left >= width * 0.05, layer.name
            assert right <= width * 0.955, layer.name
            assert top >= height * 0.03, layer.name
            assert bottom <= height * 0.97, layer.name


@pytest.mark.parametrize("kind", TYPES)
def test_hard_text_is_shown_and_only_what_has_no_glyph_is_told(kind: str, tmp_path: Path) -> None:
    """V18: quotes, semicolons, backslashes, filter and template syntax, emoji, RTL and CJK in every text field."""
    fields = filled(FIELDS[kind], HARD)
    if kind == "code":
        fields["code"] = "\n".join([HARD] * 6)
    made = drawn(tmp_path, kind, fields, size=(1280, 720))
    assert [name for name in LAYERS[kind] if name not in made.names()] == []
    told = [warning for warning in made.warnings if "no font can draw" in warning.message]
    assert told
    for warning in told:
        assert warning.message == "no font can draw '🎉' (U+1F389), '日' (U+65E5), '本' (U+672C)"
        assert warning.hint


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


def test_a_themes_own_font_is_used(tmp_path: Path) -> None:
    """V1: naming another family in the theme changes the letters; a staged font file can be named."""
    values = theme()
    values["fonts"] = {**values["fonts"], "title": "Source Sans Pro"}
    files = {"font:Some.otf": fonts_paths()[-1]}
    plain = drawn(tmp_path / "a", "title").image("title")
    own = drawn(tmp_path / "b", "title", theme_values=values, files=files).image("title")
    assert plain.tobytes() != own.tobytes()


def test_a_reveal_changes_strength_but_no_place(tmp_path: Path) -> None:
    """An item that was spoken about has its letters exactly where they were, so that only its colour changes."""
    made = drawn(tmp_path, "list", size=(1280, 720))
    strong, past = made["item-1"], made["item-1-past"]
    assert (strong.x, strong.y, strong.width, strong.height) == (past.x, past.y, past.width, past.height)
    letters = (strong.width // 3, 0, strong.width, strong.height)
    alphas = [made.image(name).getchannel("A").crop(letters) for name in ("item-1", "item-1-past")]
    assert ImageChops.difference(*alphas).getextrema()[1] <= 2
    assert made.image("item-1").tobytes() != made.image("item-1-past").tobytes()


def test_few_items_are_large_and_many_are_in_two_columns(tmp_path: Path) -> None:
    """Two items are set larger than the house size; twelve short ones use the width of the frame."""
    few = drawn(
        tmp_path / "few", "list", changed("list", items=[{"text": "Hx", "detail": None}] * 2), size=(1920, 1080)
    )
    many = drawn(
        tmp_path / "many", "list", changed("list", items=[{"text": "Hx", "detail": None}] * 12), size=(1920, 1080)
    )
    heights = [made.ink("item-0")[3] - made.ink("item-0")[1] for made in (few, many)]
    assert heights[0] > heights[1] > 36
    assert many["item-6"].x > 960
    assert many["item-6"].y == many["item-0"].y


def test_little_text_does_not_hang_at_the_top(tmp_path: Path) -> None:
    """A title alone stands on the optical centre; a single item is well below its heading."""
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
def test_text_that_is_too_long_is_cut_and_told(kind: str, fields: dict[str, Any], field: str, tmp_path: Path) -> None:
    """Text shrinks to a floor, wraps, and what then is too much is cut with a warning that names the field."""
    made = drawn(tmp_path, kind, changed(kind, **fields))
    assert [warning.field for warning in made.warnings if "text is too long to fit" in warning.message][:1] == [field]


def test_long_text_that_still_fits_is_not_complained_of(tmp_path: Path) -> None:
    """Shrinking and wrapping alone are no warning."""
    text = "How vidbuild decides what to build again, and what it leaves alone"
    assert (
        drawn(tmp_path, "title", {"title": text, "subtitle": text * 2, "kicker": text}, size=(1280, 720)).warnings == []
    )


def test_too_many_items_are_told(tmp_path: Path) -> None:
    """Items that only fit in small type are a warning about the list."""
    made = drawn(tmp_path, "list", changed("list", items=[{"text": LONG[:180], "detail": LONG[:180]}] * 12))
    assert ("items", "12 items are too many to be read on one screen") in [(w.field, w.message) for w in made.warnings]


def test_output_that_is_too_long_says_how_much_is_missing(tmp_path: Path) -> None:
    """Of a long output the beginning is shown, and the warning names the entry and the number of lines left out."""
    entries = [{"lines": ["ls"], "output": [f"file-{index}.txt" for index in range(200)]}]
    made = drawn(tmp_path, "command", changed("command", entries=entries))
    assert [warning.field for warning in made.warnings] == ["commands.0.output"]
    assert made.warnings[0].message.startswith("output is too long to fit: 1")
    assert made.ink("output-0")[3] < made["window"].y + made["window"].height


def lines_of(made: Drawn) -> list[str]:
    """The typed layers."""
    return [name for name in made.names() if name.startswith("line-")]


@pytest.mark.parametrize("size", [(1920, 1080), (320, 180)])
def test_typed_lines_tell_where_each_character_ends(size: tuple[int, int], tmp_path: Path) -> None:
    """A typed line's box starts at its text and is as wide as all its advances, one per character."""
    made = drawn(tmp_path, "command", size=size)
    cell = made["line-0-0"].advances[0]
    for name, text in zip(lines_of(made), ["pip install httpx \\", "  --upgrade", "httpx --help"], strict=True):
        layer = made[name]
        assert len(layer.advances) == len(text)
        assert layer.advances == pytest.approx([cell] * len(text), abs=0.01)
        assert 0 <= layer.width - sum(layer.advances) < 1.001
    assert len({made[name].height for name in lines_of(made)}) == 1
    assert len({made[name].x for name in lines_of(made)}) == 1


def test_a_character_of_a_typed_line_stands_where_its_advances_say(tmp_path: Path) -> None:
    """Cut after a character's advances, the line shows that character whole and nothing of the next."""
    made = drawn(tmp_path, "command", size=(1920, 1080))
    layer, image = made["line-0-0"], made.image("line-0-0").getchannel("A")
    for index, mark in enumerate("pip install"):
        left, right = sum(layer.advances[:index]), sum(layer.advances[: index + 1])
        ink = image.crop((round(left), 0, round(right), layer.height)).getextrema()[1]
        assert (ink > 128) == (mark != " ")
        edge = image.crop((round(right) - 1, 0, round(right) + 1, layer.height))
        assert edge.getextrema()[1] < 80


def test_marks_and_wide_characters_have_the_advances_they_are_drawn_with(tmp_path: Path) -> None:
    """A combining mark takes no room, and a character of a fallback face takes its own."""
    entries = [{"lines": ["e\u0301x", "aשb"], "output": []}]
    made = drawn(tmp_path, "command", changed("command", entries=entries), size=(1280, 720))
    letter, mark, other = made["line-0-0"].advances
    assert (mark, other) == (pytest.approx(0, abs=0.01), pytest.approx(letter, abs=0.01))
    assert len(made["line-0-1"].advances) == 3
    assert min(made["line-0-1"].advances) > 0


def test_the_cursor_has_the_height_and_place_of_the_first_line(tmp_path: Path) -> None:
    """The cursor stands at the first typed line's origin, one character wide, and can be seen through."""
    made = drawn(tmp_path, "command", size=(1280, 720))
    cursor, line = made["cursor"], made["line-0-0"]
    assert (cursor.x, cursor.y, cursor.height) == (line.x, line.y, line.height)
    assert cursor.width == round(line.advances[0])
    assert made.image("cursor").getpixel((cursor.width // 2, cursor.height // 2))[3] == pytest.approx(153, abs=2)


def test_an_output_alone_needs_no_cursor(tmp_path: Path) -> None:
    """Where nothing is typed there is neither prompt nor cursor."""
    made = drawn(tmp_path, "command", changed("command", entries=[{"lines": [], "output": ["ready"]}]))
    assert made.names() == ["background", "heading", "window", "output-0"]


def test_a_bar_lies_behind_the_lines_it_marks(tmp_path: Path) -> None:
    """Each highlight's bar spans the window and the rows of its lines, and its lines are the code's own pixels."""
    made = drawn(tmp_path, "code", size=(1280, 720))
    bar, focus, code = made["bar-1"], made["focus-1"], made["code"]
    assert bar.y <= made.ink("focus-1")[1]
    assert bar.y + bar.height >= made.ink("focus-1")[3]
    assert bar.width > 0.85 * 1280
    assert bar.height == pytest.approx(2 * made["bar-0"].height, abs=2)
    own = Image.new("RGBA", (focus.width, focus.height))
    own.paste(made.image("code"), (code.x - focus.x, code.y - focus.y))
    letters = (focus.width // 8, 2, min(focus.width, code.width), focus.height - 2)
    alphas = [image.getchannel("A").crop(letters) for image in (own, made.image("focus-1"))]
    assert ImageChops.difference(*alphas).getextrema()[1] <= 2


def test_highlights_count_as_the_file_does(tmp_path: Path) -> None:
    """In lines 10-15 of a file, a highlight of line 12 marks the third row."""
    whole = drawn(tmp_path / "a", "code")
    part = drawn(tmp_path / "b", "code", changed("code", first=10, highlights=[{"from": 12, "to": 12}]))
    assert part["bar-0"].y == whole["bar-0"].y


def test_dimmed_code_is_the_same_code_less_strong(tmp_path: Path) -> None:
    """Code that steps back keeps its place and more than half of its strength."""
    made = drawn(tmp_path, "code", size=(1280, 720))
    code, dim = made["code"], made["code-dim"]
    assert (code.x, code.y, code.width, code.height) == (dim.x, dim.y, dim.width, dim.height)
    assert made.image("code-dim").getchannel("A").getextrema()[1] == pytest.approx(153, abs=2)


def test_code_is_coloured_with_the_themes_own_colours(tmp_path: Path) -> None:
    """Keywords, strings, numbers and comments have the colours that the theme names."""
    made = drawn(tmp_path, "code", changed("code", code='import x  # note\ny = "text" + 42'), size=(1920, 1080))
    strong = {pixel[:3] for _, pixel in made.image("code").getcolors(1 << 20) if pixel[3] > 252}
    for use in ("keyword", "string", "number", "comment"):
        value = theme()["syntax"][use].removeprefix("#")
        assert tuple(bytes.fromhex(value)) in strong, use


@pytest.mark.parametrize(("language", "told"), [("py", 0), ("shell", 0), (None, 0), ("text", 0), ("nope", 1)])
def test_a_language_without_colours_is_told(language: str | None, told: int, tmp_path: Path) -> None:
    """Only a language that is named and not known is a warning; its code is shown all the same."""
    made = drawn(tmp_path, "code", changed("code", language=language, code="echo hello"))
    assert [(w.field, w.message) for w in made.warnings] == [
        ("language", "no syntax colours for language 'nope'")
    ] * told
    assert "code" in made.names()


def test_long_code_shows_the_lines_that_are_spoken_about(tmp_path: Path) -> None:
    """Of a long file the stretch with the highlights is shown, and the warning says which lines are."""
    code = "\n".join(f"value_{index} = {index}" for index in range(1, 201))
    fields = changed("code", code=code, highlights=[{"from": 150, "to": 152}])
    made = drawn(tmp_path, "code", fields)
    assert "focus-0" in made.names()
    assert [warning.field for warning in made.warnings] == ["code"]
    assert made.ink("code")[3] < made["window"].y + made["window"].height


def test_a_line_wider_than_the_window_goes_on_in_the_next_row(tmp_path: Path) -> None:
    """Long lines wrap inside the window, also where they have no blank at all."""
    for index, line in enumerate(["call(" + "argument, " * 40 + ")", "x" * 400]):
        made = drawn(tmp_path / str(index), "code", changed("code", code=line, highlights=[]))
        box, window = made.ink("code"), made["window"]
        assert box[2] <= window.x + window.width
        assert box[3] - box[1] > 20
        assert made.warnings == []


def test_a_contained_picture_is_seen_whole_in_its_window(tmp_path: Path) -> None:
    """The picture keeps its proportions, lies inside the window, and is opaque."""
    files = {"image": picture(tmp_path / "wide.png", (400, 100))}
    made = drawn(tmp_path / "out", "image", files=files, size=(1280, 720))
    inside, window = made["picture"], made.ink("window")
    assert inside.width / inside.height == pytest.approx(4, rel=0.02)
    assert window[0] < inside.x
    assert inside.x + inside.width < window[2]
    assert inside.opaque


def test_a_full_picture_covers_the_frame_and_its_words_have_plates(tmp_path: Path) -> None:
    """Cover without a frame fills the canvas; title and caption stand on plates above it."""
    made = drawn(tmp_path, "image", changed("image", fit="cover", frame="none"))
    assert made.names() == ["background", "picture", "heading", "caption"]
    full = made["picture"]
    assert (full.x, full.y, full.width, full.height) == (0, 0, 640, 360)
    caption = made.image("caption")
    assert caption.getpixel((caption.width // 2, 3))[3] > 220


def test_a_small_picture_is_not_blown_up(tmp_path: Path) -> None:
    """An icon grows to two and a half times its size and no further."""
    files = {"image": picture(tmp_path / "icon.png", (16, 16))}
    made = drawn(tmp_path / "out", "image", changed("image", frame="none"), files=files)
    assert made["picture"].width == 40


def test_a_see_through_picture_is_not_called_opaque(tmp_path: Path) -> None:
    """Transparency stays, so that the background is seen through it."""
    files = {"image": picture(tmp_path / "clear.png", (64, 64), (200, 80, 40, 128))}
    made = drawn(tmp_path / "out", "image", changed("image", frame="none"), files=files)
    assert not made["picture"].opaque
    assert made.image("picture").getpixel((5, 5))[3] == 128


def test_a_browser_frame_has_an_address_field(tmp_path: Path) -> None:
    """The browser's bar differs from the window's."""
    window = drawn(tmp_path / "a", "image").image("window")
    browser = drawn(tmp_path / "b", "image", changed("image", frame="browser")).image("window")
    assert window.tobytes() != browser.tobytes()


def test_a_file_that_is_no_image_is_the_specs_fault(tmp_path: Path) -> None:
    """An unreadable image fails with the field that names it, before anything is drawn."""
    (tmp_path / "broken.png").write_bytes(b"no image")
    with pytest.raises(SpecProblem, match="no known format") as caught:
        drawn(tmp_path / "out", "image", files={"image": tmp_path / "broken.png"})
    assert caught.value.failure.field == "src"


@pytest.mark.parametrize("known", [None, [640, 480]])
def test_a_clips_place_is_even_and_hugs_what_is_known(known: list[int] | None, tmp_path: Path) -> None:
    """A contained clip's place has even numbers, since video has one colour for two pixels, and its proportions."""
    made = drawn(tmp_path, "clip", changed("clip", clip_size=known), size=(1280, 720))
    place = made["clip"]
    assert place.file == ""
    assert [value % 2 for value in (place.x, place.y, place.width, place.height)] == [0, 0, 0, 0]
    if known:
        assert place.width / place.height == pytest.approx(4 / 3, rel=0.01)


def test_a_covering_clip_has_the_whole_frame(tmp_path: Path) -> None:
    """Cover: the clip's place is the canvas, with the words above it."""
    made = drawn(tmp_path, "clip", changed("clip", fit="cover"))
    assert made.names() == ["background", "clip", "heading", "caption"]
    assert (made["clip"].width, made["clip"].height) == (640, 360)


def test_a_command_in_the_outro_looks_like_one(tmp_path: Path) -> None:
    """A subtitle that is a command is put in a window's colours; a sentence that begins like one is not."""
    command = drawn(tmp_path / "a", "outro", changed("outro", subtitle="pip install httpx"))
    sentence = drawn(tmp_path / "b", "outro", changed("outro", subtitle="Go and try it."))
    surface = tuple(bytes.fromhex(theme()["surface"][1:]))
    middle = [made.image("subtitle").getpixel((made["subtitle"].width // 2, 4)) for made in (command, sentence)]
    assert middle[0] == (*surface, 255)
    assert middle[1][3] < 255


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("format_", ["png", "jpg", "webp", "gif", "svg"])
def test_a_logo_is_small_in_the_corner_and_large_at_the_end(kind: str, format_: str, tmp_path: Path) -> None:
    """A theme's logo of any format is the top layer in the upper corner, and centred in the outro."""
    logo = tmp_path / f"logo.{format_}"
    if format_ == "svg":
        logo.write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="80"><rect width="200" height="80"/></svg>'
        )
    else:
        Image.new("RGB", (200, 80), "red").save(logo)
    made = drawn(tmp_path / "out", kind, files={"logo": logo})
    layer = made["logo"]
    assert layer.width / layer.height == pytest.approx(2.5, rel=0.1)
    if kind == "outro":
        assert abs(layer.x + layer.width / 2 - 320) <= 1
        assert layer.y + layer.height <= made.ink("title")[1]
    else:
        assert made.names()[-1] == "logo"
        assert (layer.x + layer.width, layer.y) == (640 - 43, 36)


def test_a_heading_leaves_the_logo_its_room(tmp_path: Path) -> None:
    """A heading as wide as it may be ends before the logo begins."""
    Image.new("RGB", (400, 80), "red").save(tmp_path / "logo.png")
    made = drawn(tmp_path / "out", "list", changed("list", title=LONG[:90]), files={"logo": tmp_path / "logo.png"})
    assert made.ink("heading")[2] < made["logo"].x


def test_right_to_left_scenes_are_mirrored(tmp_path: Path) -> None:
    """In a language written from the right, text and markers stand at the right margin."""
    left = drawn(tmp_path / "a", "list", size=(1280, 720))
    right = drawn(tmp_path / "b", "list", filled(FIELDS["list"], "שלום עולם"), size=(1280, 720), language="he-IL")
    for name in ("heading", "item-0"):
        assert left.ink(name)[0] == pytest.approx(1280 - right.ink(name)[2], abs=8)


@pytest.mark.parametrize("name", THEMES)
def test_the_background_is_opaque_and_the_scenes_own_colour_replaces_it(name: str, tmp_path: Path) -> None:
    """The bottom layer fills the frame; a scene's background is that colour everywhere."""
    made = drawn(tmp_path / "a", "title", theme_values=theme(name))
    assert made["background"].opaque
    assert (made["background"].width, made["background"].height) == (640, 360)
    own = drawn(tmp_path / "b", "title", theme_values=theme(name), background="#204060").image("background")
    assert own.getcolors() == [(640 * 360, (0x20, 0x40, 0x60, 255))]


def test_a_broken_logo_fails_with_typsts_words(tmp_path: Path) -> None:
    """What typst cannot read is a StepError with its reason."""
    (tmp_path / "logo.png").write_bytes(b"no image")
    with pytest.raises(StepError, match="typst: "):
        drawn(tmp_path / "out", "title", files={"logo": tmp_path / "logo.png"})


def test_escape_sequences_of_a_recorded_output_are_not_shown(tmp_path: Path) -> None:
    """Output copied with its terminal colours is drawn as its text alone, without a warning."""
    plain = drawn(tmp_path / "a", "command", changed("command", entries=[{"lines": [], "output": ["ok done"]}]))
    coloured = [{"lines": [], "output": ["\x1b[32mok\x1b[0m done"]}]
    other = drawn(tmp_path / "b", "command", changed("command", entries=coloured))
    assert plain.files() == other.files()


def test_letters_are_drawn_where_they_are_looked_for(tmp_path: Path) -> None:
    """A title's ink fills its layer but for the bleed around it: nothing of it is cut off."""
    made = drawn(tmp_path, "title", changed("title", title="Ajy Ágq"), size=(1920, 1080))
    layer, ink = made["title"], made.ink("title")
    assert layer.x < ink[0] < ink[2] < layer.x + layer.width
    assert layer.y < ink[1] < ink[3] < layer.y + layer.height
    canvas = made.composed()
    ImageDraw.Draw(canvas).rectangle(ink, outline="red")
    assert canvas.size == (1920, 1080)
