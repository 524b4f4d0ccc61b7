"""The page on tables, charts and diagrams: its examples are scenes, and its limits those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from vidbuild.scenes import csv_text, diagram
from vidbuild.scenes.chart import checks as chart
from vidbuild.scenes.table import checks as table
from vidbuild.spec.load import try_parse

PAGE = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=["table", "chart", "diagram"])
def test_examples_are_scenes(example: str, tmp_path: Path) -> None:
    """Each example is a scene without errors and warnings."""
    scenes = "".join(f"  {line}\n" for line in example.splitlines())
    text = f"vidbuild: 1\ntitle: A\nvoice: espeak:en-us\nscenes:\n{scenes}"
    assert try_parse(text, tmp_path / "v.yaml").diagnostics == ()


@pytest.mark.parametrize(
    "limit",
    [
        f"At most {csv_text.MAX_ROWS:,} rows are read",
        f"at most {table.MAX_ROWS} rows and {table.MAX_COLUMNS} columns",
        f"at most {chart.MAX_SERIES} series, {chart.MAX_LABELS} labels and {chart.MAX_SLICES} slices",
        f"of labels, at most {chart.MAX_REVEALED} appear",
        f"at most {diagram.MAX_NODES} nodes and {diagram.MAX_EDGES} edges",
        f"{diagram.MAX_PARTICIPANTS} participants and {diagram.MAX_MESSAGES} messages",
        f"at most {diagram.MAX_PARTS} parts appear one by one",
    ],
)
def test_limits_are_those_of_the_code(limit: str) -> None:
    """Each limit on the page is the one that `vidbuild check` applies."""
    assert limit in " ".join(PAGE.split())
