"""Marks above and below letters: no layer of any scene type cuts them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from tests.support import font_lab, scene_samples
from tests.support.drawing import PACKAGE, THEMES, TYPES, Drawn, drawn, theme
from vidbuild.media.text import font_packages

SIZE = (1280, 720)
# Words with marks; letters without a default font are drawn in one that is as tall as real ones.
TALL_LETTERS = "ไद"
WORDS = {"vietnamese-thai": "ẾẪ ไ Å", "arabic-hebrew-devanagari": "إدّ द לֵךְ"}
TALL = (0, -330, 600, 1230)  # of 1000 units, as far as Noto Sans Thai and Devanagari reach with stacked marks
SEEN = 40  # of 255: what an edge between pixels is not


def faces(folder: Path) -> dict[str, Path]:
    """Return the inputs with the fonts of the scripts."""
    tall = font_lab.write(folder / "tall.ttf", "Tall", TALL_LETTERS, boxes=dict.fromkeys(TALL_LETTERS, TALL))
    installed = [file for package in font_packages.installed() for file in font_packages.files_of(package)]
    return {f"face:{index}": file for index, file in enumerate([tall, *installed])}


def roomy(folder: Path) -> Path:
    """Write a base of the templates whose layers have much more room around their content."""
    source = (PACKAGE / "scenes" / "base.typ").read_text(encoding="utf-8")
    before, head, after = source.partition("#let layer(")
    declared, brace, body = after.partition("= {\n")
    more = (
        '  let (bleed, reach) = if filled == "" { (bleed + height / 5, reach + height / 5) } else { (bleed, reach) }\n'
    )
    path = folder / "base.typ"
    path.write_text(before + head + declared + brace + more + body, encoding="utf-8")
    return path


def inks(made: Drawn) -> Iterator[tuple[str, Image.Image]]:
    """Yield the ink of each drawn layer of texts, where it is in the frame."""
    for layer in made.layers.layers:
        if layer.file and layer.name != "background" and layer.name.partition("-")[0] != "row":  # rules are on the edge
            canvas = Image.new("L", SIZE)
            canvas.paste(made.image(layer.name).getchannel("A"), (layer.x, layer.y))
            yield layer.name, canvas


@pytest.mark.parametrize("scripts", WORDS)
@pytest.mark.parametrize("kind", TYPES)
def test_no_layer_cuts_marks(kind: str, scripts: str, tmp_path: Path) -> None:
    """With much more room around each layer, exactly the same ink is drawn: in each type, in the six themes in turn."""
    values = theme(THEMES[(TYPES.index(kind) + 3 * list(WORDS).index(scripts)) % len(THEMES)])
    fields = scene_samples.drawing(kind, **scene_samples.with_text(kind, WORDS[scripts]))
    files = faces(tmp_path)
    made = drawn(tmp_path / "made", kind, fields, files=files, theme_values=values, size=SIZE)
    files["base"] = roomy(tmp_path)
    wide = drawn(tmp_path / "wide", kind, fields, files=files, theme_values=values, size=SIZE)
    assert made.names() == wide.names()
    for (name, ink), (_, whole) in zip(inks(made), inks(wide), strict=True):
        cut = ImageChops.difference(ink, whole).point(lambda level: 255 if level > SEEN else 0).getbbox()
        assert cut is None, f"{name} is cut"


def test_a_kicker_is_above_the_marks_of_its_title(tmp_path: Path) -> None:
    """The marks of Vietnamese capitals do not reach into the plate of the kicker."""
    made = drawn(tmp_path, "title", {"kicker": "K", "title": "ẾẪỔ"}, size=SIZE)
    assert made.ink("kicker")[3] < made.ink("title")[1]


def test_thai_in_a_terminal_is_on_one_line(tmp_path: Path) -> None:
    """Letters that are wider than the columns of a terminal are made narrower, not broken into lines."""
    face = font_lab.write(tmp_path / "wide.ttf", "Wide", "ไทย", boxes=dict.fromkeys("ไทย", (0, 0, 1000, 700)))
    fields = scene_samples.drawing("command", commands=[{"output": "ไทยไทยไทย"}])
    made = drawn(tmp_path / "out", "command", fields, files={"face:0": face}, size=SIZE)
    _, top, _, bottom = made.ink("output-0")
    assert bottom - top < 40
