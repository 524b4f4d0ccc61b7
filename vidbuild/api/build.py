"""Build specs: plan them all, build them in one run, and put each video's outputs beside its spec."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from vidbuild.api.build_result import cache_notices
from vidbuild.api.engine import engine_of
from vidbuild.api.environment import FILE_SIZE, MEMORY
from vidbuild.api.final_event import FinalEvent
from vidbuild.api.listeners import Listeners, listening
from vidbuild.api.options import BuildOptions, RunControl, options_of
from vidbuild.api.output_place import refuse_output
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
from vidbuild.api.video import DERIVED_FROM, Video
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.events import Event, Listener
from vidbuild.engine.runs.run_log import new_id
from vidbuild.engine.schedule.engine import Engine
from vidbuild.engine.schedule.target import RunHooks, Target
from vidbuild.engine.store.store import Store
from vidbuild.engine.store.writable import writable
from vidbuild.errors import StoreError, UsageError, VidbuildError, os_error_text
from vidbuild.platforms import SANDBOX, require_posix


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
        video = command.prepare()
        for error in command.refuse({0: video}).values():
            raise error
        (result,) = command.run([video])
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
        if not options.dry_run:
            require_posix()
        refuse_output(options.output, specs)
        self.specs = specs
        self.options = options
        self._control = control or RunControl()
        self._batch = new_id()
        self._listener: Listener | None = None
        self._notices = list(_sandbox_notices())
        self._stores = [store_of(path_of(spec), options.cache) for spec in specs]
        self._names = dict(_target_names(specs, self._stores))

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
                videos[index] = self.prepare(index)
            except VidbuildError as error:
                if not hasattr(error, "diagnostics") and not self._keeps_going:
                    raise
                results[index] = _failed(spec, error)
        for index, refusal in self.refuse(videos).items():
            results[index] = _failed(videos.pop(index).path, refusal)
        for group in _by_store(self._stores):
            planned = [index for index in group if index in videos]
            if planned and (self.options.dry_run or self._keeps_going or all(each.ok for each in results.values())):
                results |= zip(planned, self._run_group([videos[index] for index in planned]), strict=True)
        return [results.get(index) or _aborted(spec) for index, spec in enumerate(self.specs)]

    @property
    def _keeps_going(self) -> bool:
        return self.options.keep_going and len(self.specs) > 1

    def _run_group(self, videos: Sequence[Video]) -> list[Result]:
        try:
            return self.run(videos)
        except VidbuildError as error:
            if not self._keeps_going:
                raise
            return [_failed(video.path, error) for video in videos]

    def prepare(self, index: int = 0) -> Video:
        """Plan a spec; if that fails, emit the events of a build that failed."""
        spec, store = self.specs[index], self._stores[index]
        with self._emitting_end(entry_of(path_of(spec), self.options.only, store), store):
            video = Video(spec, for_one(spec, self.specs, self.options), self._names[index])
            video.refuse_outputs()
        return video

    def run(self, videos: Sequence[Video]) -> list[Result]:
        """Build videos of one cache in one run, or find out what that would do; return their results."""
        if self.options.dry_run:
            engine = engine_of(videos[0].store)
            engine.check_fresh([video.target() for video in videos], self.options.fresh)
            return [video.dry_run(engine) for video in videos]
        store = videos[0].store
        entry = ", ".join(video.plan.entry for video in videos)
        with self._emitting_end(entry, store) as listener, writable(store) as used:
            targets = [
                video.target(metadata(video.spec, self.specs, self._batch, self.options, store), video.earlier_run())
                for video in videos
            ]
            for video in videos:
                video.store = used
            engine = engine_of(used, self.options.env_overrides, offline=self.options.offline)
            with _owning(videos, engine):
                reports = engine.build(targets, self.options, self._control, _Hooks(listener, videos))
            notices = [*self._notices, *cache_notices(used)]  # of the whole run: reported with its first video
            return [
                self._result(video, target, report, () if index else notices)
                for index, (video, target, report) in enumerate(zip(videos, targets, reports, strict=True))
            ]

    def refuse(self, videos: Mapping[int, Video]) -> dict[int, VidbuildError]:
        """Return the error of each video that a strict build refuses, by its index; emit its end."""
        if not self.options.strict or self.options.dry_run:
            return {}
        from vidbuild.api.findings import refusals

        errors: dict[int, VidbuildError] = {}
        for group in _by_store(self._stores):
            planned = [index for index in group if index in videos]
            if planned:
                with writable(self._stores[planned[0]]) as used:
                    found = refusals([videos[index] for index in planned], used, self.options)
                errors |= {planned[number]: error for number, error in found.items()}
        for index, error in errors.items():
            with contextlib.suppress(type(error)), self._emitting_end(videos[index].plan.entry, self._stores[index]):
                raise error
        return errors

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


@contextlib.contextmanager
def _owning(videos: Sequence[Video], engine: Engine) -> Iterator[None]:
    """Take the outputs for their specs; release those that were not written in the block."""
    try:
        for video in videos:
            video.take_outputs(engine)
        yield
    finally:
        for video in videos:
            video.release_outputs()


class _Hooks(RunHooks):
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


def _by_store(stores: Iterable[Store]) -> list[list[int]]:
    """Group the indexes of stores that are in the same folder."""
    groups: dict[str, list[int]] = {}
    for index, store in enumerate(stores):
        groups.setdefault(os.path.realpath(store.root), []).append(index)
    return list(groups.values())


def _target_names(specs: Sequence[SpecLike], stores: Sequence[Store]) -> Iterator[tuple[int, str]]:
    """Yield the index of each spec and the name of its target, which no other spec of its store has."""
    for group in _by_store(stores):
        yield from zip(group, target_names([path_of(specs[index]) for index in group]), strict=True)


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
