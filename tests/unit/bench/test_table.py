"""The table of targets: its verdicts and its Markdown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench import project, table
from tests.bench.table import Row


@pytest.mark.parametrize(
    ("limit", "value", "verdict"),
    [
        (0.5, 0.5, "met"),
        (0.5, 0.75, "missed by 50%"),
        (1 / 40, 1 / 80, "met"),
        (1 / 40, 1 / 20, "missed by 100%"),
        (0, 0, "met"),
        (0, 3, "missed by 3"),
    ],
)
def test_a_verdict_has_the_difference(limit: float, value: float, verdict: str) -> None:
    """A target is met up to its limit, and missed by a share of it, or by a number if the target is zero."""
    assert Row("case", "aim", limit, value, "", "").verdict == verdict


def test_rows_are_a_table() -> None:
    """Every row has its figure and its floor beside its aim, in columns that are read without a renderer."""
    rows = [Row("cold", "at most 0.5 x", 0.5, 0.4, "0.40 x", "0.2 x"), Row("a", "b", 0, 1, "c", "d")]
    assert table.of_rows(rows).splitlines() == [
        "| case | aim           | measured | verdict     | physical floor |",
        "| ---- | ------------- | -------- | ----------- | -------------- |",
        "| cold | at most 0.5 x | 0.40 x   | met         | 0.2 x          |",
        "| a    | b             | c        | missed by 1 | d              |",
    ]


def test_seconds_are_added_up_by_kind(tmp_path: Path) -> None:
    """A build's time is added up by kind of step, languages together, the most expensive kind first."""
    steps = {"render:one": 2.0, "de/render:one": 1.0, "mux": 0.5, "render:two": 3.0}
    events = [{"type": "step_finished", "step": step, "seconds": seconds} for step, seconds in steps.items()]
    lines = [json.dumps(event) for event in ({"type": "run_started"}, *events)]
    (tmp_path / "events").write_text("\n".join(lines), encoding="utf-8")
    found = project.seconds(tmp_path / "events")
    assert sorted(found) == [("mux", 1, 0.5), ("render", 3, 6.0)]
    assert [line.split()[1] for line in table.of_kinds(found).splitlines()[2:]] == ["render", "mux"]
    assert table.of_kinds([]).count("\n") == 2
