"""Building specs: plan, engine, outputs beside the spec; it prints nothing."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from vidbuild import __version__
from vidbuild.api import network_policy, outcome
from vidbuild.api.final_event import Heard
from vidbuild.api.listeners import listening
from vidbuild.api.outputs import Placing, refuse_outside, refuse_sources
from vidbuild.api.plan import Plan, entry_of, plan_of, store_of
from vidbuild.api.result import FailedStep, Notice, Result, Steps
from vidbuild.api.spec_args import SpecLike, for_one, note, path_of, refuse_same_names
from vidbuild.api.tools import tools
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.emitter import interrupted
from vidbuild.engine.runs.events import Event, Listener, RunStarted, StepFinished, StepStarted
from vidbuild.engine.runs.run_log import new_id
from vidbuild.engine.schedule.engine import Engine
from vidbuild.engine.store.overlay import usable
from vidbuild.engine.store.store import Store
from vidbuild.errors import StoreError, UsageError, VidbuildError
from vidbuild.frozen import dataclass
from vidbuild.model import Spec
from vidbuild.plan.kinds import KINDS, RESOURCES
from vidbuild.project import OUTPUT_FOLDER, root_of

if TYPE_CHECKING:
    from vidbuild.api.options import Options
    from vidbuild.engine.sandbox.sandbox import Sandbox

PASSED_ON = ("VIDBUILD_FFMPEG", "PATH", "SYSTEMROOT")
FOR_NETWORK = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "SSL_CERT_FILE", "VIDBUILD_EDGE_ENDPOINT")
FIXED = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0"}
CONTAINING = ("VIDBUILD_SANDBOX", "VIDBUILD_MEMORY", "VIDBUILD_FILE_SIZE")
NETWORK = "network"


def build(spec: SpecLike, **options: Unpack[Options]) -> Result:
    """Build one spec (its path, or a Spec made in Python) and put its outputs beside it.

    What is wrong with the spec is raised as SpecError; a step that fails is in the result. Options: see `Options`.
    UsageError and StoreError are raised where nothing could be tried.
    """
    return _one_of([spec], spec, options, new_id())


def _one_of(specs: Sequence[SpecLike], spec: SpecLike, options: Options, batch: str) -> Result:
    """Build one of the specs of a command, and tell of its end whatever that is."""
    path = path_of(spec)
    store = store_of(path, options.get("cache"))
    with listening(None if options.get("dry_run") else options.get("on_event")) as listener:
        heard = Heard(listener)
        try:
            command = _Command(tuple(map(path_of, specs)), batch)
            return _tried(spec, store, options, heard, command)
        except BaseException as error:
            if not options.get("dry_run"):
                entry = entry_of(path, options.get("only", ()), store)
                heard.end(error, entry, store, options.get("code_if_cancelled") or interrupted)
            raise


def _tried(spec: SpecLike, store: Store, options: Options, heard: Heard, command: _Command) -> Result:
    started = time.monotonic()
    try:
        return _build(spec, store, options, started, heard, command)
    except BrokenPipeError:
        raise  # whoever was told of events has gone: that is no trouble of the cache
    except OSError as error:  # every file of the user's own is told by whoever reads it
        name = error.filename or store.root
        raise StoreError(f"the cache cannot be used: {(error.strerror or str(error)).lower()}: '{name}'") from error


def _build(spec: SpecLike, store: Store, options: Options, started: float, heard: Heard, command: _Command) -> Result:
    dry_run, only, path = options.get("dry_run", False), options.get("only", ()), path_of(spec)
    folder = options.get("output") or path.parent / OUTPUT_FOLDER
    if not dry_run:
        refuse_outside(root_of(path), _unchosen(folder, store, options))
    plan = plan_of(spec, store=store, variables=options.get("variables"), only=only, remember=not dry_run)
    if dry_run:
        return _foreseen(plan, store, options.get("fresh", ()), started)
    facts = note(path, command.specs, command.batch, options, store, made=isinstance(spec, Spec))
    with usable(store) as used:
        return _One(plan, used, folder, started).build(options, heard, facts)


def _unchosen(folder: Path, store: Store, options: Options) -> dict[Path, str]:
    """The folders that are written because they are where they always are, each with the way to choose another."""
    found = {} if options.get("output") else {folder: "-o another folder"}
    if options.get("cache") is None and "VIDBUILD_CACHE" not in os.environ:
        found[store.root] = "VIDBUILD_CACHE=another folder"
    return found


def build_all(specs: Iterable[SpecLike], **options: Unpack[Options]) -> list[Result]:
    """Build specs one after the other; a spec that is wrong is a failed result, and ends it unless keep_going."""
    several = list(specs)
    refuse_same_names(several, options)
    results: list[Result] = []
    batch = new_id()
    for spec in several:
        try:
            result = _one_of(several, spec, for_one(spec, several, options), batch)
        except VidbuildError as error:
            if not hasattr(error, "diagnostics") and not (options.get("keep_going") and len(several) > 1):
                raise
            result = _untried(path_of(spec), error)
        results.append(result)
        if not result.ok and not options.get("keep_going"):
            break
    return results


@dataclass(frozen=True, slots=True)
class _Command:
    """What one build is part of: all specs that were named, and a mark that their runs have in common."""

    specs: tuple[Path, ...]
    batch: str


def _untried(path: Path, error: VidbuildError) -> Result:
    """The result of a spec that could not even be tried."""
    told = getattr(error, "diagnostics", ())
    fault = "spec" if isinstance(error, UsageError) else "step"
    failed = () if told else (FailedStep(path.name, error.message, error.hint, fault=fault),)
    return Result("failed", path, "", (), Steps(0, failed=failed), 0.0, 0.0, diagnostics=told)


def engine_of(store: Store, surroundings: Mapping[str, str] | None = None) -> Engine:
    """The engine with this project's kinds of step and tools."""
    env = {name: os.environ[name] for name in (*PASSED_ON, *FOR_NETWORK) if name in os.environ}
    if "VIDBUILD_FFMPEG" in env and os.sep in env["VIDBUILD_FFMPEG"]:
        env["VIDBUILD_FFMPEG"] = str(Path(env["VIDBUILD_FFMPEG"]).absolute())  # workers are elsewhere
    steps_env = {**env, **FIXED, **(surroundings or {})}
    return Engine(store, KINDS, tools(), steps_env, made_by=f"vidbuild {__version__}", sandbox=_sandbox)


def _sandbox() -> Sandbox | None:
    from vidbuild.api.sandbox_policy import sandbox_of

    return sandbox_of()


def _containment() -> Iterator[Notice]:
    """What there is to tell of how steps are contained: something only where the user asked for another way."""
    if any(os.environ.get(name) for name in CONTAINING):
        from vidbuild.api.sandbox_policy import notices

        yield from map(Notice, notices())


def _steering(options: Options) -> dict[str, Any]:
    """By what the build may be ended or halted, as far as anybody asked to."""
    names = ("cancelled", "hurried", "halted", "code_if_cancelled")
    return {name: options[name] for name in names if options.get(name) is not None}  # type: ignore[literal-required] # four of its own keys


def _since(started: float) -> float:
    return round(time.monotonic() - started, 3)


def _foreseen(plan: Plan, store: Store, fresh: Sequence[str], started: float) -> Result:
    explanations = engine_of(store).explain(plan.graph, entry=plan.entry, targets=plan.targets, fresh=fresh)
    moving = {each.step: each.short().partition("  ")[2] for each in explanations if each.state != "cached"}
    steps = Steps(len(explanations), tuple(moving), len(explanations) - len(moving), reasons=moving)
    status = "built" if moving else "up-to-date"
    return Result(status, plan.spec, "", (), steps, 0.0, _since(started), plan.warnings)


class _One:
    """The build of one spec: what the engine made of it, and where that went."""

    def __init__(self, plan: Plan, store: Store, folder: Path, started: float) -> None:
        self.plan = plan
        self.store = store
        self.folder = folder
        self._started = started
        self._placing: Placing | None = None
        self._video_seconds = 0.0

    def build(self, options: Options, on_event: Listener, facts: Mapping[str, Any]) -> Result:
        plan, fresh, told = self.plan, options.get("fresh", ()), list(_containment())
        engine = engine_of(self.store, options.get("surroundings"))
        refuse_sources(plan, self.folder)
        network_policy.check(engine, plan, root_of(plan.spec), options)
        report = engine.build(
            plan.graph,
            entry=plan.entry,
            targets=plan.targets,
            jobs=options.get("jobs") or 0,
            keep_going=options.get("keep_going", False),
            fresh=fresh,
            limits=RESOURCES,
            weights=plan.weights,
            on_event=on_event,
            continues=self._continues(options),
            shuffle=options.get("shuffle"),
            note=facts,
            following=self._following,
            completing=self._place,
            **_steering(options),
        )
        placing = self._placing
        # A copy from the cache is something that happened.
        status = "built" if placing and placing.written else report.status
        told += (*outcome.of_the_cache(self.store), *(placing.notices if placing else ()))
        warnings = (*plan.warnings, *outcome.warnings(plan, report), *told)
        steps, files = outcome.steps(plan, self.store, report), tuple(placing.files if placing else ())
        return Result(status, plan.spec, report.run, files, steps, self._video_seconds, _since(self._started), warnings)

    def _continues(self, options: Options) -> str:
        name = options.get("resume")
        if not name:
            return ""
        from vidbuild.api.resume import earlier

        return earlier(
            Store(self.store.beneath or self.store.root), name, self.plan.entry, options.get("variables") or {}
        ).id

    def _following(self, event: Event) -> Iterable[Event]:
        """What a build that does nothing tells needs no events but the engine's."""
        if not isinstance(event, (RunStarted, StepStarted, StepFinished)):
            return ()
        if isinstance(event, RunStarted) and not self.plan.warnings:
            return ()
        from vidbuild.api.events import following

        return following(self.plan, self.store, event)

    def _place(self, report: BuildReport) -> None:
        self._placing = Placing(self.plan, self.store, self.folder, report)
        self._placing.place_all()
        self._video_seconds = self._seconds(report)

    def _seconds(self, report: BuildReport) -> float:
        step, file = self.plan.frames.step, self.plan.frames.name
        if step not in report.steps or file not in report.steps[step].outputs:
            return 0.0
        frames: int = json.loads(report.path(step, file).read_text(encoding="utf-8"))["frames"]
        return round(frames / self.plan.fps, 3)
