"""What is read from data: CSV, JSON records, patches and diagrams."""

from __future__ import annotations

import json
import random
import statistics
import time
from pathlib import Path
from typing import Any, TypeVar

import pytest

from vidbuild.create import registry
from vidbuild.create.source import patches
from vidbuild.create.source.outline import Change, Chart, Diagram, Outline, Prose, Table
from vidbuild.create.source.protocol import SourceError
from vidbuild.errors import UsageError

T = TypeVar("T")


def read(path: Path, text: str | bytes) -> Outline:
    """The outline of a text that is saved so, through the registry."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    importer, source = registry.resolve(str(path))
    assert importer.name == "data"
    return importer.read(source)


def blocks(outline: Outline, kind: type[T]) -> list[T]:
    """All blocks of one type."""
    return [block for section in outline.sections for block in section.blocks if isinstance(block, kind)]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_delimiters_are_found(tmp_path: Path, sign: str) -> None:
    """The delimiter is the one that divides the rows evenly; in quotes it is text."""
    text = f'name{sign}size\nfirst{sign}1\n"a{sign}b"{sign}2\n'
    (table,) = blocks(read(tmp_path / "a.csv", text), Table)
    assert table == Table(("name", "size"), (("first", "1"), (" ".join(f"a{sign}b".split()), "2")))


def test_a_table_without_a_header(tmp_path: Path) -> None:
    """A first row of numbers above numbers has no names."""
    (table,) = blocks(read(tmp_path / "a.csv", "1,2\n3,4\n5,7\n"), Table)
    assert table.columns == ("column 1", "column 2")
    assert len(table.rows) == 3


def test_numbers_over_time_are_a_line_of_means(tmp_path: Path) -> None:
    """Many days are charted by month; the means are those of the rows, and the highest value is the data's own."""
    chance = random.Random(3)
    days = [f"{year}-{month:02}-{day:02}" for year in (2024, 2025) for month in range(1, 13) for day in range(1, 29)]
    values = [round(chance.uniform(-3, 30), 1) for _ in days]
    text = "day,heat\n" + "".join(f"{day},{value}\n" for day, value in zip(days, values, strict=True))
    outline = read(tmp_path / "a.csv", text)
    (chart,) = blocks(outline, Chart)
    assert chart.kind == "line"
    assert chart.labels[0] == "2024-01"
    assert len(chart.labels) == 24
    assert chart.series[0][1][0] == pytest.approx(statistics.fmean(values[:28]), abs=0.006)
    top = max(values)
    assert Prose(f"The highest heat is {top}, on {days[values.index(top)]}.") in outline.sections[-1].blocks


def test_groups_that_differ_are_compared(tmp_path: Path) -> None:
    """A number is charted by the category that explains most of it, and not by one that explains nothing."""
    rows: list[dict[str, Any]] = [
        {"kind": "ab"[n % 2], "coin": "xy"[n // 2 % 2], "length (mm)": 10 + 5 * (n % 2) + n % 3, "id": n}
        for n in range(60)
    ]
    rows[4]["length (mm)"] = None
    outline = read(tmp_path / "a.json", json.dumps(rows))
    means = blocks(outline, Chart)[0]
    assert means.labels == ("a", "b")
    known = [
        [row["length (mm)"] for row in rows if row["kind"] == kind and row["length (mm)"] is not None] for kind in "ab"
    ]
    assert means.series == (("length (mm)", tuple(round(statistics.fmean(each), 1) for each in known)),)
    assert not any("coin" in each.heading and "Mean" in each.heading for each in outline.sections)
    assert not any("id" in name for chart in blocks(outline, Chart) for name, _ in chart.series)


def test_decimal_commas(tmp_path: Path) -> None:
    """In files with semicolons, the comma is the decimal mark."""
    outline = read(tmp_path / "a.csv", "land;wert\nA;1,234\nB;2,5\nC;1.000,5\n")
    (chart,) = blocks(outline, Chart)
    assert chart.series == (("wert", (1.234, 2.5, 1000.5)),)


def test_nulls_and_nested_fields(tmp_path: Path) -> None:
    """Nothing is an empty cell, fields of objects are columns, and lists are left out and reported."""
    records = {"items": [{"a": None, "b": {"c": 1}, "d": [1]}, {"a": "x", "b": {"c": 2}}]}
    outline = read(tmp_path / "a.json", json.dumps(records))
    assert blocks(outline, Table) == [Table(("a", "b.c"), (("", "1"), ("x", "2")))]
    assert [each.what for each in outline.omissions] == ["the field 'd', which has lists"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "a,b\n1,2\n1\n", r"a\.csv:3:1: expected 2 cells, as in the first row, got 1"),
        ("a.csv", "", r"a\.csv:1:1: the file has no rows"),
        ("a.csv", 'a,b\n1,"2\n3,4\n5,6\n', r"a\.csv:2:1: no valid CSV: a quotation mark is never closed"),
        ("a.csv", 'sep=,\na,b\n1,"2" x\n', r"a\.csv:3:1: no valid CSV: text follows a closing quotation mark"),
        ("a.csv", 'a,b\n"1\n2",3\n"4\n5"\n', r"a\.csv:4:1: expected 2 cells, as in the first row, got 1"),
        ("a.csv", "a,b\n", r"a\.csv:1:1: the file has a header and no rows below it"),
        ("a.csv", b"a\n\xff\n", r"a\.csv:2:1: byte 0xff is not UTF-8"),
        ("a.json", '{"a": 1,}', r"a\.json:1:9: no valid JSON: "),
        ("a.json", "[" * 100_000, r"a\.json:1:1: values are nested too deeply"),
        ("a.jsonl", '{"a": 1}\n{', r"a\.jsonl:2:2: no valid JSON: "),
        ("a.patch", "no patch", r"a\.patch:1:1: no change of a file: expected a unified patch"),
        ("a.mmd", " \n", r"a\.mmd:1:1: the file is empty"),
    ],
)
def test_data_that_cannot_be_read(tmp_path: Path, name: str, text: str | bytes, message: str) -> None:
    """What is wrong is reported with its line."""
    with pytest.raises(SourceError, match=message):
        read(tmp_path / name, text)


def test_other_json_is_refused(tmp_path: Path) -> None:
    """JSON without records is of no kind, unless its kind is given; then it says what was expected."""
    path = tmp_path / "a.json"
    path.write_text('{"a": 1}', encoding="utf-8")
    with pytest.raises(UsageError, match=r"a\.json' is no source that vidbuild reads"):
        registry.resolve(str(path))
    importer, source = registry.resolve(f"data:{path}")
    with pytest.raises(SourceError, match="the file has no records: expected a list of objects"):
        importer.read(source)


def test_a_large_table_is_read_in_seconds(tmp_path: Path) -> None:
    """A hundred thousand rows take a few seconds."""
    start = time.monotonic()
    outline = read(
        tmp_path / "a.csv",
        "day,x,kind\n" + "".join(f"20{n % 90 + 10}-01-01,{n},{'ab'[n % 2]}\n" for n in range(100_000)),
    )
    assert time.monotonic() - start < 20
    assert outline.sections[0].blocks == (Prose("The data has 100000 rows and 3 columns: day, x and kind."),)


PATCH = """\
From 37942702c3198d387f6d98abf63235bcbfaf6a87 Mon Sep 17 00:00:00 2001
From: A Writer <a@example.com>
Date: Thu, 26 Mar 2026 15:15:21 +0800
Subject: [PATCH 1/2] =?UTF-8?q?fix=20the=20caf=C3=A9?=

The menu was wrong.

Signed-off-by: A Writer <a@example.com>
---
 menu.md | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/menu.md b/menu.md
index d8f621a9..1b07cbd3 100644
--- a/menu.md
+++ b/menu.md
@@ -1,3 +1,3 @@
 # Menu

-tee
+tea
diff --git a/new.py b/new.py
new file mode 100644
--- /dev/null
+++ b/new.py
@@ -0,0 +1 @@
+x = 1
--
2.39.5
"""


def test_a_patch_as_git_mails_it(tmp_path: Path) -> None:
    """The subject is the title, the message is prose without signatures, and each file has a section."""
    outline = read(tmp_path / "0001.patch", PATCH)
    assert outline.title == "fix the café"
    assert outline.sections[0].blocks == (Prose("The menu was wrong."),)
    assert [(each.heading, each.line) for each in outline.sections[1:]] == [("menu.md", 15), ("new.py", 24)]
    changes = blocks(outline, Change)
    assert changes[0].patch == "--- a/menu.md\n+++ b/menu.md\n@@ -1,3 +1,3 @@\n # Menu\n\n-tee\n+tea\n"
    assert outline.sections[2].blocks[0] == Prose("`new.py`: 1 line added.")


def test_a_long_patch_is_cut_to_a_patch() -> None:
    """The first lines that change stay, and the numbers of the hunk are those of the lines that stay."""
    body = " a\n" * 10 + "".join(f"-old {n}\n+new {n}\n" for n in range(20))
    kept, left = patches.cut(f"--- a/x\n+++ b/x\n@@ -5,30 +5,30 @@ def x():\n{body}", 6)
    assert kept.split("\n")[2:] == [
        "@@ -15,3 +15,3 @@ def x():",
        "-old 0",
        "+new 0",
        "-old 1",
        "+new 1",
        "-old 2",
        "+new 2",
        "",
    ]
    assert left == 44


def test_diagrams_as_files(tmp_path: Path) -> None:
    """A diagram is titled by its front matter, or by its file."""
    outline = read(tmp_path / "a.mmd", "---\ntitle: Orders\n---\nflowchart LR\n  a --> b\n")
    assert (outline.title, blocks(outline, Diagram)) == ("Orders", [Diagram("flowchart LR\n  a --> b", "mermaid")])
    assert blocks(read(tmp_path / "b-c.gv", "digraph { a -> b }"), Diagram) == [Diagram("digraph { a -> b }", "dot")]
