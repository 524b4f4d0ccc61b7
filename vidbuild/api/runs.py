"""Past and running builds: their states and histories, and requests to those that run."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vidbuild.api.resume import LAST, find, store_here
from vidbuild.engine.runs import run_log
from vidbuild.engine.runs.control import Control, read_request, request
from vidbuild.engine.runs.history import History, history
from vidbuild.engine.runs.run_log import STATES, Run, script
from vidbuild.errors import UsageError
from vidbuild.platforms import shell_command

_COUNTS = ("ran", "cached", "failed", "aborted", "retried")


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A past or running build, or one target of it.

    run: the id.
    spec: the build names of its targets, joined by commas.
    state: pending, running, paused, completed, failed or cancelled.
    started: in seconds since 1970.
    seconds: the duration; None until the run ends.
    folder: of all runs.
    killed: it failed because its process was killed.
    suspended: Ctrl-Z suspended it, and it was not resumed.
    target: the name of one target; None for the whole run.
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
        return self.state in run_log.ALIVE

    def events(self) -> Iterator[dict[str, Any]]:
        """Return its events; of a running build, those so far."""
        return run_log.read_events(self.folder, self.run)

    def history(self) -> History:
        """Return what it did, step by step; of a running build, so far."""
        return history(self.events(), self.target)

    def command_file(self, step: str) -> Path | None:
        """Return the file with the command that a step failed with, if there is one."""
        path = script(self.folder / self.run, step)
        return path if path.is_file() else None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values, with the counts so far."""
        return self._summary(self.history())

    def details_to_json(self) -> dict[str, Any]:
        """Return it as JSON values, with every step, error and warning."""
        history = self.history()
        return {
            **self._summary(history),
            "continues": history.continues.earlier if history.continues else None,
            "progress": [step.to_json() for step in history.steps.values()],
            "errors": [*map(dict, history.problems), *self._errors(history)],
            "warnings": [dict(each) for each in history.warnings],
        }

    def _summary(self, history: History) -> dict[str, Any]:
        progress = history.progress
        remaining = progress.remaining(time.time()) if self.alive and not self.suspended else None
        return {
            "run": self.run,
            "spec": self.spec,
            "state": self.state,
            "killed": self.killed,
            "suspended": self.suspended,
            "started": self.started,
            "seconds": self.seconds,
            "code": history.ended.code if history.ended else None,
            "steps": progress.steps,
            "done": progress.done,
            "running": [step.step for step in history.running],
            "targets": [target.to_json() for target in history.targets.values()],
            "seconds_left": None if remaining is None else round(remaining, 1),
            **{name: getattr(progress, name) for name in _COUNTS},
        }

    def _errors(self, history: History) -> Iterator[dict[str, Any]]:
        for step in history.failed:
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
class RequestResult:
    """The effect of a request to a run.

    running: the number of steps that run to their end.
    already: the request was made before.
    """

    run: str
    running: int
    already: bool


def runs(cache: Path | None = None, states: Sequence[str] = ()) -> list[RunFacts]:
    """Return the past and running builds of the current project, newest first.

    states: return only those in one of these states.
    """
    for state in states:
        if state not in STATES:
            raise UsageError(f"unknown run state '{state}'", hint=f"the states are {', '.join(STATES)}")
    folder = store_here(cache).root / "runs"
    every = (_facts(run, folder) for run in reversed(run_log.past_runs(folder)))
    return [run for run in every if not states or run.state in states]


def runs_folder(cache: Path | None = None) -> Path:
    """Return the folder in which the current project's builds are recorded."""
    return store_here(cache).root / "runs"


def run(run_id: str, cache: Path | None = None) -> RunFacts:
    """Return one build, by its id, the beginning or last part of an id, or "last"; UsageError if there is not one."""
    store = store_here(cache)
    return _facts(find(store, run_id), store.root / "runs")


def last_run(spec: Path | None = None, cache: Path | None = None) -> RunFacts:
    """Return the newest build of a spec, or of some of its scenes; UsageError if there is none.

    Without a spec, return the newest build of any spec of the current project.
    """
    if spec is None:
        return run(LAST, cache)
    from vidbuild.api.plan import store_of
    from vidbuild.api.plan_cache import entry_of

    store = store_of(spec, cache)
    entry, folder = entry_of(spec, store=store), store.root / "runs"
    for each in reversed(run_log.past_runs(folder)):
        for target in each.targets:
            if target.build_name == entry or target.build_name.startswith(f"{entry} --"):
                return replace(_facts(each, folder), spec=target.build_name, target=target.name)
    raise UsageError(f"'{spec}' was not built yet", hint=shell_command("vidbuild", "build", spec))


def pause_run(run_id: str, cache: Path | None = None) -> RequestResult:
    """Request that a build start no more steps; running steps finish. UsageError if the build has ended.

    Here, in `resume_run` and in `cancel_run`, "last" is the newest build that has not ended.
    """
    return _request(run_id, cache, Control.PAUSE)


def resume_run(run_id: str, cache: Path | None = None) -> RequestResult:
    """Request that a paused build be resumed; UsageError if the build has ended."""
    return _request(run_id, cache, Control.RUN)


def cancel_run(run_id: str, cache: Path | None = None) -> RequestResult:
    """Request that a build end as soon as its running steps have finished; UsageError if the build has ended."""
    return _request(run_id, cache, Control.CANCEL)


def _request(run_id: str, cache: Path | None, control: Control) -> RequestResult:
    target = _last_alive(cache) if run_id == LAST else run(run_id, cache)
    folder = target.folder / target.run
    if not target.alive:
        raise _ended_error(target)
    before = read_request(folder)
    if before is Control.CANCEL and control is not Control.CANCEL:
        raise UsageError(f"run '{target.run}' is being cancelled", hint=f"vidbuild build --resume {target.run}")
    request(folder, control)
    return RequestResult(target.run, len(target.history().running), before is control)


def _last_alive(cache: Path | None) -> RunFacts:
    """Return the newest build that has not ended."""
    every = runs(cache)
    if not every:
        return run(LAST, cache)
    alive = next((each for each in every if each.alive), None)
    if alive is None:
        raise _ended_error(every[0], "no build is running; ")
    return alive


def _ended_error(run: RunFacts, before: str = "") -> UsageError:
    end = "was killed" if run.killed else {"failed": "failed", "cancelled": "was cancelled"}.get(run.state)
    hint = f"vidbuild build --resume {run.run}" if end else None
    return UsageError(f"{before}run '{run.run}' has ended: it {end or 'completed'}", hint=hint)


def _facts(run: Run, folder: Path) -> RunFacts:
    seconds = None if run.ended is None else round(run.ended - run.started, 3)
    return RunFacts(run.id, run.entry, run.state, run.started, seconds, folder, run.killed, run.suspended)
