"""Rounds of building a project and killing the build, each with what must hold after it.

It knows nothing of what is in the spec but the name of its outputs. A round is drawn from a seed and its number alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support import tiny_project
from tests.support.processes import alive, marked, tools, until, workers
from tests.support.workspace import Workspace
from vidbuild.engine.runs.run_log import read_run
from vidbuild.engine.store import gc
from vidbuild.engine.store.store import Store

VICTIMS = ("driver", "driver", "driver", "everyone", "worker", "tool", "trimming", "clearing")
MOMENTS = (
    *["planning", "placing", "ending"] * 2,
    "speak",
    "draw",
    "timeline",
    "render",
    "audio",
    "transition",
    "still",
    "captions",
    "mux",
)
WITHIN = {"planning": 0.5, "render": 0.12, "speak": 0.12, "audio": 0.12}
"""Seconds after a moment has come within which the blow falls; elsewhere 0.03."""
ENDED = {"run_finished", "run_failed", "run_cancelled"}


@dataclass(frozen=True)
class Plan:
    """What is drawn for a round: which process is killed, when, and how much of the cache is removed before."""

    victim: str
    moment: str
    jitter: float
    forgotten: float
    count_again: bool

    @classmethod
    def drawn(cls, chance: random.Random) -> Plan:
        """Another round."""
        victim, moment = chance.choice(VICTIMS), chance.choice(MOMENTS)
        if victim == "tool":
            moment = chance.choice(("speak", "render", "audio"))
        jitter = chance.uniform(0, WITHIN.get(moment, 0.03))
        return cls(victim, moment, jitter, chance.choice((0.1, 0.3, 1.0)), chance.random() < 0.5)


@dataclass
class Tally:
    """What rounds came to: blows by victim and phase, steps that were in flight, the slowest end of a child."""

    rounds: int = 0
    blows: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    kept: int = 0
    slowest: float = 0.0

    def lines(self) -> Iterator[str]:
        """The tally in words."""
        yield f"{self.rounds} rounds, {self.kept} steps kept from struck builds, {self.lost} lost in flight"
        yield f"the last process of a struck build was gone after {self.slowest:.2f} s at most"
        yield from (f"{count:5d}  {what}" for what, count in sorted(self.blows.items()))


class Rounds:
    """A project that is built, killed and built again, and what its outputs should be."""

    def __init__(self, space: Workspace, seed: int, tally: Tally | None = None) -> None:
        self.space = space
        self.seed = seed
        self.tally = tally or Tally()
        self._read: dict[str, tuple[os.stat_result, str]] = {}
        tiny_project.media(space)
        self.expected = {word: self._clean(word) for word in tiny_project.WORDS}

    def _clean(self, word: str) -> dict[str, str]:
        tiny_project.write(self.space, word)
        cache = self.space.root / f"cache-{word}"
        done = self.space.run("build", "video.yaml", "-o", f"clean-{word}", env={"VIDBUILD_CACHE": str(cache)})
        assert done.code == 0, done.stderr
        return self.outputs(f"clean-{word}")

    def outputs(self, folder: str = "build") -> dict[str, str]:
        """Name -> digest of what is beside the spec now."""
        found = {}
        for path in sorted((self.space.root / folder).glob("*")):
            with contextlib.suppress(FileNotFoundError):  # a temporary name of a running build
                found[path.name] = self._digest(path)
        return found

    def _digest(self, path: Path) -> str:
        """The digest of a file, read only where its stat is new: this is asked while builds run."""
        now = path.stat()
        known, digest = self._read.get(str(path), (None, ""))
        if known != now:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            self._read[str(path)] = (now, digest)
        return digest

    def round(self, number: int) -> None:
        """Strike one build and see that the next one makes everything good."""
        chance = random.Random(f"{self.seed} {number}")
        plan = Plan.drawn(chance)
        word = tiny_project.WORDS[number % len(tiny_project.WORDS)]
        tiny_project.write(self.space, word)
        self._forget(plan, chance)
        logged, code = self._struck(plan, word)
        self._see_all_gone()
        self._count(plan, logged, code)
        self._see_whole(word)
        self._see_next(word, plan, logged, code)

    def _forget(self, plan: Plan, chance: random.Random) -> None:
        """Take traces away, so that there is something to do; without its usage the cache is counted by the build."""
        home = self.space.root / ".vidbuild" / "v1"
        for trace in sorted(home.glob("traces/*/*")):
            if chance.random() < plan.forgotten:
                trace.unlink()
        if plan.count_again:
            (home / "usage").unlink(missing_ok=True)

    def _struck(self, plan: Plan, word: str) -> tuple[list[dict[str, Any]], int]:
        events = self.space.root / "events.jsonl"
        events.unlink(missing_ok=True)
        args = ["build", "video.yaml", "-j", "2", "--events", events.name]
        if plan.victim in {"trimming", "clearing"}:
            args = ["cache", "gc", "--limit", "100KB"] if plan.victim == "trimming" else ["cache", "clear", "-y"]
        process = subprocess.Popen(
            [sys.executable, "-m", "vidbuild", *args],
            cwd=self.space.root,
            env={**os.environ, **marked(self.space.root)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if plan.victim in {"trimming", "clearing"}:
            time.sleep(0.08 + 2 * plan.jitter)
        else:
            until(lambda: self._see_whole(word) or process.poll() is not None or _come(plan.moment, read(events)))
            time.sleep(plan.jitter)
        self._strike(plan.victim, process)
        code = process.wait(60)
        return read(events), code

    def _strike(self, victim: str, process: subprocess.Popen[bytes]) -> None:
        targets: Sequence[int] = [process.pid]
        if victim == "everyone":
            targets = list(alive(self.space.root))
        elif victim in {"worker", "tool"}:
            find = workers if victim == "worker" else tools
            until(lambda: process.poll() is not None or bool(find(self.space.root)))
            targets = find(self.space.root)[:1]
        for target in targets:
            with contextlib.suppress(ProcessLookupError):
                os.kill(target, signal.SIGKILL)

    def _see_all_gone(self) -> None:
        started = time.monotonic()
        assert until(lambda: not alive(self.space.root)), alive(self.space.root)
        self.tally.slowest = max(self.tally.slowest, time.monotonic() - started)

    def _count(self, plan: Plan, logged: list[dict[str, Any]], code: int) -> None:
        self.tally.rounds += 1
        phase = "itself" if plan.victim in {"trimming", "clearing"} else self._phase(logged)
        self.tally.blows[f"{plan.victim}: {phase}" + (f", exit {code}" if code >= 0 else "")] += 1
        self.tally.lost += len(ids(logged, "step_started") - ids(logged, "step_finished"))
        self.tally.kept += len(ids(logged, "step_finished"))

    def _phase(self, logged: list[dict[str, Any]]) -> str:
        """Return where the build was when it was killed, from its events."""
        if not logged:
            return "planning"
        running = ids(logged, "step_retried")
        if logged[-1]["type"] == "run_finished" and not running:
            return "ending"
        running = running or ids(logged, "step_started") - ids(logged, "step_finished")
        waiting = logged[0]["steps"] - len(ids(logged, "step_cached") | ids(logged, "step_finished"))
        return "+".join(sorted({step.partition(":")[0] for step in running})) or ("looking" if waiting else "placing")

    def _see_whole(self, word: str) -> bool:
        """Every output is the old one or the new one; False, so that it can be asked in a loop."""
        for name, digest in self.outputs().items():
            if not name.startswith(".tmp-"):
                known = {self.expected[other].get(name) for other in tiny_project.WORDS}
                assert digest in known, f"'{name}' is neither the old one nor the new one ('{word}')"
        return False

    def _see_next(self, word: str, plan: Plan, logged: list[dict[str, Any]], code: int) -> None:
        done = self.space.build("-j", "2")
        again = set(done.data["steps"]["ran"]) & ids(logged, "step_finished")
        assert not again, f"made before and made again: {again}"
        now = self.outputs()
        assert now == self.expected[word], f"{plan}: outputs are {_differing(now, self.expected[word])}"
        if plan.victim in {"worker", "tool"}:
            assert code == 0, f"{plan}: exit {code}: what may pass was not tried again"
        store = Store(self.space.root / ".vidbuild")
        if logged:
            run = read_run(store.root / "runs", logged[0]["run"])
            assert run is not None, f"{plan}: its run is not there"
            assert run.state in {"failed", "completed"}, f"{plan}: its run is {run.state}"
        left = [path.name for path in [*(store.home / "tmp").iterdir(), *store.root.glob("v1-*")]]
        assert not (left and done.data["steps"]["ran"]), f"{plan}: {left} are left over"
        damaged = gc.verify(store).corrupt
        assert not damaged, f"{plan}: {damaged}"
        status = self.space.build().data["status"]
        assert status == "up-to-date", f"{plan}: a build with nothing to do is {status}"


def _come(moment: str, logged: list[dict[str, Any]]) -> bool:
    """Whether the moment of a round has come."""
    if moment == "planning":
        return True
    if moment == "placing":
        return bool(logged) and logged[0]["steps"] == len(ids(logged, "step_cached") | ids(logged, "step_finished"))
    if moment == "ending":
        return bool(logged) and logged[-1]["type"] in ENDED
    return any(step.startswith(moment) for step in ids(logged, "step_started"))


def read(events: Path) -> list[dict[str, Any]]:
    """Return the events so far; only the last line may be incomplete."""
    try:
        lines = events.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in lines[:-1]]


def _differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def ids(logged: list[dict[str, Any]], kind: str) -> set[str]:
    """The steps of all events of a type."""
    return {event["step"] for event in logged if event["type"] == kind}
