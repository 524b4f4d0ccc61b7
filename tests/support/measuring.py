"""A pytest plug-in for `make coverage CASES=3`: measure the first cases of each test, and run its others unmeasured.

Measuring doubles the time of Python code, and most cases of a parametrized test reach the same lines.
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

unmeasured = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every case after the first ones of its test."""
    seen: collections.Counter[str] = collections.Counter()
    for item in items:
        test = item.nodeid.partition("[")[0]
        item.stash[unmeasured] = seen[test] >= CASES
        seen[test] += 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run a case with measuring switched off if it is marked so."""
    measurement = coverage.Coverage.current()
    if measurement is None or not item.stash[unmeasured]:
        return (yield)
    inherited = os.environ.pop(SUBPROCESSES, None)
    measurement.stop()
    try:
        return (yield)
    finally:
        measurement.start()
        if inherited is not None:
            os.environ[SUBPROCESSES] = inherited
