"""The table scene: what is read, shown, revealed and highlighted, and how it is laid out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import scene_samples
from tests.support.drawing import drawn, theme
from vidbuild.scenes import table
from vidbuild.scenes.protocol import SceneProblem
from vidbuild.spec.load import LoadResult, try_parse
from vidbuild.spec.theme import built_in

PLANS: list[list[Any]] = [["Free", 0], ["Team", 12.5], ["Business", 1249.95]]
COLUMNS = ["Plan", {"name": "Price", "decimals": 2}]


def scene(**fields: Any) -> Any:
    """A table scene with the given fields; `data` stands for the text of its file."""
    data = fields.pop("data", None)
    made = scene_samples.scene("table", **fields)
    return made if data is None else scene_samples.with_fields(made, data=data)


def problems(**fields: Any) -> list[SceneProblem]:
    """The errors of a scene."""
    return list(table.SCENE.check(scene(**fields).fields))


def load(folder: Path, csv: str, **fields: Any) -> LoadResult:
    """A spec with one table of a CSV file."""
    (folder / "x.csv").write_text(csv, encoding="utf-8")
    item = {"id": "s", "type": "table", "duration": 3, "file": "x.csv", **fields}
    return try_parse({"vidbuild": 1, "title": "A", "scenes": [item]}, folder / "v.yaml")


def test_numbers_are_split_at_their_decimal_marks() -> None:
    """A column of numbers is aligned at its decimal marks, after as many decimals as its column has."""
    drawing = table.SCENE.drawing(scene(rows=PLANS, columns=COLUMNS))
    assert [column["align"] for column in drawing["columns"]] == ["start", "decimal"]
    assert [row[1] for row in drawing["rows"]] == [["0", ".00"], ["12", ".50"], ["1,249", ".95"]]


def test_truths_and_gaps() -> None:
    """`true` is a check mark, `false` a dash, and nothing is empty; a column of these is centered."""
    drawing = table.SCENE.drawing(scene(rows=[["A", True], ["B", False], ["C", None]]))
    assert [row[1] for row in drawing["rows"]] == [["✓"], ["\u2013"], [""]]
    assert drawing["columns"][1]["align"] == "center"


def test_a_file_with_selected_columns_and_rows(tmp_path: Path) -> None:
    """`columns` picks and orders the columns of a file by name, `select` its rows; a BOM and `;` are no problem."""
    text = "\ufeffName;Price;Note\nA;1,5;x\nB;2,25;y\nC;3;z\n"
    result = load(tmp_path, text, columns=["price", {"name": "Name", "title": "Who"}], select="2-3")
    assert result.diagnostics == ()
    assert result.spec is not None
    drawing = table.SCENE.drawing(result.spec.scenes[0])
    assert [column["name"] for column in drawing["file_columns"]] == ["price", "Who"]
    assert drawing["file_rows"] == [[["2,25"], ["B"]], [["3"], ["C"]]]


def test_a_file_without_a_header(tmp_path: Path) -> None:
    """With `header: false` the first row of the file is a row."""
    result = load(tmp_path, "A,1\nB,2\n", header=False, columns=["Name", "Number"])
    assert result.spec is not None
    assert table.SCENE.drawing(result.spec.scenes[0])["file_rows"][0] == [["A"], ["1", ""]]


def test_problems_of_a_file_are_at_its_line_and_column(tmp_path: Path) -> None:
    """A ragged row is an error at its own line and column in the CSV file."""
    [item] = load(tmp_path, "a,b\n1,2\n3,4,5\n").diagnostics
    assert (Path(item.path).name, item.line, item.column) == ("x.csv", 3, 5)


def test_rows_are_revealed_with_their_first_cells() -> None:
    """Each row appears when its first cell is spoken; what `reveal` does not list is there from the start."""
    every = scene(rows=PLANS, reveal="rows")
    assert [(item.words, dict(item.enter)) for item in table.SCENE.reveals(every)][1] == ("Team", {"row-1": "fade"})
    assert set(table.SCENE.entrances(every)) == {"window", "header"}
    some = scene(rows=PLANS, reveal=[{"row": "Team", "at": 2}])
    assert [(item.at, dict(item.enter)) for item in table.SCENE.reveals(some)] == [(2, {"row-1": "fade"})]
    assert {"row-0", "row-2"} <= set(table.SCENE.entrances(some))


def test_columns_are_revealed_with_their_names() -> None:
    """Each column appears, with its header, when its name is spoken."""
    reveals = table.SCENE.reveals(scene(rows=PLANS, columns=COLUMNS, reveal="columns"))
    assert [(item.words, dict(item.enter)) for item in reveals] == [
        ("Plan", {"column-0": "fade"}),
        ("Price", {"column-1": "fade"}),
    ]


def test_highlights_replace_each_other() -> None:
    """A highlight of a row, a column or a cell is found by name or number, and stays until the next one."""
    highlight = [{"row": "team"}, {"column": "price"}, {"row": "Team", "column": 2}]
    made = scene(rows=PLANS, columns=COLUMNS, highlight=highlight)
    assert table.SCENE.drawing(made)["marks"] == [
        {"row": 1, "column": None},
        {"row": None, "column": 1},
        {"row": 1, "column": 1},
    ]
    reveals = table.SCENE.reveals(made)
    assert [item.words for item in reveals] == ["Team", "Price", "Team Price"]
    assert [item.until_next for item in reveals] == [("mark-0",), ("mark-1",), ("mark-2",)]


def test_hidden_cells_are_not_drawn() -> None:
    """A cell that a callout blurs has dots in place of its text, of whatever length."""
    made = scene(rows=PLANS, columns=COLUMNS)
    fields = table.SCENE.redacted(made.fields, [{"row": 2, "column": 2}, {"row": 3}])
    rows = table.SCENE.drawing(scene_samples.with_fields(made, **fields))["rows"]
    dots = ["\u2022" * 6]
    assert rows == [[["Free"], ["0", ".00"]], [["Team"], dots], [dots, dots]]
    assert table.SCENE.extent(made.fields) == (2, 3)


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({}, "", "a table scene needs 'rows' or 'file'"),
        ({"rows": [[1], [1, 2]]}, "rows.1", "the row has 2 cells: expected 1, as in the first row"),
        ({"rows": [[n] for n in range(41)]}, "rows", "41 rows: a table shows at most 40"),
        ({"rows": PLANS, "select": 4}, "select", "row 4 is not in the table, which has rows 1 to 3"),
        ({"rows": PLANS, "reveal": [{"row": 4}]}, "reveal.0.row", "no row 4 in the table, which shows rows 1 to 3"),
        ({"rows": PLANS, "reveal": [{"row": 1}, {"row": "free"}]}, "reveal.1.row", "row 'free' appears twice"),
        (
            {"rows": [*PLANS, ["free", 1], ["FREE", 2]], "highlight": [{"row": "fREE", "column": 2}]},
            "highlight.0.row",
            "several rows are named 'fREE': 1, 4 and 5",
        ),
        ({"rows": PLANS, "reveal": [{"column": n} for n in (1, 2, 1)]}, "reveal.2.column", "column '1' appears twice"),
        (
            {"rows": PLANS, "highlight": [{"row": "X"}]},
            "highlight.0.row",
            "no row whose first cell is 'X': expected one of Free, Team, Business",
        ),
        (
            {"rows": PLANS, "columns": COLUMNS, "highlight": [{"row": 1, "column": "X"}]},
            "highlight.0.column",
            "no column 'X' in the table: expected one of Plan, Price",
        ),
    ],
)
def test_errors(fields: dict[str, Any], field: str, message: str) -> None:
    """What the table does not have is an error at the field that names it."""
    assert [(item.field, item.message) for item in problems(**fields)] == [(field, message)]


def test_a_number_that_is_a_name_is_the_name() -> None:
    """A row whose first cell is the number is meant, and not the one in that place."""
    rows = [[2026, 5], [3, 6], [2024, 7]]
    made = scene(rows=rows, highlight=[{"row": 2024}, {"row": 3}, {"row": 2}])
    assert [mark["row"] for mark in table.SCENE.drawing(made)["marks"]] == [2, 1, 1]


def test_forty_rows_can_be_selected_from_more() -> None:
    """`select` makes a table of too many rows valid."""
    assert problems(rows=[[n] for n in range(900)], select="31-70") == []


def test_decimal_marks_are_under_each_other(tmp_path: Path) -> None:
    """Numbers of other lengths end at one place if they have as many decimals."""
    fields = table.SCENE.drawing(scene(rows=[["A", "1.25"], ["B", "1,000.25"]], reveal="rows"))
    made = drawn(tmp_path / "out", "table", fields, size=(1280, 720))
    ends = []
    for name in ("row-0", "row-1"):
        image = made.image(name).getchannel("A")
        box = image.crop((0, image.height // 4, image.width, image.height)).getbbox()  # without the line between rows
        assert box is not None
        ends.append(box[2])
    assert abs(ends[0] - ends[1]) <= 1


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (360, 360)])
def test_too_many_rows_and_columns_are_cut_with_warnings(tmp_path: Path, size: tuple[int, int]) -> None:
    """A table that does not fit at the smallest type loses its last rows or columns, and nothing leaves the frame."""
    rows = [[f"{row}.{column} with incomprehensibly verbose words" for column in range(16)] for row in range(40)]
    made = drawn(tmp_path / "out", "table", table.SCENE.drawing(scene(rows=rows, reveal="rows")), size=size)
    assert any("columns" in item.message and "cut" in item.message for item in made.warnings)
    assert any("rows" in item.message and "cut" in item.message for item in made.warnings)
    for name in made.names():
        layer = made[name]
        assert layer.x + layer.width <= size[0]
        assert layer.y + layer.height <= size[1]


@pytest.mark.parametrize("name", sorted(built_in()))
def test_all_cells_have_one_size_in_every_theme(tmp_path: Path, name: str) -> None:
    """A number is as high as the same figures in a column of texts, whatever the theme's scale of type."""
    fields = table.SCENE.drawing(scene(rows=[["111", "111"]], columns=["a", "b"], reveal="columns"))
    made = drawn(tmp_path / "out", "table", fields, size=(1280, 720), theme_values=theme(name))
    heights = []
    for layer in ("column-0", "column-1"):
        alpha = made.image(layer).getchannel("A")
        box = alpha.crop((0, alpha.height // 2, alpha.width, alpha.height)).point([0] * 128 + [255] * 128).getbbox()
        assert box is not None
        heights.append(box[3] - box[1])
    assert abs(heights[0] - heights[1]) <= 1


@pytest.mark.parametrize("size", [(720, 1280), (1280, 720)])
def test_short_cells_are_not_divided_for_larger_type(size: tuple[int, int], tmp_path: Path) -> None:
    """Cells such as "1 month" have one line if readable type allows it, so that all rows are equally high."""
    rows = [["Free", 3, "1 day", 0], ["Team", 20, "1 month", 0.001], ["Business", 1000, "1 year", 0.0125]]
    fields = {"columns": ["Plan", "Services", "History", "Price per minute"], "rows": rows, "reveal": "rows"}
    made = drawn(tmp_path, "table", scene_samples.drawing("table", **fields), size=size, theme_values=theme("phosphor"))
    heights = [made[f"row-{index}"].height for index in range(3)]
    assert max(heights) - min(heights) <= 1


WORD, ADDRESS = "Rechtsschutzversicherungsgesellschaften", "https://www.example.org/a/very/long/address/to/break"


@pytest.mark.parametrize(
    "rows",
    [
        [[WORD, "short", WORD], ["a", f"{WORD} {WORD} {WORD}", "b"], [WORD, ADDRESS, WORD]],
        [[ADDRESS] * 4, ["a"] * 4, [ADDRESS, "x", ADDRESS + ADDRESS, "y"]],
        [[WORD] * 6, ["a"] * 6, [ADDRESS] * 6],
        [["ភាសាខ្មែរ " * 6] * 3, ["a"] * 3, ["ភាសាខ្មែរ " * 3] * 3],
    ],
    ids=["words", "addresses", "columns", "stacked"],
)
def test_no_cell_reaches_the_edge_of_its_row(rows: list[list[Any]], tmp_path: Path) -> None:
    """Divided words and high scripts have the lines that their row was measured with, with space above and below."""
    made = drawn(tmp_path, "table", scene_samples.drawing("table", rows=rows, reveal="rows"), language="de")
    assert not made.warnings
    for index in range(3):
        name = f"row-{index}"
        image = made.image(name).getchannel("A").point([0] * 32 + [255] * 224)
        rule = 3 if index else 0  # the line above it
        box = image.crop((0, rule, image.width, image.height)).getbbox()
        assert box is not None
        assert min(box[1], made[name].height - rule - box[3]) >= 5


def test_long_cells_take_the_room_that_there_is(tmp_path: Path) -> None:
    """Cells that do not fit in large type are whole in small type; only what the frame has no room for is cut."""
    for words, cut in ((110, 0), (320, 0), (1600, 1)):
        rows = [["Free", "some words of a cell that is long " * (words // 8)], ["Team", "short"]]
        made = drawn(tmp_path / str(words), "table", scene_samples.drawing("table", rows=rows), size=(960, 540))
        assert [warning.field for warning in made.warnings] == ["rows.0.1"] * cut
        assert made["window"].height > 540 * (0.68 if cut else 0.45)


def test_a_few_chinese_or_japanese_characters_stay_in_a_line(tmp_path: Path) -> None:
    """A name of a few characters stays whole, whatever room its neighbor needs: its row has one line."""
    made = [
        drawn(
            tmp_path / name,
            "table",
            scene_samples.drawing("table", rows=[[name, text], ["a", "b"]], reveal="rows"),
            size=(360, 640),
            language="ja",
        )
        for name, text in (("ビジネス", "すべてのサービスを見守るライトハウスと、最初のチェックから" * 2), ("a", "b"))
    ]
    ink = [each.image("row-0").crop((0, 0, 110, each["row-0"].height)).getchannel("A").getbbox() for each in made]
    assert ink[0] is not None
    assert ink[1] is not None
    assert ink[0][3] - ink[0][1] < 1.3 * made[0]["row-1"].height
