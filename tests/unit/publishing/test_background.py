"""Work beside other work: results, errors and what is cancelled; threads that keep no process alive."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import CancelledError
from functools import partial

import pytest

from vidbuild.publishing.background import Background

SECONDS = 20.0
ENDLESS = """\
import time
from vidbuild.publishing.background import Background
Background(1).add(lambda: time.sleep(600))
print("the end")
"""


def test_a_call_returns_or_raises_where_its_result_is_asked_for() -> None:
    """Also what is no Exception; the thread goes on with the next call."""
    background: Background[int] = Background(1)

    def fail() -> int:
        raise KeyboardInterrupt

    failed, done = background.add(fail), background.add(lambda: 5)
    with pytest.raises(KeyboardInterrupt):
        failed.result(SECONDS)
    assert done.result(SECONDS) == 5


def test_calls_run_in_their_order_and_so_many_at_a_time() -> None:
    """A call that has not begun can be cancelled, and is never made."""
    background: Background[str] = Background(2)
    go, begun, made = threading.Event(), threading.Semaphore(0), list[str]()

    def call(name: str) -> str:
        made.append(name)
        begun.release()
        assert go.wait(SECONDS)
        return name

    first, second, cancelled, last = [background.add(partial(call, name)) for name in "abcd"]
    assert begun.acquire(timeout=SECONDS)
    assert begun.acquire(timeout=SECONDS)
    assert not begun.acquire(timeout=0.05)
    assert cancelled.cancel()
    go.set()
    assert [each.result(SECONDS) for each in (first, second, last)] == ["a", "b", "d"]
    assert sorted(made[:2]) == ["a", "b"]
    assert made[2:] == ["d"]
    with pytest.raises(CancelledError):
        cancelled.result(SECONDS)


def test_a_call_that_does_not_end_keeps_no_process_alive() -> None:
    """A server that does not answer must not hold the end of a command."""
    done = subprocess.run([sys.executable, "-c", ENDLESS], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == "the end\n"
