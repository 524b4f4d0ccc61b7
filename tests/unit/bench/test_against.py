"""The bench of two checkouts: each side builds its own projects with its own code, in turns."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import against, cases
from tests.bench.against import Comparison, Side
from tests.bench.cases import Case
from tests.bench.measure import BenchError
from tests.support.paths import ROOT

SMALL = Case(scenes=2, size="160x90", fps=24, seconds=6.0, reveals=2, types=("title",))


def test_a_case_that_is_not_there(tmp_path: Path) -> None:
    """The message lists those there are."""
    with pytest.raises(BenchError, match="there is no case 'warm': null, quickstart, "):
        list(against.rows(tmp_path, ROOT, ["warm"]))


def test_a_folder_that_is_no_checkout(tmp_path: Path) -> None:
    """Otherwise the installed vidbuild would be measured beside itself."""
    with pytest.raises(BenchError, match="is no checkout of vidbuild"):
        list(against.rows(tmp_path, tmp_path, []))


def test_each_side_runs_its_own_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the other one is a package that makes a file; both have the same specs, edited in the same way."""
    package = tmp_path / "other" / "vidbuild"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text("import pathlib; pathlib.Path('build').mkdir(exist_ok=True)\n")
    comparison = Comparison(0.5, 2, lambda side: side.made("small", SMALL), lambda side, turn: side.word("small", turn))
    monkeypatch.setattr(against, "COMPARISONS", {"small": comparison})
    (row,) = against.rows(tmp_path, tmp_path / "other", [])
    assert (row.case, row.aim, row.limit) == ("small", "at most 0.5 x of CPU time", 0.5)
    assert row.value > 2
    specs = {name: (tmp_path / name / "small" / cases.SPEC).read_text() for name in ("now", "before")}
    assert specs["now"] == specs["before"] != cases.spec(SMALL)
    assert (tmp_path / "now" / "small" / "build" / "video.mp4").is_file()
    assert not any((tmp_path / "before" / "small" / "build").iterdir())


def test_an_example_in_another_shape(tmp_path: Path) -> None:
    """The fields of `output` are replaced."""
    side = Side(ROOT, tmp_path)
    side.copied("large", against.QUICKSTART, size="2160p", fps="60")
    spec = tmp_path / "large" / cases.SPEC
    assert "output: {size: 2160p, fps: 60}\n" in spec.read_text()
    assert (tmp_path / "large" / "vidbuild.toml").is_file()
