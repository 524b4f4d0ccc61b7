"""Past and running builds: how they stand, what they did, and wishes for those that run; it knows no spec."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild.api.resume import LAST, find, store_here
from vidbuild.engine.runs import run_log as past
from vidbuild.engine.runs.control import Wish, ask, asked
from vidbuild.engine.runs.history import History, history
from vidbuild.engine.runs.run_log import STATES, Run, script
from vidbuild.errors import UsageError

_COUNTS = ("ran", "cached", "failed", "aborted", "retried")


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A past or running build. state: pending, running, paused, completed, failed or cancelled.

    killed: it failed since its process was killed. folder: that of all runs. halted: it stands still since Ctrl-Z.
    """

    run: str
    spec: str
    state: str
    started: float
    seconds: float | None
    folder: Path
    killed: bool = False
    halted: bool = False

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self.state in past.ALIVE

    def events(self) -> Iterator[dict[str, Any]]:
        """What it told, event by event; of a running one, so far."""
        return past.read_events(self.folder, self.run)

    def history(self) -> History:
        """What it did, step by step; of a running one, so far."""
        return history(self.events())

    def command_file(self, step: str) -> Path | None:
        """Where the command is that a step failed with, if it was one."""
        path = script(self.folder / self.run, step)
        return path if path.is_file() else None

    def to_json(self) -> dict[str, Any]:
        """As JSON values, with the counts so far."""
        return self._summed(self.history())

    def to_json_whole(self) -> dict[str, Any]:
        """As JSON values, with every step, error and warning."""
        told = self.history()
        return {
            **self._summed(told),
            "continues": told.continues.earlier if told.continues else None,
            "progress": [step.to_json() for step in told.steps.values()],
            "errors": [*map(dict, told.problems), *self._errors(told)],
            "warnings": [dict(each) for each in told.warnings],
        }

    def _summed(self, told: History) -> dict[str, Any]:
        tally = told.tally
        left = tally.remaining(time.time()) if self.alive and not self.halted else None
        return {
            "run": self.run,
            "spec": self.spec,
            "state": self.state,
            "killed": self.killed,
            "halted": self.halted,
            "started": self.started,
            "seconds": self.seconds,
            "code": told.ended.code if told.ended else None,
            "steps": tally.steps,
            "done": tally.done,
            "running": [step.step for step in told.running],
            "seconds_left": None if left is None else round(left, 1),
            **{name: getattr(tally, name) for name in _COUNTS},
        }

    def _errors(self, told: History) -> Iterator[dict[str, Any]]:
        for step in told.failed:
            if step.failure is not None:
                command = self.command_file(step.step)
                yield {
                    "step": step.step,
                    "message": step.failure.message,
                    "hint": step.failure.hint,
                    "log": list(step.failure.log),
                    "command_file": str(command) if command else None,
                }


@dataclass(frozen=True, slots=True)
class Wished:
    """What came of a wish: running: steps that run to their end; already: it was wished, or is so, before."""

    run: str
    running: int
    already: bool


def runs(cache: Path | None = None, states: Sequence[str] = ()) -> list[RunFacts]:
    """Past and running builds of the project here, the last one first; states: only those in one of these."""
    for state in states:
        if state not in STATES:
            raise UsageError(f"no run is ever '{state}'", hint=f"there are {', '.join(STATES)}")
    folder = store_here(cache).root / "runs"
    found = [_facts(run, folder) for run in reversed(past.past_runs(folder))]
    return [run for run in found if not states or run.state in states]


def run(run_id: str, cache: Path | None = None) -> RunFacts:
    """One build, by its id, the beginning or the last part of it, or "last"; UsageError where that is not one."""
    store = store_here(cache)
    return _facts(find(store, run_id), store.root / "runs")


def last_run(spec: Path | None = None, cache: Path | None = None) -> RunFacts:
    """The newest build of a spec, or of some of its scenes; UsageError where there is none.

    Without a spec it is the newest of any spec of the project here.
    """
    if spec is None:
        return run(LAST, cache)
    from vidbuild.api.plan import entry_of, store_of

    store = store_of(spec, cache)
    entry, folder = entry_of(spec, store=store), store.root / "runs"
    for each in reversed(past.past_runs(folder)):
        if each.entry == entry or each.entry.startswith(f"{entry} --only "):
            return _facts(each, folder)
    raise UsageError(f"'{spec}' was not built yet", hint=f"vidbuild build {spec}")


def pause_run(run_id: str, cache: Path | None = None) -> Wished:
    """Have a running build start nothing new; what runs ends and is kept. UsageError where the build is over.

    Here as in `resume_run` and `cancel_run`, "last" is the newest build that has not ended.
    """
    return _wish(run_id, cache, Wish.PAUSE)


def resume_run(run_id: str, cache: Path | None = None) -> Wished:
    """Have a paused build go on; UsageError where the build is over."""
    return _wish(run_id, cache, Wish.GO)


def cancel_run(run_id: str, cache: Path | None = None) -> Wished:
    """Have a build end in peace: what runs may end and is kept. UsageError where the build is over."""
    return _wish(run_id, cache, Wish.CANCEL)


def _wish(run_id: str, cache: Path | None, wish: Wish) -> Wished:
    found = _last_alive(cache) if run_id == LAST else run(run_id, cache)
    folder = found.folder / found.run
    if not found.alive:
        raise _over(found)
    before = asked(folder)
    if before is Wish.CANCEL and wish is not Wish.CANCEL:
        raise UsageError(f"run '{found.run}' is being cancelled", hint=f"vidbuild build --resume {found.run}")
    ask(folder, wish)
    return Wished(found.run, len(found.history().running), before is wish)


def _last_alive(cache: Path | None) -> RunFacts:
    """The newest build that has not ended: one that has can be wished nothing of."""
    found = runs(cache)
    if not found:
        return run(LAST, cache)
    alive = next((each for each in found if each.alive), None)
    if alive is None:
        raise _over(found[0], "no run is going on; ")
    return alive


def _over(found: RunFacts, before: str = "") -> UsageError:
    end = "was killed" if found.killed else {"failed": "failed", "cancelled": "was cancelled"}.get(found.state)
    hint = f"vidbuild build --resume {found.run}" if end else None
    return UsageError(f"{before}run '{found.run}' is over: it {end or 'completed'}", hint=hint)


def _facts(run: Run, folder: Path) -> RunFacts:
    seconds = None if run.ended is None else round(run.ended - run.started, 3)
    return RunFacts(run.id, run.entry, run.state, run.started, seconds, folder, run.killed, run.halted)
