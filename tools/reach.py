"""Which tests reach each line of the code, for `tools.mutate`: recorded in one run of the tests with coverage.

This module is also the pytest plugin that records it (`--record`), and that runs only the listed tests (`--only`).
"""

from __future__ import annotations

import ast
import json
import os
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import coverage
import pytest

FIRST = 30.0  # seconds of tests that run first; all others run only if these pass
_CONFIG = """[run]
source_dirs = {root}/vidbuild
data_file = {folder}/data
parallel = true
sigterm = true
patch = subprocess
context = ${{PYTEST_CURRENT_TEST-none}}
disable_warnings = no-data-collected,module-not-imported,module-not-measured,couldnt-parse
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """The tests that reach each line of each module, the seconds that each took, and the libraries that they import.

    failed: the tests that fail without a mutant, which judge none.
    """

    lines: Mapping[str, Mapping[int, frozenset[str]]]
    seconds: Mapping[str, float]
    libraries: Sequence[str] = ()
    failed: Sequence[str] = ()

    def split(self, path: str, line: int) -> tuple[list[str], list[str]]:
        """Return the tests to run first for a line, those that reach it, and all others.

        A line outside functions counts as reached by all tests of the module.
        """
        module = self.lines.get(path, {})
        every = frozenset(test for tests in module.values() for test in tests)
        first: list[str] = []
        total = 0.0
        for test in sorted(module.get(line) or every, key=self._order):
            total += self.seconds.get(test, 0.0)
            if test in self.seconds and (not first or total <= FIRST):
                first.append(test)
        rest = set(self.seconds).difference(first)
        return first, [*sorted(rest & every, key=self._order), *sorted(rest - every, key=self._order)]

    def time(self, tests: Sequence[str]) -> float:
        """Return the seconds that tests took."""
        return sum(self.seconds[test] for test in tests)

    def _order(self, test: str) -> tuple[float, str]:
        return self.seconds.get(test, 0.0), test


def command(folder: Path, root: Path) -> list[str]:
    """Return the arguments of Python that run pytest and record in a folder what its tests reach."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "coveragerc"
    config.write_text(_CONFIG.format(root=root, folder=folder), encoding="utf-8")
    own = ["-p", "tools.reach", "--record", str(folder / "recorded.json")]
    return ["-m", "coverage", "run", f"--rcfile={config}", "-m", "pytest", *own]


def read(folder: Path, root: Path) -> Reach:
    """Return what was recorded in a folder."""
    lines: dict[str, dict[int, frozenset[str]]] = defaultdict(lambda: defaultdict(frozenset))
    for file in folder.glob("data*"):
        data = coverage.CoverageData(str(file))
        try:
            data.read()
        except coverage.CoverageException:
            continue  # a process was killed as it wrote this
        for path in data.measured_files():
            if not Path(path).is_relative_to(root):
                continue
            module = lines[Path(path).relative_to(root).as_posix()]
            inside = _in_functions(Path(path))
            for line, contexts in data.contexts_by_lineno(path).items():
                if line in inside:
                    module[line] |= {_test(context) for context in contexts if "::" in context}
    recorded = json.loads((folder / "recorded.json").read_text(encoding="utf-8"))
    return Reach(lines, recorded["seconds"], recorded["libraries"], recorded["failed"])


@lru_cache
def _in_functions(path: Path) -> frozenset[int]:
    """Return the lines in functions: the others run once, for whichever test imports the module first."""
    tree = ast.parse(path.read_bytes())
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return frozenset(line for node in found for line in range(node.body[0].lineno, (node.end_lineno or 0) + 1))


def _test(context: str) -> str:
    """Return the test's id: a process that a test started also has the phase of the test, as in `... (call)`."""
    test = context.rpartition("|")[2] if context.startswith("none|") else context
    for phase in (" (setup)", " (call)", " (teardown)"):
        test = test.removesuffix(phase)
    return test


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of this plugin."""
    parser.addoption(
        "--record", help="file for the seconds of each test and the libraries, as coverage records its lines"
    )
    parser.addoption("--only", help="file with the ids of the tests to run, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    """Begin to record."""
    if config.getoption("--record"):
        # Processes that a test starts read the configuration themselves, which then has the name of that test.
        os.environ["COVERAGE_PROCESS_START"] = str(Path(config.getoption("--record")).parent / "coveragerc")
        os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
        config.pluginmanager.register(_Recorder(Path(config.getoption("--record"))))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the listed tests, in the order of the list, but the tests of a file together."""
    if not config.getoption("--only"):
        return
    wanted = json.loads(Path(config.getoption("--only")).read_text(encoding="utf-8"))
    places = {test: place for place, test in enumerate(wanted)}
    files: dict[str, int] = {}
    for test, place in places.items():
        files.setdefault(test.partition("::")[0], place)
    kept = [item for item in items if item.nodeid in places]
    items[:] = sorted(kept, key=lambda item: (files[item.nodeid.partition("::")[0]], places[item.nodeid]))


class _Recorder:
    """Gives coverage each test as a context, and measures its seconds."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seconds: dict[str, float] = defaultdict(float)
        self._failed: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        current = coverage.Coverage.current()
        if current is not None:
            current.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[report.nodeid] += report.duration
        if report.failed:
            self._failed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        libraries = [name for name, module in sys.modules.items() if _is_library(module)]
        passed = {test: taken for test, taken in self._seconds.items() if test not in self._failed}
        recorded = {"seconds": passed, "libraries": libraries, "failed": sorted(self._failed)}
        self._file.write_text(json.dumps(recorded), encoding="utf-8")


def _is_library(module: ModuleType) -> bool:
    """Say whether a module is of an installed package, or of Python."""
    return not (getattr(module, "__file__", None) or "").startswith(str(Path.cwd()))
