"""Past and running builds: how they stand, what they did, and wishes for those that run; it knows no spec."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vidbuild.api.resume import LAST, find, store_here
from vidbuild.engine.runs import run_log as past
from vidbuild.engine.runs.control import Control, read_request, request
from vidbuild.engine.runs.history import History, history
from vidbuild.engine.runs.run_log import STATES, Run, script
from vidbuild.errors import UsageError

_COUNTS = ("ran", "cached", "failed", "aborted", "retried")


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A past or running build, or one target of it.

    spec: the build names of its targets, joined by commas.
    state: pending, running, paused, completed, failed or cancelled.
    folder: that of all runs.
    killed: it failed since its process was killed.
    suspended: Ctrl-Z suspended it, and it has not gone on.
    target: the name of the one target that these facts are about; None for the whole run.
    """

    run: str
    spec: str
    state: str
    started: float
    seconds: float | None
    folder: Path
    killed: bool = False
    suspended: bool = False
    target: str | None = None

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self.state in past.ALIVE

    def events(self) -> Iterator[dict[str, Any]]:
        """What it told, event by event; of a running one, so far."""
        return past.read_events(self.folder, self.run)

    def history(self) -> History:
        """Return what it did, step by step; of a running one, so far."""
        return history(self.events(), self.target)

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
        progress = told.progress
        left = progress.remaining(time.time()) if self.alive and not self.suspended else None
        return {
            "run": self.run,
            "spec": self.spec,
            "state": self.state,
            "killed": self.killed,
            "suspended": self.suspended,
            "started": self.started,
            "seconds": self.seconds,
            "code": told.ended.code if told.ended else None,
            "steps": progress.steps,
            "done": progress.done,
            "running": [step.step for step in told.running],
            "targets": [target.to_json() for target in told.targets.values()],
            "seconds_left": None if left is None else round(left, 1),
            **{name: getattr(progress, name) for name in _COUNTS},
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
            raise UsageError(f"unknown run state '{state}'", hint=f"there are {', '.join(STATES)}")
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
        for target in each.targets:
            if target.build_name == entry or target.build_name.startswith(f"{entry} --only "):
                return replace(_facts(each, folder), spec=target.build_name, target=target.name)
    raise UsageError(f"'{spec}' was not built yet", hint=f"vidbuild build {spec}")


def pause_run(run_id: str, cache: Path | None = None) -> Wished:
    """Have a running build start nothing new; what runs ends and is kept. UsageError where the build is over.

    Here as in `resume_run` and `cancel_run`, "last" is the newest build that has not ended.
    """
    return _request(run_id, cache, Control.PAUSE)


def resume_run(run_id: str, cache: Path | None = None) -> Wished:
    """Have a paused build go on; UsageError where the build is over."""
    return _request(run_id, cache, Control.RUN)


def cancel_run(run_id: str, cache: Path | None = None) -> Wished:
    """Have a build end in peace: what runs may end and is kept. UsageError where the build is over."""
    return _request(run_id, cache, Control.CANCEL)


def _request(run_id: str, cache: Path | None, control: Control) -> Wished:
    found = _last_alive(cache) if run_id == LAST else run(run_id, cache)
    folder = found.folder / found.run
    if not found.alive:
        raise _over(found)
    before = read_request(folder)
    if before is Control.CANCEL and control is not Control.CANCEL:
        raise UsageError(f"run '{found.run}' is being cancelled", hint=f"vidbuild build --resume {found.run}")
    request(folder, control)
    return Wished(found.run, len(found.history().running), before is control)


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
    return RunFacts(run.id, run.entry, run.state, run.started, seconds, folder, run.killed, run.suspended)
