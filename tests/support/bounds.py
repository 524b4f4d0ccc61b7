"""Bounds of time and memory for tests that read hostile input, so that a fault in a limit ends the test at once."""

from __future__ import annotations

import contextlib
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

SECONDS = 30
MEMORY = 1 << 30


@contextlib.contextmanager
def bounded() -> Iterator[None]:
    """End what takes longer than SECONDS or more than MEMORY."""
    size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)

    def late(_signal: int, _frame: object) -> None:
        raise TimeoutError(f"not read in {SECONDS} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, hard))
    exceeded = ""
    try:
        yield
    except (MemoryError, TimeoutError) as error:  # without its traceback, whose values would have to be formatted
        exceeded = f"took more than {SECONDS} s or {MEMORY >> 20} MiB: {error!r}"
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    if exceeded:
        pytest.fail(exceeded, pytrace=False)
