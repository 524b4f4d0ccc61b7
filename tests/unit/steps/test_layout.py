"""Layouts of one's own: their layers, what they can see, and what is reported of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.drawing import THEMES, Drawn, changed, drawn, picture, theme
from tests.support.pixels import largest_difference
from vidbuild.errors import SpecProblem
from vidbuild.media.text import layout

TWO = """#layer("one", block(fill: red, width: 100%, height: 40%))
#layer("two", block(fill: blue, width: 50%, height: 20%))"""


def lay_out(folder: Path, source: str, layers: Sequence[str] = (), **given: Any) -> Drawn:
    """Draw a layout without a title."""
    fields = changed("typst", title=None, layers=list(layers), **given.pop("fields", {}))
    return drawn(folder, "typst", fields, layout=source, **given)


def problem(folder: Path, source: str, layers: Sequence[str] = ()) -> tuple[str, str, str | None]:
    """Return the field, message and hint of a layout's error."""
    with pytest.raises(SpecProblem) as caught:
        lay_out(folder, source, layers)
    failure = caught.value.failure
    return failure.field, failure.message, failure.hint


def test_layers_appear_in_the_order_of_the_spec(tmp_path: Path) -> None:
    """Each named layer is a layer of its own in its place, and the rest of the layout is the lowest."""
    made = lay_out(tmp_path, TWO, ["two", "one"])
    assert made.names() == ["background", "layout", "reveal-0", "reveal-1"]
    assert made.image("layout").getbbox() is None
    low, high = made["reveal-0"], made["reveal-1"]
    assert low.y > high.y + high.height
    assert low.width * 2 == pytest.approx(high.width, abs=2)
    assert made.image("reveal-0").getpixel((5, 5)) == (0, 0x74, 0xD9, 255)  # typst's blue


def test_the_layers_together_are_the_layout_without_layers(tmp_path: Path) -> None:
    """All layers composed look as the layout does if nothing appears later."""
    source = '= A\n#card[inside #layer("one")[*text* and `code`]]\n#layer("two", card(accent: true)[- x])'
    one = lay_out(tmp_path / "a", source, ["one", "two"]).composed()
    other = lay_out(tmp_path / "b", source).composed()
    assert largest_difference(one, other) <= 2


@pytest.mark.parametrize("name", THEMES)
def test_the_theme_is_in_scope(tmp_path: Path, name: str) -> None:
    """A layout has the theme's colors: those that the theme's file says."""
    source = "#set page(margin: 0pt)\n#rect(width: 100%, height: 100%, radius: 0pt, stroke: none, fill: theme.surface)"
    made = lay_out(tmp_path, source, theme_values=theme(name))
    red, green, blue = bytes.fromhex(theme(name)["surface"].removeprefix("#"))
    assert made.image("layout").getpixel((100, 100)) == (red, green, blue, 255)


def test_values_and_frame_are_in_scope(tmp_path: Path) -> None:
    """Values of the spec keep their types, and the frame has its size, shape and direction."""
    checks = """#assert.eq(values, (name: "a*b", count: 2, on: true, all: ("x", 1.5)))
#assert.eq((frame.width, frame.height, frame.tall, frame.direction), (360pt, 640pt, true, rtl))
#assert.eq(frame.language, "ar")"""
    values = {"name": "a*b", "count": 2, "on": True, "all": ["x", 1.5]}
    made = lay_out(tmp_path, checks, size=(360, 640), language="ar", fields={"values": values})
    assert made.warnings == []


@pytest.mark.parametrize(
    ("source", "field", "message"),
    [
        ("a\n  #oops(1)", "body:2:4", "typst: unknown variable: oops"),
        ("#layer(3)[x]", "body:1:2", "expected the name of the layer in quotes, got int"),
        ('a\n\n#import "@preview/cetz:0.3.0": *', "body:3:9", "a layout cannot use packages"),
        ('#import "@local/cetz:0.3.0": *', "body:1:9", "a layout cannot use packages"),
        ('#read("/etc/passwd")', "body:1:7", "the layout cannot read 'etc/passwd'"),
        ('#read("../../secret")', "body:1:7", "a layout can read only files in the project"),
        ('#image("logo.png")', "body:1:8", "the layout cannot read 'logo.png'"),
        ("#datetime.today().display()", "body:1:11", "a layout has no clock"),
        ("x\n" + "#pagebreak()\nx\n" * 30, "body", "the layout has 31 pages"),
        ("#set page(width: 10cm)\nx", "body", "the layout sets a page of 283 x 360"),
        ("#values.nope", "body:1:9", 'typst: dictionary does not contain key "nope"'),
    ],
)
def test_errors_are_located(tmp_path: Path, source: str, field: str, message: str) -> None:
    """An error of a layout has its line and column, and says what a layout can do instead."""
    found = problem(tmp_path, source)
    assert found[0] == field
    assert found[1].startswith(message) or message in found[1]


def test_a_layout_reads_its_files_alone(tmp_path: Path) -> None:
    """It reads a file that is staged for it, and no other one of the step's folder."""
    picture(tmp_path / "a.png", (40, 20), (10, 200, 30))
    made = lay_out(tmp_path / "out", "#text(size: u(60))[text]")
    assert problem(tmp_path / "none", '#read("/request.json")')[1].startswith("the layout cannot read 'request.json'")
    assert problem(tmp_path / "up", '#read("/../request.json")')[1].startswith("a layout can read only")
    assert made.image("layout").getbbox() is not None


def test_unknown_layers_are_errors_and_unnamed_ones_warnings(tmp_path: Path) -> None:
    """A reveal names a layer of the layout, with the nearest name as a hint; others are visible and reported."""
    found = problem(tmp_path, TWO, ["one", "too"])
    assert found == ("reveal.1.layer", "the layout has no layer 'too'", "did you mean 'two'?")
    made = lay_out(tmp_path / "more", TWO, ["one"])
    [warning] = made.warnings
    assert warning.message == "layer 'two' is visible from the start: 'reveal' does not name it"
    assert made.image("layout").getbbox() is not None


@pytest.mark.parametrize(
    ("source", "field", "message"),
    [
        ('a #text(font: "Nope")[b]', "body:1:15", "typst: unknown font family: nope"),
        ('#let word = "漢"\nx #word', "body:2:4", "no font can draw '漢' (U+6F22)"),
        ("x #pagebreak() y", "body", "only the first of 2 pages is shown"),
        ("#box(fill: red, width: 900pt, height: 9pt)", "body", "it reaches beyond the right of the frame"),
    ],
)
def test_what_looks_otherwise_than_meant_is_reported(tmp_path: Path, source: str, field: str, message: str) -> None:
    """Warnings of typst, characters without a glyph, and what does not fit have their place."""
    [warning] = lay_out(tmp_path, source).warnings
    assert warning.field.startswith(field)
    assert message in warning.message


def test_a_layout_that_draws_to_the_edge_on_purpose_is_not_reported(tmp_path: Path) -> None:
    """Without margins, or with `place`, content at the edge is no mistake."""
    made = lay_out(tmp_path, "#place(top, dx: -100pt, dy: -100pt, rect(width: 900pt, height: 900pt, fill: red))")
    assert made.warnings == []


def test_an_empty_layer_is_reported(tmp_path: Path) -> None:
    """A layer without ink is a layer, with a warning at its name."""
    made = lay_out(tmp_path, '#layer("a")[] text', ["a"])
    assert [(warning.field, warning.message) for warning in made.warnings] == [
        ("reveal.0.layer", "the layer draws nothing")
    ]


def test_a_layout_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time, the process is ended, and the error says how long it may take."""
    monkeypatch.setattr(layout, "SECONDS", 0.01)
    found = problem(tmp_path, "text")
    assert found[:2] == ("body", "the layout takes longer than 0.01 s")


def test_a_layout_of_much_memory_is_ended(tmp_path: Path) -> None:
    """A layout that needs more memory than it may have is an error that says how much that is."""
    found = problem(tmp_path, "#let all = (1,) * 400000000\n#all.len()")
    assert found[:2] == ("body", "the layout takes more than 2 GB of memory")


def test_the_same_layout_gives_the_same_bytes(tmp_path: Path) -> None:
    """P1: nothing in a layout depends on when it is drawn; the date that typst itself has is always the same."""
    source = '#std.datetime.today().display()\n#layer("one")[= A]'
    first, second = (lay_out(tmp_path / name, source, ["one"]).files() for name in "ab")
    assert first == second
    fixed = lay_out(tmp_path / "c", '1970-01-01\n#layer("one")[= A]', ["one"]).files()
    assert fixed == first


def test_values_and_title_are_no_source(tmp_path: Path) -> None:
    """V18: what looks like typst in a value or the title is drawn as it is written, and does not run."""
    fields = changed("typst", title="#panic()", layers=[], values={"a": "#panic() *b*"})
    made = drawn(tmp_path, "typst", fields, layout='#values.a #assert.eq(values.a, "#panic() *b*")')
    assert made.warnings == []
    assert made.image("layout").getbbox() is not None


def test_fit_takes_the_largest_type_that_fits(tmp_path: Path) -> None:
    """`fit` fills its area with a short text, headings included, and keeps a long one inside it."""
    height = {}
    for text in ("Short", "A title of some length " * 6):
        made = lay_out(tmp_path / text[:3], f"#fit(height: 150pt)[= {text}]")
        assert made.warnings == []
        height[text[:3]] = made.ink("layout")[3] - made.ink("layout")[1]
    plain = lay_out(tmp_path / "plain", "= Short")
    assert height["Sho"] > 2 * (plain.ink("layout")[3] - plain.ink("layout")[1])
    assert max(height.values()) <= 150


def test_long_words_are_divided_where_they_do_not_fit(tmp_path: Path) -> None:
    """A word that is wider than its line or cell is hyphenated, in headings too, and does not leave the frame."""
    word = "Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung"
    source = f"= {word}\n- {word}\n#table(columns: (1fr, 1fr), [{word}], [x])"
    assert lay_out(tmp_path, source, size=(360, 640), language="de").warnings == []


def test_no_heading_of_a_layout_is_as_large_as_that_of_the_scene(tmp_path: Path) -> None:
    """Below a title, headings are smaller than it; alone, the first level is as large."""
    heights = {}
    for name, title in (("alone", None), ("below", "HHH")):
        made = drawn(
            tmp_path / name, "typst", changed("typst", title=title, layers=[]), layout="= HHH", size=(1280, 720)
        )
        alpha = made.image("layout").getchannel("A").point([0] * 128 + [255] * 128)
        rows = [alpha.crop((0, y, alpha.width, y + 1)).getbbox() is not None for y in range(alpha.height)]
        starts = [y for y in range(1, len(rows)) if rows[y] and not rows[y - 1]]
        ends = [y for y in range(1, len(rows)) if rows[y - 1] and not rows[y]]
        heights[name] = [end - start for start, end in zip(starts, ends, strict=True)]
    (alone,), (title_height, below) = heights["alone"], heights["below"]
    assert alone == pytest.approx(title_height, abs=2)
    assert below < title_height * 0.85
