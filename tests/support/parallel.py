"""A pytest plug-in for runs in several processes: how many there are, and which tests run in the same one.

Some modules build a project once for all of their tests. Every process that runs one of them builds it again, so all
tests of such a module run in one process. pytest-xdist's mark for this, `xdist_group`, has no effect with pytest 9.2
(findings/xdist-groups.sh).
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


def pytest_xdist_auto_num_workers() -> int:
    """One process more than processors, since tests also wait: for the disk, for programs and for each other."""
    return min((os.cpu_count() or 1) + 1, MOST)


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
