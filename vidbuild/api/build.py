"""Build specs: plan them all, build them in one run, and put each video's outputs beside its spec."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from vidbuild.api import outcome
from vidbuild.api.engine import engine_of
from vidbuild.api.environment import FILE_SIZE, MEMORY, SANDBOX
from vidbuild.api.final_event import FinalEvent
from vidbuild.api.listeners import Listeners, listening
from vidbuild.api.options import BuildOptions, RunControl, options_of
from vidbuild.api.plan import entry_of, store_of
from vidbuild.api.result import FailedStep, Notice, Result, Steps
from vidbuild.api.spec_args import SpecLike, for_one, metadata, path_of, refuse_same_names, target_names
from vidbuild.api.video import Video
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
    control: asked several times a second whether to pause, cancel or suspend the build.
    changes: fields of BuildOptions by their names, such as `jobs=4`.

    What is wrong with the spec is raised as SpecError; a step that fails is in the result. UsageError and StoreError
    are raised if nothing could be tried.
    """
    command = _Command([spec], options_of(options, changes), control)
    with command.listening(on_event):
        video = command.prepare(spec)
        (result,) = [video.foreseen()] if command.options.dry_run else command.run([video])
    return result


def build_all(
    specs: Iterable[SpecLike],
    options: BuildOptions | None = None,
    *,
    on_event: Listeners | None = None,
    control: RunControl | None = None,
    **changes: Any,  # noqa: ANN401 - as for build
) -> list[Result]:
    """Build specs in one run, as `build` builds one; return the results of those that were tried, in their order.

    Steps with equal keys run once, and each video is in its place as soon as it is whole. A spec that is wrong is a
    failed result; without keep_going nothing is built then, and a step that fails stops the run.
    """
    command = _Command(list(dict.fromkeys(specs)), options_of(options, changes), control)
    refuse_same_names(command.specs, command.options)
    with command.listening(on_event):
        return command.build()


class _Command:
    """All that one call builds. Each project has a cache of its own, so there is a run for each cache."""

    def __init__(self, specs: Sequence[SpecLike], options: BuildOptions, control: RunControl | None) -> None:
        self.specs = specs
        self.options = options
        self._control = control or RunControl()
        self._batch = new_id()
        self._listener: Listener | None = None
        self._notices = list(_sandbox_notices())

    @contextlib.contextmanager
    def listening(self, on_event: Listeners | None) -> Iterator[None]:
        """Have events emitted to these listeners; a dry run emits none."""
        with listening(None if self.options.dry_run else on_event) as self._listener:
            yield

    def build(self) -> list[Result]:
        """Plan every spec, then build what can be built."""
        results: dict[int, Result] = {}
        videos: dict[int, Video] = {}
        for index, spec in enumerate(self.specs):
            try:
                videos[index] = self.prepare(spec)
            except VidbuildError as error:
                if not hasattr(error, "diagnostics") and not self._keeps_going:
                    raise
                results[index] = _untried(spec, error)
        if self.options.dry_run:
            results |= {index: video.foreseen() for index, video in videos.items()}
        elif not results or self._keeps_going:
            for group in _by_store(videos):
                results |= zip(group, self.run(list(group.values())), strict=True)
                if not self._keeps_going and not all(results[index].ok for index in group):
                    break
        return [results[index] for index in sorted(results)]

    @property
    def _keeps_going(self) -> bool:
        return self.options.keep_going and len(self.specs) > 1

    def prepare(self, spec: SpecLike) -> Video:
        """Plan a spec; if that fails, emit the events of a build that failed."""
        path = path_of(spec)
        store = store_of(path, self.options.cache)
        with self._ending(entry_of(path, self.options.only, store), store):
            return Video(spec, for_one(spec, self.specs, self.options))

    def run(self, videos: Sequence[Video]) -> list[Result]:
        """Build videos of one cache in one run."""
        store = videos[0].store
        with self._ending(", ".join(video.plan.entry for video in videos), store) as listener, writable(store) as used:
            hooks = _Hooks(listener)
            names = target_names([video.path for video in videos])
            targets = [
                hooks.add(video, name, self._metadata(video, store)) for video, name in zip(videos, names, strict=True)
            ]
            for video in videos:
                video.store = used
            engine = engine_of(used, self.options.env_overrides)
            reports = engine.build(targets, self.options, self._control, hooks)
            notices = [*self._notices, *outcome.of_the_cache(used)]  # of the whole run: with its first video
            return [
                self._result(video, report, () if index else notices)
                for index, (video, report) in enumerate(zip(videos, reports, strict=True))
            ]

    def _result(self, video: Video, report: BuildReport, notices: Iterable[Notice]) -> Result:
        if report.error is None:
            return video.result(report, notices)
        if len(self.specs) == 1 or not isinstance(report.error, VidbuildError):
            raise report.error
        return _untried(video.path, report.error)

    def _metadata(self, video: Video, store: Store) -> Mapping[str, Any]:
        return metadata(video.spec, self.specs, self._batch, self.options, store)

    @contextlib.contextmanager
    def _ending(self, entry: str, store: Store) -> Iterator[FinalEvent]:
        """Emit the end of a build whatever happens in the block; an OSError is trouble with the cache."""
        listener = FinalEvent(self._listener)
        try:
            with _as_store_error(store):
                yield listener
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


@contextlib.contextmanager
def _as_store_error(store: Store) -> Iterator[None]:
    """Report an OSError as trouble with the cache: errors of the user's own files are reported where they are read."""
    try:
        yield
    except BrokenPipeError:
        raise  # the reader of the events is gone, which is no trouble with the cache
    except OSError as error:
        name = error.filename or store.root
        raise StoreError(f"the cache cannot be used: {(error.strerror or str(error)).lower()}: '{name}'") from error


def _by_store(videos: Mapping[int, Video]) -> list[dict[int, Video]]:
    """Group videos by the cache that they share."""
    groups: dict[str, dict[int, Video]] = {}
    for index, video in videos.items():
        groups.setdefault(os.path.realpath(video.store.root), {})[index] = video
    return list(groups.values())


def _untried(spec: SpecLike, error: VidbuildError) -> Result:
    """Return the result of a spec that could not even be tried."""
    path, diagnostics = path_of(spec), getattr(error, "diagnostics", ())
    fault = "spec" if isinstance(error, UsageError) else "step"
    failed = () if diagnostics else (FailedStep(path.name, error.message, error.hint, fault=fault),)
    return Result("failed", path, "", (), Steps(0, failed=failed), 0.0, 0.0, diagnostics=diagnostics)


def _sandbox_notices() -> Iterator[Notice]:
    """Return what there is to report about the sandbox, if the user asked for another one than usual."""
    if any(os.environ.get(name) for name in (SANDBOX, MEMORY, FILE_SIZE)):
        from vidbuild.api.sandbox_policy import notices

        yield from map(Notice, notices())
