"""Every bad spec in examples/errors has exactly the diagnostics of its golden text."""

from __future__ import annotations

import importlib.util
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.bounds import bounded
from tests.support.paths import ROOT

FOLDER = ROOT / "examples" / "errors"
SPECS = sorted(FOLDER.glob("*.yaml"))


def regenerate() -> ModuleType:
    """The script that writes the golden texts."""
    found = importlib.util.spec_from_file_location("regenerate", FOLDER / "regenerate.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.mark.parametrize("spec", SPECS, ids=[spec.stem for spec in SPECS])
def test_golden(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P42: path:line:col, source line, caret, what was expected and the nearest name, all problems at once."""
    monkeypatch.chdir(FOLDER)
    golden = spec.with_suffix(".txt").read_text(encoding="utf-8")
    with bounded():
        said = regenerate().said(spec)
    assert said == golden, "run: python examples/errors/regenerate.py"


def test_each_has_its_golden_text() -> None:
    """There are bad specs, and no golden text is left over from one that is gone."""
    assert len(SPECS) > 30
    assert {path.stem for path in FOLDER.glob("*.txt")} == {spec.stem for spec in SPECS}


@pytest.mark.parametrize("spec", [spec for spec in SPECS if spec.stem != "tab"], ids=lambda spec: spec.stem)
def test_every_caret_is_under_something(spec: Path) -> None:
    """P42: each problem has a line and a column, and its carets stand under text rather than under blanks."""
    lines = spec.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    for source, carets in pairwise(lines):
        if set(carets.strip()) == {"│", " ", "^"}:
            assert "│" in source
            at = carets.index("^")
            assert len(source) <= at or not source[at : carets.rindex("^") + 1].isspace()
