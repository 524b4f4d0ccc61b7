"""A pytest plug-in for `make coverage CASES=3`: measure the first cases of each test, and run its others unmeasured.

Measuring doubles the time of Python code, and most cases of a parametrized test reach the same lines. A Python that is
measured takes a tenth of a second more to start: most of what measuring costs for tests of the engine, of which each
starts some workers. These run the code of engine/worker, so that the tests of that room are enough to measure it.
"""

from __future__ import annotations

import collections
import os
import sys
from collections.abc import Generator

import coverage
import pytest

CASES = int(os.environ.get("CASES") or sys.maxsize)
SUBPROCESSES = "COVERAGE_PROCESS_CONFIG"  # coverage's own: measure every Python that is started
# Rooms of tests whose workers and builds run no code that other tests do not measure.
PLAIN_WORKERS = tuple(
    f"tests/unit/{room}/" for room in ("engine/schedule", "engine/store", "engine/keys", "engine/runs", "bench")
)
# Tests of scale, which reach over and over what others reach once.
ENDURING = (
    "tests/unit/engine/schedule/test_scale.py",
    "tests/unit/engine/schedule/test_step_overhead.py",
    "tests/unit/reading/test_reading.py::test_long_texts_take_no_time",
    "tests/unit/spec/test_limits.py::test_as_much_as_is_allowed_takes_little",
    "tests/unit/steps/test_memory.py",
)

unmeasured = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every case after the first ones of its test, and all of tests of scale."""
    seen: collections.Counter[str] = collections.Counter()
    for item in items:
        test = item.nodeid.partition("[")[0]
        item.stash[unmeasured] = seen[test] >= CASES or test.startswith(ENDURING)
        seen[test] += 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run a case with measuring switched off if it is marked so, or in the Pythons that it starts."""
    measurement = coverage.Coverage.current()
    if measurement is None or sys.maxsize == CASES:
        return (yield)
    skipped = item.stash[unmeasured]
    inherited = os.environ.pop(SUBPROCESSES, None) if skipped or item.nodeid.startswith(PLAIN_WORKERS) else None
    if skipped:
        measurement.stop()
    try:
        return (yield)
    finally:
        if skipped:
            measurement.start()
        if inherited is not None:
            os.environ[SUBPROCESSES] = inherited
