"""Tests of one module run in one process if they share fixtures, all others where there is time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

TESTS = """
import os
import time
import pytest

@pytest.fixture(scope="{scope}")
def built():
    with open("built-{name}", "a") as file:
        print(os.environ["PYTEST_XDIST_WORKER"], file=file)

@pytest.mark.parametrize("number", range(8))
def test_case(built, number):
    with open("ran-{name}", "a") as file:
        print(os.environ["PYTEST_XDIST_WORKER"], file=file)
    time.sleep(0.05)
"""


@pytest.fixture
def ran(tmp_path: Path) -> Path:
    """A folder in which two modules of tests ran in three processes, and noted in which."""
    for name, scope in (("shared", "module"), ("single", "function")):
        (tmp_path / f"test_{name}.py").write_text(TESTS.format(name=name, scope=scope), encoding="utf-8")
    args = ["-m", "pytest", "-q", "-n", "3", "-p", "tests.support.parallel", "-p", "no:cacheprovider"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), os.environ["PYTHONPATH"]))}
    subprocess.run([sys.executable, *args], cwd=tmp_path, env=env, check=True, capture_output=True, timeout=120)
    return tmp_path


def test_a_module_with_fixtures_of_its_own_runs_in_one_process(ran: Path) -> None:
    """What a module builds for all its tests is built once; tests of other modules are dealt out one by one."""
    assert len((ran / "built-shared").read_text(encoding="utf-8").split()) == 1
    assert len(set((ran / "ran-shared").read_text(encoding="utf-8").split())) == 1
    assert len((ran / "ran-shared").read_text(encoding="utf-8").split()) == 8
    assert len(set((ran / "ran-single").read_text(encoding="utf-8").split())) > 1
