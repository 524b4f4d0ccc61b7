"""What a chart looks like: plates beside their lines and bars, and labels that are apart, measured in pixels."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from tests.support import scene_samples
from tests.support.drawing import Drawn, drawn
from vidbuild.scenes import chart

SIZES = [(640, 360), (360, 640), (360, 360)]
SURFACE, TEXT = (0x0C, 0x12, 0x28), (0xEE, 0xF2, 0xFF)  # of the theme that the tests draw with
LONG = "four times as fast as a year before"


def made(folder: Path, size: tuple[int, int], language: str = "en", **fields: Any) -> Drawn:
    """Draw a chart."""
    drawing = chart.SCENE.drawing(scene_samples.scene("chart", **fields))
    return drawn(folder, "chart", drawing, size=size, language=language)


def color_box(image: Image.Image, color: tuple[int, int, int], least: int = 1) -> tuple[int, int, int, int] | None:
    """Return the box around the solid pixels of a color, in rows that have at least so many."""
    solid = image.getchannel("A").point([0] * 250 + [255] * 6)
    same = ImageChops.difference(image.convert("RGB"), Image.new("RGB", image.size, color)).convert("L")
    found = ImageChops.multiply(solid, same.point([255] * 2 + [0] * 254))
    rows = [y for y in range(found.height) if found.crop((0, y, found.width, y + 1)).histogram()[255] >= least]
    if not rows:
        return None
    box = found.crop((0, rows[0], found.width, rows[-1] + 1)).getbbox()
    return box and (box[0], rows[0], box[2], rows[-1] + 1)


def plate(chart_made: Drawn) -> tuple[int, int, int, int]:
    """Return the place of the first plate in the frame."""
    box = color_box(chart_made.image("mark-0"), SURFACE, least=20)
    assert box is not None
    layer = chart_made["mark-0"]
    return layer.x + box[0], layer.y + box[1], layer.x + box[2], layer.y + box[3]


def ink_in(chart_made: Drawn, name: str, box: tuple[int, int, int, int]) -> int:
    """Return how many pixels a layer covers in a part of the frame."""
    layer = chart_made[name]
    part = (
        chart_made.image(name)
        .getchannel("A")
        .crop((box[0] - layer.x, box[1] - layer.y, box[2] - layer.x, box[3] - layer.y))
    )
    return sum(part.histogram()[128:])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("values", [[80, 9, 70], [9, 80, 9], [10, 50, 90]])
def test_a_plate_does_not_hide_its_own_line(tmp_path: Path, size: tuple[int, int], values: list[int]) -> None:
    """In a valley, on a peak and on a slope, the line that is spoken about is seen as a whole."""
    series = [{"name": "a", "values": values}, {"name": "b", "values": [40, 40, 40]}]
    marks = [{"series": 1, "label": 2, "text": "half"}]
    one = made(tmp_path, size, kind="line", labels=["x", "y", "z"], series=series, highlight=marks, reveal="series")
    assert ink_in(one, "part-0", plate(one)) == 0


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["bar", "stacked"])
def test_a_plate_hides_no_other_bar(tmp_path: Path, size: tuple[int, int], kind: str) -> None:
    """A plate that is wider than its bar is above the bars beside it."""
    series = [{"name": "a", "values": [80, 9, 70, 60, 90]}, {"name": "b", "values": [20, 50, 10, 20, 10]}]
    series = series if kind == "stacked" else series[:1]
    marks = [{"series": 1, "label": 2, "text": LONG}]
    one = made(tmp_path, size, kind=kind, labels=list("vwxyz"), series=series, highlight=marks, reveal="labels")
    hidden = {
        name: ink_in(one, name, plate(one)) for name in one.names() if name in {"part-0", "part-2", "part-3", "part-4"}
    }
    assert {name: count for name, count in hidden.items() if count} == {}


def test_a_number_on_a_plate_is_read_from_left_to_right(tmp_path: Path) -> None:
    """A value and its unit have the same order on a plate in every language, as on the axis."""
    plates = []
    for language in ("en", "ar"):
        marks = [{"series": 1, "label": 2}]
        series = [{"name": "a", "values": [1, 5, 3]}, {"name": "b", "values": [2, 2, 2]}]
        one = made(tmp_path / language, (640, 360), language, kind="line", unit="ms", series=series, highlight=marks)
        left, top, right, bottom = plate(one)
        layer = one["mark-0"]
        inside = (left - layer.x + 8, top - layer.y + 4, right - layer.x - 8, bottom - layer.y - 4)
        plates.append(one.image("mark-0").crop(inside).convert("RGB"))
    assert plates[0].size == plates[1].size
    # Equal but for the edges of letters, which are at other parts of pixels.
    assert ImageChops.difference(*plates).convert("L").point([0] * 160 + [255] * 96).getbbox() is None


@pytest.mark.parametrize("kind", ["bar", "line", "area"])
@pytest.mark.parametrize("size", SIZES)
def test_labels_are_apart_and_inside_of_the_margins(tmp_path: Path, kind: str, size: tuple[int, int]) -> None:
    """Labels of one letter after the other never run into each other, at the ends of lines either."""
    labels = ["Arbeiterunfallversicherung", "Genehmigung", "Verkehrswegeplanung", "Rindfleischetikettierung"]
    one = made(tmp_path, size, kind=kind, labels=labels, values=[1, 5, 3, 4], language="de")
    axes = one["axes"]
    alpha = one.image("axes").getchannel("A").point([0] * 64 + [255] * 192)
    rows = [y for y in range(alpha.height) if alpha.crop((0, y, alpha.width, y + 1)).histogram()[255] > size[0] * 0.6]
    below = alpha.crop((0, rows[-1] + 3, axes.width, axes.height))  # the axis is the lowest long line
    columns = [below.crop((x, 0, x + 1, below.height)).getbbox() is not None for x in range(below.width)]
    used = [axes.x + x for x, is_used in enumerate(columns) if is_used]
    assert used[0] >= size[0] / 15 - 2
    assert used[-1] <= size[0] - size[0] / 15 + 2
    gaps = [after - before for before, after in pairwise(used) if after - before > 4]  # more than between letters
    assert len(gaps) in {1, 2, 3}  # all four labels, or every second one
    assert [(each.message, each.hint) for each in one.warnings] == (
        []
        if len(gaps) == 3 or kind != "bar"
        else [("labels are too long to fit: 2 of 4 are shown", "set 'horizontal: true'")]
    )


def test_bars_without_their_names_are_reported(tmp_path: Path) -> None:
    """A bar chart that has no room for all names says so; numbers and dates can be counted."""
    values = list(range(1, 13))
    named = made(tmp_path / "a", (360, 640), labels=[f"Department {n}" for n in values], values=values)
    assert [each.message for each in named.warnings] == ["labels are too long to fit: 3 of 12 are shown"]
    assert named.warnings[0].hint == "set 'horizontal: true'"
    numbered = made(tmp_path / "b", (360, 640), labels=[1000000 + n for n in values], values=values)
    assert numbered.warnings == []


def test_numbers_that_would_be_too_small_are_at_an_axis_instead(tmp_path: Path) -> None:
    """Values are written at their bars while they are readable there."""
    values = list(range(1, 13))
    near = made(tmp_path / "a", (360, 640), values=values, reveal="series")
    assert color_box(near.image("part-0"), TEXT) is not None
    units = made(tmp_path / "b", (360, 640), values=values, unit="requests/s", reveal="series")
    assert color_box(units.image("part-0"), TEXT) is None
    assert units["axes"].width > units["part-0"].width + 20  # the numbers of an axis beside the bars


def test_a_name_of_a_series_has_all_of_its_line(tmp_path: Path) -> None:
    """A name in the legend is cut only if it is wider than the frame's content."""
    name = "Rechtsschutzversicherungsgesellschaften"
    series = [{"name": name, "values": [1, 2]}, {"name": "b", "values": [2, 1]}]
    assert made(tmp_path, (360, 640), kind="line", labels=["x", "y"], series=series).warnings == []


@pytest.mark.parametrize(("unit", "lines"), [("", 6), ("requests per second", 3)])
def test_numbers_of_an_axis_are_apart(tmp_path: Path, unit: str, lines: int) -> None:
    """If numbers with their unit are wider than the distance of ticks, only some of these are drawn."""
    series = [{"name": "a", "values": [100, 20]}, {"name": "b", "values": [30, 60]}]
    one = made(tmp_path, (360, 640), kind="bar", horizontal=True, labels=["x", "y"], series=series, unit=unit)
    alpha = one.image("axes").getchannel("A").point([0] * 16 + [255] * 240)
    columns = [alpha.crop((x, 0, x + 1, alpha.height)).histogram()[255] for x in range(alpha.width)]
    long = [x for x, count in enumerate(columns) if count > alpha.height * 0.6]
    assert len([x for x in long if x - 1 not in long]) == lines
