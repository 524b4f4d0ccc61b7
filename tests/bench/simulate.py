"""Simulates a batch on many workers, with the steps of a real build and their measured times: no cluster is needed.

`python -m tests.bench.simulate` prints the table of docs/scale.md, the same each time; `--measure` builds the video
first, and writes what its steps take to step_costs.json.

The model: one driver handles each step's start and end in turn; a worker reads a step's inputs from the shared store,
runs it, and writes its outputs. Then a thread of the driver writes the step's record, and what needs the step is ready.
With a single worker the driver writes records itself. The longest work of all videos that are ready goes first, as in
the scheduler. Rows are built in windows, as in vidbuild/api/batch_run.py: the next one begins when the last row of a
window has ended. In each minute one worker of a hundred is lost, and another one takes its place after a while; the
step that it ran, runs again.
"""

from __future__ import annotations

import heapq
import json
import math
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from vidbuild.api.batch_run import WINDOW

from .step_costs import COSTS, Costs, load, measured

VIDEOS, WORKERS, SEED = 1000, (1, 2, 4, 8, 16, 32, 64, 128, 256), 1
AIMS = {8: 0.80, 64: 0.60}
LOSS = 0.01  # of the workers, in a minute
REPLACED = 30.0  # seconds until there is another worker
OTHERS: Mapping[str, Sequence[Any]] = {"latency": (0.001, 0.01, 0.03), "window": (64, 256)}  # further tables
LATENCY = 0.005  # seconds in which a file of the shared store is read, or written and synced
HEAD = (
    *("workers", "rows at a time", "latency", "time", "videos a day"),
    *("efficiency", "store", "driver", "lost workers", "nothing ready"),
)


@dataclass(frozen=True, slots=True)
class Setting:
    """A cluster. window: videos that are built together; latency: seconds of a request to the store."""

    workers: int
    window: int = WINDOW
    videos: int = VIDEOS
    latency: float = LATENCY
    loss: float = LOSS
    replaced: float = REPLACED
    seed: int = SEED


@dataclass(slots=True)
class Outcome:
    """How a simulation went; all but steps and lost in seconds.

    makespan: from start to end. useful: of steps that count. store: of requests. wasted: of steps whose worker was
    lost, and until there is another one. driver: that the driver was busy. waited: that workers waited for the driver.
    """

    workers: int
    makespan: float = 0.0
    useful: float = 0.0
    store: float = 0.0
    wasted: float = 0.0
    driver: float = 0.0
    waited: float = 0.0
    steps: int = 0
    lost: int = 0

    @property
    def efficiency(self) -> float:
        """The share of the workers' time in which they did what counts."""
        return self.useful / (self.workers * self.makespan)

    @property
    def idle(self) -> float:
        """Seconds in which workers had nothing to do: no step was ready."""
        return self.workers * self.makespan - self.useful - self.store - self.wasted - self.waited


class End(IntEnum):
    """What happens to a step: its worker has made it or is lost, or its record is written."""

    RAN = 0
    LOST = 1
    RECORDED = 2


@dataclass(slots=True)
class Simulation:
    """One batch on one cluster."""

    costs: Costs
    setting: Setting
    outcome: Outcome = field(init=False)
    _ready: list[tuple[float, int, str]] = field(default_factory=list)
    _events: list[tuple[float, int, int, str, End]] = field(default_factory=list)  # time, number, video, step, end
    _free: list[float] = field(default_factory=list)  # when each worker is free
    _driver: float = 0.0  # when it is free

    def run(self) -> Outcome:
        """Simulate all windows, one after the other."""
        setting = self.setting
        self.outcome = Outcome(setting.workers)
        dice = random.Random(setting.seed)
        ranks = self.costs.ranks()
        now = 0.0
        self._free = [now] * setting.workers
        for first in range(0, setting.videos, setting.window):
            now = self._window(range(first, min(first + setting.window, setting.videos)), now, ranks, dice)
        self.outcome.makespan = now
        self.outcome.wasted -= sum(max(0.0, each - now) for each in self._free)  # of workers that come too late
        return self.outcome

    def _window(self, videos: Sequence[int], now: float, ranks: Mapping[str, float], dice: random.Random) -> float:
        """Simulate the videos of a window that begins now; return when the last one has ended."""
        left = {video: {step: len(needed) for step, needed in self.costs.needs.items()} for video in videos}
        free = self._free
        for video in videos:
            for step, count in left[video].items():
                if not count:
                    heapq.heappush(self._ready, (-ranks[step], video, step))
        end, number = now, 0
        while self._ready or self._events:
            while self._ready and free and free[0] <= now:
                heapq.heappop(free)
                _, video, step = heapq.heappop(self._ready)
                number += 1
                self._start(now, number, video, step, dice)
            if self._ready and free and (not self._events or free[0] < self._events[0][0]):
                now = free[0]  # a worker was replaced
                continue
            now, key, video, step, how = heapq.heappop(self._events)
            end = now
            match how:
                case End.RAN:  # the worker's slot is taken until the record is written
                    heapq.heappush(self._events, (now + self._recording, key, video, step, End.RECORDED))
                case End.LOST:
                    heapq.heappush(free, now + self.setting.replaced)
                    heapq.heappush(self._ready, (-ranks[step], video, step))
                case End.RECORDED:
                    heapq.heappush(free, now)
                    self._finish(video, step, left, ranks)
        return end

    @property
    def _recording(self) -> float:
        """Seconds from a step's end until its record is written beside the driver's loop."""
        return self.setting.latency if self.setting.workers > 1 else 0.0

    def _start(self, now: float, number: int, video: int, step: str, dice: random.Random) -> None:
        """Let the driver start a step, and find out when it will have ended."""
        outcome, costs, latency = self.outcome, self.costs, self.setting.latency
        busy = costs.driver + (latency - self._recording)
        sent = max(now, self._driver) + busy
        self._driver = sent
        outcome.driver += busy
        outcome.waited += sent - now
        store = latency * (bool(costs.needs[step]) + costs.files[step])  # inputs are read at once
        seconds = costs.seconds[step]
        until_lost = dice.expovariate(self.setting.loss / 60) if self.setting.loss else math.inf
        if until_lost < store + seconds:
            part = until_lost
            outcome.lost += 1
            outcome.wasted += part + self.setting.replaced
            heapq.heappush(self._events, (sent + part, number, video, step, End.LOST))
            return
        outcome.steps += 1
        outcome.store += store
        outcome.useful += seconds
        heapq.heappush(self._events, (sent + store + seconds, number, video, step, End.RAN))

    def _finish(self, video: int, step: str, left: Mapping[int, dict[str, int]], ranks: Mapping[str, float]) -> None:
        """Make the steps ready that waited for this one alone."""
        for other, needed in self.costs.needs.items():
            if step in needed:
                left[video][other] -= 1
                if not left[video][other]:
                    heapq.heappush(self._ready, (-ranks[other], video, other))


def simulate(costs: Costs, setting: Setting) -> Outcome:
    """Return how a batch goes on a cluster."""
    return Simulation(costs, setting).run()


def table(costs: Costs, settings: Sequence[Setting]) -> Iterator[str]:
    """Yield the lines of a table in Markdown."""
    yield f"| {' | '.join(HEAD)} |"
    yield f"| {' | '.join('---' for _ in HEAD)} |"
    for setting in settings:
        found = simulate(costs, setting)
        whole = found.workers * found.makespan
        shares = [found.efficiency, *(each / whole for each in (found.store, found.waited, found.wasted, found.idle))]
        cells = [
            str(setting.workers),
            str(setting.window),
            f"{setting.latency * 1e3:g} ms",
            f"{found.makespan / 60:.1f} min" if found.makespan < 7200 else f"{found.makespan / 3600:.1f} h",
            f"{setting.videos * 86400 / found.makespan:,.0f}",
            *(f"{share:.0%}" for share in shares),
        ]
        yield f"| {' | '.join(cells)} |"


def main(args: Sequence[str]) -> int:
    """Print the table."""
    if args == ["--measure"]:
        costs = measured()
        data: dict[str, Any] = {name: getattr(costs, name) for name in costs.__dataclass_fields__}
        COSTS.write_text(f"{json.dumps(data, indent=1)}\n", encoding="utf-8")
    elif args:
        sys.stderr.write("usage: python -m tests.bench.simulate [--measure]\n")
        return 2
    costs = load()
    whole, longest = sum(costs.seconds.values()), max(costs.ranks().values())
    head = f"{VIDEOS} videos of {len(costs.seconds)} steps: {whole:.1f} s of work each, the longest way {longest:.1f} s"
    head += f"; {costs.driver * 1e3:.1f} ms of the driver a step"
    lines = [*table(costs, [Setting(workers) for workers in WORKERS]), ""]
    for name, values in OTHERS.items():
        lines += [f"{name}:", "", *table(costs, [Setting(w, **{name: each}) for w in AIMS for each in values]), ""]
    sys.stdout.write("\n".join([head, "", *lines]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
