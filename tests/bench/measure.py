"""Runs commands and measures what they cost."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vidbuild.media.ffmpeg import ffmpeg

UNSET = ("VIDBUILD_CACHE", "PYTHONDONTWRITEBYTECODE")
"""What would have a build use another cache than the measured one, or compile vidbuild anew at each start."""


class BenchError(RuntimeError):
    """A command that was to be measured failed."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a command and all that it started: seconds that passed, seconds of processors, and the largest one's bytes."""

    wall: float
    cpu: float
    peak: int = 0


def run(command: Sequence[str], folder: Path) -> Cost:
    """Run a command in a folder; BenchError with its output if it fails.

    The peak is the kernel's: the largest of all descendants that were waited for, which ours are. A process starts
    with its parent's, so nothing smaller than the measuring Python (some 40 MB) can be measured.
    """
    env = {name: value for name, value in os.environ.items() if name not in UNSET}
    log = folder / "bench.log"
    started = time.monotonic()
    with log.open("wb") as target:
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=target, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-12:])
        raise BenchError(f"exit code {process.returncode}: {' '.join(map(str, command))}\n{tail}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def alternately(times: int, *runs: Callable[[], Cost]) -> list[list[Cost]]:
    """Run all of them in turn, several times, so that a disturbance affects all of them alike."""
    found = [[one() for one in runs] for _ in range(times)]
    return [list(each) for each in zip(*found, strict=True)]


def ratio(costs: Sequence[Cost], to: Sequence[Cost]) -> tuple[float, float]:
    """The median of the ratios within each turn: of time that passed, and of processors' time."""
    pairs = list(zip(costs, to, strict=True))
    return (
        statistics.median(one.wall / other.wall for one, other in pairs),
        statistics.median(one.cpu / other.cpu for one, other in pairs),
    )


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(
        statistics.median(cost.wall for cost in costs),
        statistics.median(cost.cpu for cost in costs),
        max(cost.peak for cost in costs),
    )


def plain(*args: str) -> list[str]:
    """The command for plain ffmpeg, the one that vidbuild uses."""
    return [str(ffmpeg.executable()), "-nostdin", "-v", "error", "-y", *args]
