"""Build specs: plan them all, build them in one run, and put each video's outputs beside its spec."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from vidbuild.api.build_result import cache_notices
from vidbuild.api.engine import engine_of
from vidbuild.api.environment import FILE_SIZE, MEMORY, SANDBOX
from vidbuild.api.final_event import FinalEvent
from vidbuild.api.listeners import Listeners, listening
from vidbuild.api.options import BuildOptions, RunControl, options_of
from vidbuild.api.plan import entry_of, store_of
from vidbuild.api.result import FailedStep, Notice, Result, Steps
from vidbuild.api.spec_args import (
    SpecLike,
    distinct,
    for_one,
    metadata,
    path_of,
    refuse_same_names,
    target_names,
)
from vidbuild.api.video import Video
from vidbuild.engine.disk.durable import os_error_text
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.events import Event, Listener
from vidbuild.engine.runs.run_log import new_id
from vidbuild.engine.schedule.target import RunHooks, Target
from vidbuild.engine.store.store import Store
from vidbuild.engine.store.writable import writable
from vidbuild.errors import StoreError, UsageError, VidbuildError


def build(
    spec: SpecLike,
    options: BuildOptions | None = None,
    *,
    on_event: Listeners | None = None,
    control: RunControl | None = None,
    **changes: Any,  # noqa: ANN401 - the values of any fields of BuildOptions
) -> Result:
    """Build one spec (its path, or a Spec made in Python) and put its outputs beside it.

    on_event: a listener for every event, or type of event -> listener (see `listeners`).
    control: polled several times a second; it can pause, cancel and suspend the build.
    changes: fields of BuildOptions by their names, such as `jobs=4`.

    A step that fails is in the result. Raises SpecError if the spec is wrong, UsageError or StoreError if the build
    cannot begin.
    """
    command = _Command([spec], options_of(options, changes), control)
    with command.listening(on_event):
        video = command.prepare(spec)
        (result,) = [video.dry_run()] if command.options.dry_run else command.run([video])
    return result


def build_all(
    specs: Iterable[SpecLike],
    options: BuildOptions | None = None,
    *,
    on_event: Listeners | None = None,
    control: RunControl | None = None,
    **changes: Any,  # noqa: ANN401 - as for build
) -> list[Result]:
    """Build specs in one run, as `build` builds one; return a result for each spec, in their order.

    Steps with equal keys run once. Each video's outputs are put into their places as soon as all its steps are done.
    A wrong spec has a failed result. Without keep_going, nothing is built if a spec is wrong, and the run stops after a
    step failed; the result of a video that was not finished for such a reason is "aborted".
    """
    command = _Command(distinct(specs), options_of(options, changes), control)
    refuse_same_names(command.specs, command.options)
    with command.listening(on_event):
        return command.build()


class _Command:
    """The builds of one call. Each project has a cache of its own, so there is a run for each cache."""

    def __init__(self, specs: Sequence[SpecLike], options: BuildOptions, control: RunControl | None) -> None:
        self.specs = specs
        self.options = options
        self._control = control or RunControl()
        self._batch = new_id()
        self._listener: Listener | None = None
        self._notices = list(_sandbox_notices())

    @contextlib.contextmanager
    def listening(self, on_event: Listeners | None) -> Iterator[None]:
        """Emit events to these listeners in the block; a dry run emits none."""
        with listening(None if self.options.dry_run else on_event) as self._listener:
            yield

    def build(self) -> list[Result]:
        """Plan every spec, then build what can be built; return a result for each spec."""
        results: dict[int, Result] = {}
        videos: dict[int, Video] = {}
        for index, spec in enumerate(self.specs):
            try:
                videos[index] = self.prepare(spec)
            except VidbuildError as error:
                if not hasattr(error, "diagnostics") and not self._keeps_going:
                    raise
                results[index] = _failed(spec, error)
        if self.options.dry_run:
            results |= {index: video.dry_run() for index, video in videos.items()}
        else:
            for group in _by_store(videos):
                if self._keeps_going or all(result.ok for result in results.values()):
                    results |= self._run_group(group)
        return [results.get(index) or _aborted(spec) for index, spec in enumerate(self.specs)]

    @property
    def _keeps_going(self) -> bool:
        return self.options.keep_going and len(self.specs) > 1

    def _run_group(self, group: Mapping[int, Video]) -> dict[int, Result]:
        """Build the videos of one cache."""
        try:
            return dict(zip(group, self.run(list(group.values())), strict=True))
        except VidbuildError as error:
            if not self._keeps_going:
                raise
            return {index: _failed(video.path, error) for index, video in group.items()}

    def prepare(self, spec: SpecLike) -> Video:
        """Plan a spec; if that fails, emit the events of a build that failed."""
        path = path_of(spec)
        store = store_of(path, self.options.cache)
        with self._emitting_end(entry_of(path, self.options.only, store), store):
            return Video(spec, for_one(spec, self.specs, self.options))

    def run(self, videos: Sequence[Video]) -> list[Result]:
        """Build videos of one cache in one run; return their results."""
        store = videos[0].store
        entry = ", ".join(video.plan.entry for video in videos)
        with self._emitting_end(entry, store) as listener, writable(store) as used:
            hooks = _Hooks(listener)
            names = target_names([video.path for video in videos])
            targets = [
                hooks.add(video, name, metadata(video.spec, self.specs, self._batch, self.options, store))
                for video, name in zip(videos, names, strict=True)
            ]
            for video in videos:
                video.store = used
            reports = engine_of(used, self.options.env_overrides).build(targets, self.options, self._control, hooks)
            notices = [*self._notices, *cache_notices(used)]  # of the whole run: reported with its first video
            return [
                self._result(video, target, report, () if index else notices)
                for index, (video, target, report) in enumerate(zip(videos, targets, reports, strict=True))
            ]

    def _result(self, video: Video, target: Target, report: BuildReport, notices: Iterable[Notice]) -> Result:
        if report.error is None:
            return video.result(target, report, notices)
        if len(self.specs) == 1:
            raise report.error
        return _failed(video.path, _as_reported(report.error, video.store), report.run)

    @contextlib.contextmanager
    def _emitting_end(self, entry: str, store: Store) -> Iterator[FinalEvent]:
        """If the block raises, emit the end of a build unless the block did; an OSError becomes a StoreError."""
        listener = FinalEvent(self._listener)
        try:
            try:
                yield listener
            except BrokenPipeError:
                raise  # the reader of the events is gone
            except OSError as error:  # of the cache: errors of the user's own files are reported where they are read
                raise _as_reported(error, store) from error
        except BaseException as error:
            if not self.options.dry_run:
                listener.end(error, entry, store, self._control.cancel_exit_code)
            raise


class _Hooks(RunHooks):
    """Hands what happens to a target to its video."""

    def __init__(self, on_event: Listener | None) -> None:
        super().__init__(on_event)
        self._videos: dict[str, Video] = {}

    def add(self, video: Video, name: str, metadata: Mapping[str, Any]) -> Target:
        """Return the target of a video."""
        self._videos[name] = video
        return video.target(name, metadata)

    def derive_events(self, target: Target | None, event: Event) -> Iterable[Event]:
        """Return the events that only videos have."""
        return () if target is None else self._videos[target.name].derive_events(target, event)

    def on_success(self, target: Target, report: BuildReport) -> None:
        """Place the video's outputs."""
        self._videos[target.name].place(report)


def _by_store(videos: Mapping[int, Video]) -> list[dict[int, Video]]:
    """Group videos by the cache that they share."""
    groups: dict[str, dict[int, Video]] = {}
    for index, video in videos.items():
        groups.setdefault(os.path.realpath(video.store.root), {})[index] = video
    return list(groups.values())


def _as_reported(error: Exception, store: Store) -> VidbuildError:
    """Return the error that the user sees: an OSError is a problem of the cache."""
    if isinstance(error, VidbuildError):
        return error
    if not isinstance(error, OSError):
        raise error
    return StoreError(f"the cache cannot be used: {os_error_text(error)}: '{error.filename or store.root}'")


def _failed(spec: SpecLike, error: VidbuildError, run: str = "") -> Result:
    """Return the result of a spec that could not be built, or whose outputs could not be placed."""
    path, diagnostics = path_of(spec), getattr(error, "diagnostics", ())
    fault = "spec" if isinstance(error, UsageError) else "step"
    failed = () if diagnostics else (FailedStep(path.name, error.message, error.hint, fault=fault),)
    return Result("failed", path, run, (), Steps(0, failed=failed), 0.0, 0.0, diagnostics=diagnostics)


def _aborted(spec: SpecLike) -> Result:
    """Return the result of a spec of which nothing was built, because another one failed."""
    return Result("aborted", path_of(spec), "", (), Steps(0), 0.0, 0.0)


def _sandbox_notices() -> Iterator[Notice]:
    """Return what there is to report about the sandbox, if the user asked for another one than usual."""
    if any(os.environ.get(name) for name in (SANDBOX, MEMORY, FILE_SIZE)):
        from vidbuild.api.sandbox_policy import notices

        yield from map(Notice, notices())
