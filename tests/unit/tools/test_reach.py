"""The tests that reach each line of the code, for the mutation campaign: recorded, and run by themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from tools import reach

CODE = """\
LIMIT = 3
def small(number):
    if number < LIMIT:
        return True
    return False
if __name__ == "__main__":
    small(9)
"""
TESTS = """\
import subprocess, sys, time
from vidbuild.code import small
def test_slow():
    time.sleep(0.2)
    assert small(2)
def test_quick():
    assert small(1)
def test_elsewhere():
    subprocess.run([sys.executable, "-m", "vidbuild.code"], check=True)
def test_nothing():
    pass
"""
SLOW, QUICK, ELSEWHERE, NOTHING = (
    f"tests/test_code.py::test_{name}" for name in ("slow", "quick", "elsewhere", "nothing")
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a module and its tests."""
    root = tmp_path / "project"
    for name, text in (("vidbuild/__init__.py", ""), ("vidbuild/code.py", CODE), ("tests/test_code.py", TESTS)):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def run(root: Path, *arguments: str) -> str:
    """Run Python in the project, which is in front of the checkout."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), str(ROOT)])}
    environment.pop("PYTEST_CURRENT_TEST")  # of this test
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True, text=True).stdout


def test_the_tests_of_a_line_run_first_and_the_quickest_of_them_before_the_others(project: Path) -> None:
    """A line has the tests that reach it, also in a process that they start; one outside functions has all."""
    folder = project.parent / "reach"
    run(project, *reach.command(folder, project), "-q", "tests/test_code.py")
    reached = reach.read(folder, project)
    assert reached.split("vidbuild/code.py", 4)[0] == [QUICK, SLOW]
    assert reached.split("vidbuild/code.py", 5)[0] == [ELSEWHERE]
    assert set(reached.split("vidbuild/code.py", 1)[0]) == {QUICK, SLOW, ELSEWHERE}
    first, others = reached.split("vidbuild/absent.py", 1)
    assert (first, set(others)) == ([], {QUICK, SLOW, ELSEWHERE, NOTHING})
    assert 0.2 < reached.time([SLOW]) < reached.time([SLOW, QUICK, ELSEWHERE])


def test_tests_run_first_only_as_long_as_they_are_short() -> None:
    """Of many tests that reach a line, the quickest run first; the others come before those that do not reach it."""
    seconds = {"a": 1.0, "long": reach.FIRST, "longer": reach.FIRST + 1, "other": 0.5}
    lines = {"code.py": {1: frozenset({"a", "long", "longer"}), 2: frozenset({"longer"})}}
    reached = reach.Reach(lines, seconds)
    assert reached.split("code.py", 1) == (["a"], ["long", "longer", "other"])
    assert reached.split("code.py", 2) == (["longer"], ["a", "long", "other"])


def test_only_the_listed_tests_run_in_their_order(project: Path) -> None:
    """Tests that are not in the list do not run."""
    only = project / "only.json"
    only.write_text(json.dumps([SLOW, QUICK]), encoding="utf-8")
    out = run(project, "-m", "pytest", "-v", "-p", "tools.reach", "--only", str(only), "tests/test_code.py")
    assert [line.split()[0] for line in out.splitlines() if "PASSED" in line] == [SLOW, QUICK]
    only.write_text(json.dumps([QUICK, SLOW]), encoding="utf-8")
    out = run(project, "-m", "pytest", "-v", "-p", "tools.reach", "--only", str(only), "tests/test_code.py")
    assert [line.split()[0] for line in out.splitlines() if "PASSED" in line] == [QUICK, SLOW]
