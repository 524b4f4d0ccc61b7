"""One video of a run: its plan, its target, its outputs and its result."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.api import build_result, network_policy
from vidbuild.api.engine import engine_of
from vidbuild.api.options import BuildOptions
from vidbuild.api.output_owner import OutputOwner
from vidbuild.api.output_place import folder_of, name_of_file, refuse_format
from vidbuild.api.outputs import (
    OTHER_FOLDER,
    Placing,
    folder_problems,
    output_location,
    owner_message,
    problems,
    refuse_other_owner,
    refuse_outside,
    refuse_sources,
    refuse_unwritable,
    targets,
    wrote,
)
from vidbuild.api.plan import Plan, plan_of, store_of
from vidbuild.api.result import Notice, Result, Steps
from vidbuild.api.spec_args import OTHER_OUTPUTS, SpecLike, path_of
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.events import Event, Listener, StepFinished, StepStarted, TargetStarted
from vidbuild.engine.schedule.engine import Engine
from vidbuild.engine.schedule.target import RunHooks, Target
from vidbuild.errors import UsageError, os_error_text
from vidbuild.frozen import replaced
from vidbuild.project import root_of

if TYPE_CHECKING:
    from vidbuild.choice import Choice

DERIVED_FROM = (TargetStarted, StepStarted, StepFinished)


def target_of(plan: Plan, name: str = "", metadata: Mapping[str, Any] | None = None, continues: str = "") -> Target:
    """Return what the engine builds for a plan; name: of the target in the run."""
    return Target(plan.graph, name, plan.entry, plan.targets, plan.weights, metadata or {}, continues)


class Video:
    """One spec's video.

    name: of the video's target in the run, "" if it is the only one.
    choice: which of the spec's videos.
    plan: if it exists already, for these options.
    store: keeps the steps' results; the caller may replace it before the run begins.

    Raises SpecError if the spec is wrong, UsageError if the options do not fit it, and SeveralVideosError without a
    choice if the spec has several videos.
    """

    def __init__(
        self,
        spec: SpecLike,
        options: BuildOptions,
        name: str = "",
        choice: Choice | None = None,
        plan: Plan | None = None,
    ) -> None:
        self.spec = spec
        self.name = name
        self.path = path_of(spec)
        self.store = store_of(self.path, options.cache)
        self.folder = folder_of(options.output, self.path) / (options.name or "").rpartition("/")[0]
        self.options = options
        self._began = time.monotonic()
        self._seconds = 0.0
        self._placing: Placing | None = None
        if not options.dry_run:
            refuse_outside(root_of(self.path), self._default_folders())
        self.plan: Plan = plan or plan_of(
            spec,
            store=self.store,
            variables=options.variables,
            brand=options.brand,
            only=options.only,
            name=name_of_file(options.output),
            remember=not options.dry_run,
            choice=choice,
            draft=options.draft,
            base=options.name,
        )
        refuse_format(options.output, self.plan.outputs[0].suffix, draft=options.draft)
        self._outputs = targets(self.plan, self.folder)
        self._owner = OutputOwner(self.folder, self.plan.name, self.path)
        refuse_sources(self.plan, self._outputs)
        if options.frozen or not options.dry_run:
            network_policy.check(engine_of(self.store), self.plan, self.target(), root_of(self.path), options)

    def _default_folders(self) -> dict[Path, str]:
        """Return the folders that a build writes by default, each with how to choose another."""
        folders = {} if self.options.output else {self.folder: OTHER_FOLDER}
        if self.options.cache is None and "VIDBUILD_CACHE" not in os.environ:
            folders[self.store.root] = "VIDBUILD_CACHE=another folder"
        return folders

    def refuse_outputs(self) -> None:
        """Raise SpecError or UsageError if the outputs cannot be written, as far as that can be known before."""
        refuse_other_owner(self.plan, self._owner, self._outputs[0])
        refuse_unwritable(self._outputs)

    def output_warnings(self) -> Iterator[Notice]:
        """Yield what `refuse_outputs` would raise, and whether the folder is read-only, for a check."""
        location = output_location(self.plan)
        if (other := self._owner.other()) is not None:
            yield Notice(owner_message(self._outputs[0], other), location, OTHER_OUTPUTS, "VB901")
        if problem := next(chain(problems(self._outputs), folder_problems(self._outputs[0])), ""):
            yield Notice(problem, location, f"vidbuild build {OTHER_FOLDER}", "VB902")

    def take_outputs(self, engine: Engine) -> None:
        """Record that the outputs belong to this spec, before the first step runs.

        Raises UsageError if the folder cannot be written and the outputs are not up to date.
        """
        problem = ""
        try:
            self._owner.take()
        except OSError as error:
            problem = os_error_text(error)
        if not os.access(self.folder, os.W_OK | os.X_OK):
            problem = problem or "read-only"
        if problem and any(each.state != "cached" for each in engine.explain(self.target(), self.options.fresh)):
            raise UsageError(f"cannot write '{self.folder}': {problem}", hint=OTHER_FOLDER)
        if self._owner.taken:
            refuse_other_owner(self.plan, self._owner, self._outputs[0])

    def release_outputs(self) -> None:
        """Undo `take_outputs`, unless this build or another one of the spec placed outputs."""
        self._owner.release(lambda: self._placing is not None or any(map(wrote, self._outputs)))

    def target(self, metadata: Mapping[str, Any] | None = None, continues: str = "") -> Target:
        """Return what the engine builds for the video.

        metadata: what the run records of the target.
        continues: the id of an earlier run, "" for none.
        """
        return target_of(self.plan, self.name, metadata, continues)

    def earlier_run(self) -> str:
        """Return the id of the run that the build continues, "" for none; UsageError if it cannot be continued."""
        if not self.options.resume:
            return ""
        from vidbuild.api.resume import earlier

        return earlier(self.store, self.options.resume, self.plan.entry, self.options.variables).id

    def derive_events(self, target: Target, event: Event) -> Iterable[Event]:
        """Return the events that only videos have; a build that runs no step has none of them."""
        if isinstance(event, TargetStarted) and not self.plan.warnings:
            return ()
        from vidbuild.api.events import derive

        return derive(self.plan, self.store, target, event)

    def place(self, report: BuildReport) -> None:
        """Put the outputs into their places."""
        if self._owner.taken:
            refuse_other_owner(self.plan, self._owner, self._outputs[0])
        self._placing = Placing(self.plan, self.store, self.folder, report)
        self._placing.place_all()
        step, file = self.plan.frames.step, self.plan.frames.name
        if step in report.steps and file in report.steps[step].outputs:
            frames: int = json.loads(report.path(step, file).read_text(encoding="utf-8"))["frames"]
            self._seconds = round(frames / self.plan.fps, 3)

    def result(self, target: Target, report: BuildReport, notices: Iterable[Notice] = ()) -> Result:
        """Return the result of the video that was built as this target; notices: to report with its warnings."""
        placing = self._placing
        # An output that was copied from the cache was built as far as the user can see.
        status = "built" if placing and placing.written else report.status
        files = tuple(placing.files if placing else ())
        steps = build_result.step_results(self.plan, target, self.store, report)
        warnings = (
            *self.plan.warnings,
            *build_result.step_warnings(self.plan.graph.steps, report),
            *notices,
            *(placing.notices if placing else ()),
        )
        seconds = round(report.ended - self._began, 3)
        return self.named(Result(status, self.path, report.run, files, steps, self._seconds, seconds, warnings))

    def named(self, result: Result) -> Result:
        """Return a result with which of the spec's videos it is of."""
        return replaced(
            result,
            name=".".join(filter(None, self.plan.video)),
            output=self.plan.video[0],
            language=self.plan.language,
            draft=self.options.draft,
            filename=self._outputs[0].name,
        )

    def dry_run(self, engine: Engine) -> Result:
        """Return what a build would do."""
        explanations = engine.explain(self.target(), self.options.fresh)
        reasons = {each.step: each.short().partition("  ")[2] for each in explanations if each.state != "cached"}
        cached = len(explanations) - len(reasons)
        steps = Steps(len(explanations), cached=cached, reasons=reasons, would_run=tuple(reasons))
        seconds = round(time.monotonic() - self._began, 3)
        warnings = tuple(build_result.known_warnings(self.plan, self.store, explanations))
        if self.options.strict and warnings:
            from vidbuild.api.strict import as_errors, warning_of

            refused = as_errors(warning_of(each, self.path) for each in warnings)
            return self.named(Result("failed", self.path, "", (), steps, 0.0, seconds, diagnostics=refused))
        status: Any = "would-build" if reasons else "up-to-date"
        return self.named(Result(status, self.path, "", (), steps, 0.0, seconds, warnings))


@contextlib.contextmanager
def owning(videos: Sequence[Video], engine: Engine) -> Iterator[None]:
    """Take the outputs for their specs; release those that were not written in the block."""
    try:
        for video in videos:
            video.take_outputs(engine)
        yield
    finally:
        for video in videos:
            video.release_outputs()


class VideoHooks(RunHooks):
    """Hands what happens to a target to its video."""

    derived_from = DERIVED_FROM

    def __init__(self, on_event: Listener | None, videos: Iterable[Video]) -> None:
        super().__init__(on_event)
        self._videos = {video.name: video for video in videos}

    def derive_events(self, target: Target, event: Event) -> Iterable[Event]:
        """Return the events that only videos have."""
        return self._videos[target.name].derive_events(target, event)

    def on_success(self, target: Target, report: BuildReport) -> None:
        """Place the video's outputs."""
        self._videos[target.name].place(report)
