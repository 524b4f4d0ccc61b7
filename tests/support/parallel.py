"""A pytest plug-in for runs in several processes: how many there are, where they write, and who runs which tests.

Some modules build a project once for all of their tests. Every process that runs one of them builds it again, so all
tests of such a module run in one process. pytest-xdist's mark for this, `xdist_group`, has no effect with pytest 9.2
(findings/xdist-groups.sh).

Projects of tests are in memory where there is enough of it. Builds wait for the disk a third of their time, so that
what they write outlives a power cut: of that, tests on a disk see nothing (`tests/crash/test_power_cut.py` records what
is written and waited for).
"""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

MOST = 8
SHARED = 'scope="module"'
MEMORY, ENOUGH = Path("/dev", "shm"), 6 << 30  # bytes that are free; containers often have 64 MB
PLACE = "PYTEST_DEBUG_TEMPROOT"  # pytest's own


def pytest_configure(config: pytest.Config) -> None:
    """Put the folders of tests into memory, before the first is made."""
    if not config.option.basetemp and available() >= ENOUGH:
        os.environ.setdefault(PLACE, str(MEMORY))


def available() -> int:
    """Return how many bytes can be written to memory, 0 if there is no place for files in it."""
    try:
        space = os.statvfs(MEMORY)
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    free = [int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:")]
    return min([space.f_bavail * space.f_frsize, *free])


def pytest_xdist_auto_num_workers() -> int:
    """Two processes more than processors, since tests also wait: for programs, for a time and for each other."""
    return min((os.cpu_count() or 1) + 2, MOST)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Deal out tests one by one, and modules whole if they share fixtures; `--dist` has no effect."""

    def unit(nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if shares(config.rootpath / module) else nodeid

    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = unit
    return scheduler


@functools.cache
def shares(module: Path) -> bool:
    """Whether a module has fixtures that are made once for all its tests."""
    return SHARED in module.read_text(encoding="utf-8")
