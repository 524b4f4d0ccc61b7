"""Runs a target over many inputs, each in bounded time and all in bounded memory."""

from __future__ import annotations

import contextlib
import random
import resource
import signal
import warnings
from collections.abc import Iterator
from pathlib import Path

from tests.support.fuzz_targets import Target
from tests.support.paths import TESTS

SECONDS = 15.0
MEMORY = 1 << 30
FOUND = TESTS / "fuzz" / "found"


class FoundError(AssertionError):
    """An input that a target cannot take, with what came of it as the cause."""


def fuzz(target: Target, count: int, seed: int | str = 0, keep: Path | None = None) -> None:
    """Try so many inputs. keep: a folder for the input that ends it."""
    chance = random.Random(f"{target.name} {seed}")
    with bounded():
        for number in range(count):
            data = target.make(chance)
            try:
                attempt(target, data)
            except Exception as error:
                name = "an input"
                if keep is not None:
                    path = keep / f"{target.name}-{seed}-{number}"
                    path.write_bytes(data)
                    name = str(path)
                raise FoundError(
                    f"{target.name}: {name} of {len(data)} bytes, number {number} of seed {seed}: {error!r}"
                ) from error


def attempt(target: Target, data: bytes) -> None:
    """Try one input; TimeoutError where it takes too long."""
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            target.try_(data)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@contextlib.contextmanager
def bounded() -> Iterator[None]:
    """Bound the memory of what is tried, and be ready to end what takes too long."""
    size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)

    def late(_signal: int, _frame: object) -> None:
        raise TimeoutError(f"not read in {SECONDS:g} s")

    before = signal.signal(signal.SIGALRM, late)
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, hard))
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, before)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
