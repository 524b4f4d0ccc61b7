"""The chart scene: its data, its reveals and highlights, and what is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import scene_samples
from tests.support.drawing import drawn
from vidbuild.model import Scene
from vidbuild.scenes import chart
from vidbuild.scenes.protocol import SceneProblem
from vidbuild.spec.load import LoadResult, try_parse

TWO = [{"name": "Linux", "values": [1, 2, 4]}, {"name": "macOS", "values": [3, None, -2]}]


def scene(**fields: Any) -> Scene:
    """A chart scene with the given fields."""
    return scene_samples.scene("chart", **fields)


def problems(**fields: Any) -> list[SceneProblem]:
    """The errors of a scene."""
    return list(chart.SCENE.check(scene(**fields).fields))


def load(folder: Path, csv: str, **fields: Any) -> LoadResult:
    """A spec with one chart of a CSV file."""
    (folder / "x.csv").write_text(csv, encoding="utf-8")
    item = {"id": "s", "type": "chart", "duration": 3, "file": "x.csv", **fields}
    return try_parse({"vidbuild": 1, "title": "A", "scenes": [item]}, folder / "v.yaml")


def test_bars_reach_from_zero_to_their_values() -> None:
    """Each bar reaches from zero to its value, negative ones below; a missing value has none."""
    drawing = chart.SCENE.drawing(scene(labels=["a", "b", "c"], series=TWO))
    assert drawing["zero"] == pytest.approx(1 / 3)
    assert drawing["points"][0][2] == {"low": drawing["zero"], "high": 1.0, "value": "4"}
    assert drawing["points"][1][1] is None
    assert drawing["points"][1][2]["high"] == 0


def test_stacks_begin_at_the_end_of_the_bar_below() -> None:
    """Stacked bars begin where the one below ends; negative values are stacked below zero."""
    drawing = chart.SCENE.drawing(scene(kind="stacked", series=TWO))
    first, second = drawing["points"]
    assert second[0]["low"] == first[0]["high"]
    assert second[2]["low"] == drawing["zero"] > second[2]["high"]


def test_numbers_have_units_and_equal_decimals() -> None:
    """Values have the decimals that the most precise one needs, a prefix and a unit."""
    drawing = chart.SCENE.drawing(scene(values=[1, 2.5, -3], prefix="$", unit="k"))
    assert [point["value"] for point in drawing["points"][0]] == ["$1.0\u00a0k", "$2.5\u00a0k", "\u2212$3.0\u00a0k"]
    percent = chart.SCENE.drawing(scene(values=[20000, 30000], unit="%"))
    assert [tick["text"] for tick in percent["ticks"]] == ["0%", "10k%", "20k%", "30k%"]


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([0.000001, 0.0000025], ["0.0000010", "0.0000025"]),
        ([1500.5, 0.25, 0.001, 0], ["1,500", "0.2", "0.001", "0"]),
        ([12.55, 0.04, -0.03], ["12.55", "0.04", "\u22120.03"]),
        ([12.5678, 0.04, -0.03], ["12.6", "0.04", "\u22120.03"]),
        ([1e-12, 2e-12], ["0.000000000001", "0.000000000002"]),
        ([0.1234567, 0.25], ["0.12", "0.25"]),
    ],
)
def test_no_value_but_zero_is_written_as_zero(values: list[float], written: list[str]) -> None:
    """Beside large values, and in a chart of small ones, each has a digit that is not zero."""
    drawing = chart.SCENE.drawing(scene(values=values))
    assert [point["value"] for point in drawing["points"][0]] == written


def test_shares_of_almost_nothing_and_of_almost_all() -> None:
    """A part is neither 0% nor 100%, and the whole is 100%."""

    def shares(*values: float | None) -> list[tuple[str, float, str]]:
        drawing = chart.SCENE.drawing(scene(kind="donut", labels=["a", "b", "c"][: len(values)], values=list(values)))
        return [(item["name"], item["share"], item["percent"]) for item in drawing["slices"]]

    assert shares(60, None, 40) == [("a", 0.6, "60%"), ("c", 0.4, "40%")]
    assert shares(5) == [("a", 1, "100%")]
    assert shares(99999, 1)[0][2] == "99.999%"
    assert shares(99999, 1)[1][2] == "0.001%"


def test_slices_have_their_shares() -> None:
    """The slices of a pie have their shares of the whole; a value of zero has no slice."""
    drawing = chart.SCENE.drawing(scene(kind="pie", labels=["a", "b", "c"], values=[3, 0, 1]))
    assert [(item["name"], item["share"], item["percent"]) for item in drawing["slices"]] == [
        ("a", 0.75, "75%"),
        ("c", 0.25, "25%"),
    ]


def test_lines_over_dates_have_an_axis_of_time() -> None:
    """A date stands at its place in time, however many labels are before it."""
    drawing = chart.SCENE.drawing(scene(kind="line", labels=["2024-01", "2024-02", "2025-01"], values=[1, 2, 3]))
    assert drawing["at"] == pytest.approx([0, 31 / 366, 1], abs=1e-5)


def test_a_file_of_german_numbers(tmp_path: Path) -> None:
    """A CSV file with semicolons and decimal commas is read, and drawn with them; an empty cell is a gap."""
    result = load(tmp_path, "Monat;A;B\nJan;1,5;\nFeb;1.250,75;3\n")
    assert result.spec is not None
    drawing = chart.SCENE.drawing(result.spec.scenes[0])
    assert drawing["file_series"] == ["A", "B"]
    assert drawing["points"][0][1]["value"] == "1.250,75"
    assert drawing["points"][1][0] is None


def test_a_cell_that_is_no_number_is_at_its_place(tmp_path: Path) -> None:
    """A cell that is no number is an error at its line and column in the CSV file."""
    [item] = load(tmp_path, "Month,A\nJan,1\nFeb,many\n").diagnostics
    assert (Path(item.path).name, item.line, item.column) == ("x.csv", 3, 5)
    assert item.message == "'many' is no number"


def test_series_appear_in_order_and_step_back() -> None:
    """Each series appears when its name is spoken, in its weaker look too, and stays in that with the next one."""
    reveals = chart.SCENE.reveals(scene(series=TWO, reveal="series"))
    assert [(item.words, dict(item.enter), item.until_next) for item in reveals] == [
        ("Linux", {"part-0": "wipe", "part-0-past": "under"}, ("part-0",)),
        ("macOS", {"part-1": "wipe", "part-1-past": "under"}, ("part-1",)),
    ]


def test_a_value_that_is_called_out_lets_all_others_step_back() -> None:
    """The first highlight takes the place of all prominent looks; the next ones replace each other."""
    made = scene(labels=["a", "b", "c"], series=TWO, highlight=[{"series": 1, "label": "b"}, {"series": 1, "label": 3}])
    first, second = chart.SCENE.reveals(made)
    assert first.leave == ("part-0", "part-1")
    assert dict(first.enter) == {"part-0-past": "cut", "part-1-past": "cut", "mark-0": "fade"}
    assert (second.leave, dict(second.enter), first.until_next) == ((), {"mark-1": "fade"}, ("mark-0",))


def test_bars_appear_by_label() -> None:
    """With `reveal: labels`, or a list of labels, the bars of one label are a layer."""
    reveals = chart.SCENE.reveals(scene(labels=["a", "b", "c"], series=TWO, reveal=[{"label": "c", "at": 1}]))
    assert [(item.at, dict(item.enter)) for item in reveals] == [(1, {"part-2": "wipe", "part-2-past": "under"})]


def test_names_that_differ_in_case_are_two() -> None:
    """A name is the one that is written exactly so, if there is one; otherwise its case does not matter."""
    reveals = chart.SCENE.reveals(scene(labels=["mb", "MB"], values=[1, 2], reveal=[{"label": "MB"}]))
    assert [item.words for item in reveals] == ["MB"]
    reveals = chart.SCENE.reveals(scene(labels=["kb", "MB"], values=[1, 2], reveal=[{"label": "mb"}]))
    assert [item.words for item in reveals] == ["MB"]


def test_slices_appear_by_the_number_of_their_label() -> None:
    """A label without a slice, as its value is zero, still counts in the numbers of labels."""
    fields: dict[str, Any] = {"kind": "pie", "labels": ["a", "b", "c"], "values": [1, 0, 3]}
    [reveal] = chart.SCENE.reveals(scene(**fields, reveal=[{"label": 3, "at": 1}]))
    assert (reveal.words, dict(reveal.enter)) == ("c", {"part-1": "fade", "part-1-past": "under"})
    every = chart.SCENE.reveals(scene(**fields, reveal="labels"))
    assert [(item.words, item.until_next) for item in every] == [("a", ("part-0",)), ("c", ("part-1",))]


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({}, "", "a chart scene needs 'series', 'values' or 'file'"),
        ({"values": [1], "labels": ["a", "b"]}, "values", "1 values: expected 2, as 'labels'"),
        ({"values": [*range(61)]}, "values", "61 labels: a chart shows at most 60"),
        ({"values": [1], "axis": {"max": 0.5}}, "axis.max", "the axis ends at 0.5, below the highest value, 1"),
        ({"values": [*range(30)], "reveal": "labels"}, "reveal", "30 labels: at most 24 can appear one by one"),
        ({"kind": "pie", "values": [0, 0]}, "kind", "a pie of zeros has no slices"),
        ({"values": [1, 2], "reveal": [{"label": 2}, {"label": "2"}]}, "reveal.1.label", "label '2' appears twice"),
        (
            {"labels": ["A", "B", "A"], "values": [1, 2, 3], "highlight": [{"label": "A"}]},
            "highlight.0.label",
            "several labels are named 'A': 1 and 3",
        ),
        (
            {"series": TWO, "reveal": [{"series": 2}, {"series": "macOS"}]},
            "reveal.1.series",
            "series 'macOS' appears twice",
        ),
        ({"kind": "pie", "values": [1, 0], "reveal": [{"label": 2}]}, "reveal.0.label", "no value at '2'"),
        ({"kind": "pie", "values": [1], "reveal": "series"}, "reveal", "a pie appears by label, not by series"),
    ],
)
def test_errors(fields: dict[str, Any], field: str, message: str) -> None:
    """What a chart cannot show is an error at the field that has it."""
    assert [(item.field, item.message) for item in problems(**fields)] == [(field, message)]


def test_a_bar_of_twice_the_value_is_twice_as_high(tmp_path: Path) -> None:
    """Heights of bars, measured in the picture, are in proportion to their values."""
    drawing = chart.SCENE.drawing(
        scene(
            labels=["a", "b"],
            series=[{"name": "x", "values": [1, 2]}, {"name": "y", "values": [2, 1]}],
            reveal="labels",
        )
    )
    made = drawn(tmp_path / "out", "chart", drawing, size=(1280, 720))
    _, top_a, _, bottom = made.ink("part-0")
    _, top_b, _, bottom_b = made.ink("part-1")
    assert (top_a, bottom) == (top_b, bottom_b)  # each label has one bar of each height
    alpha = made.image("part-0").getchannel("A")
    columns = [alpha.crop((x, 0, x + 1, alpha.height)).getbbox() for x in (10, alpha.width - 10)]
    heights = [box[3] - box[1] for box in columns if box]
    assert heights[1] == pytest.approx(2 * heights[0], abs=3)


@pytest.mark.parametrize("kind", ["bar", "stacked", "line", "area", "donut"])
@pytest.mark.parametrize("size", [(640, 360), (360, 640), (360, 360)])
def test_nothing_leaves_the_frame(tmp_path: Path, kind: str, size: tuple[int, int]) -> None:
    """The most series, labels and longest names stay inside of the frame."""
    many = [{"name": f"Series number {n} " * 4, "values": [n, 2, n * 1e6]} for n in range(1 if kind == "donut" else 8)]
    labels = ["A long label with several words " * 3, "B", "Donaudampfschifffahrtsgesellschaftskapitän"]
    made = drawn(tmp_path / "o", "chart", chart.SCENE.drawing(scene(kind=kind, labels=labels, series=many)), size=size)
    for name in made.names():
        layer = made[name]
        assert layer.x >= 0
        assert layer.y >= 0
        assert layer.x + layer.width <= size[0]
        assert layer.y + layer.height <= size[1]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"kind": "line", "horizontal": True}, "'horizontal' has no effect on a line chart"),
        ({"kind": "pie", "axis": {"max": 9}}, "'axis' has no effect on a pie chart"),
        ({"columns": ["a"]}, "'columns' has no effect without a 'file'"),
        ({"horizontal": True, "axis": {"max": 9}}, None),
    ],
)
def test_fields_without_effect_are_warnings(fields: dict[str, Any], message: str | None) -> None:
    """A field that changes nothing for this kind of chart is a warning."""
    found = [item.message for item in chart.SCENE.lint(scene(values=[1, 2], **fields))]
    assert found == ([] if message is None else [message])


@pytest.mark.parametrize("kind", ["bar", "line"])
def test_days_of_several_years_have_their_years(kind: str) -> None:
    """Mar 1 and Mar 1 of the next year are two labels; within one year, the year says nothing."""
    drawing = chart.SCENE.drawing(scene(kind=kind, labels=["2025-03-01", "2026-03-01"], values=[1, 2]))
    assert [label["level"] for label in drawing["labels"]] == ["date", "date"]
    within = chart.SCENE.drawing(scene(kind=kind, labels=["2026-03-01", "2026-03-02"], values=[1, 2]))
    assert [label["level"] for label in within["labels"]] == ["day", "day"]
