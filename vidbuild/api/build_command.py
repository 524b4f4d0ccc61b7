"""The builds of one call: specs, or rows with options of their own, in a run for each cache."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from vidbuild.api.build_result import aborted, as_reported, cache_notices, failed, sandbox_notices
from vidbuild.api.engine import engine_of
from vidbuild.api.final_event import FinalEvent
from vidbuild.api.listeners import Listeners, listening
from vidbuild.api.network_policy import settings_of
from vidbuild.api.options import LOCAL, BuildOptions, RunControl
from vidbuild.api.output_place import refuse_output
from vidbuild.api.plan import SeveralVideosError, store_of
from vidbuild.api.plan_cache import entry_of
from vidbuild.api.result import Notice, Result
from vidbuild.api.spec_args import (
    SpecLike,
    by_store,
    for_one,
    metadata,
    names_in_stores,
    path_of,
)
from vidbuild.api.video import Video, VideoHooks, owning
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.events import Listener
from vidbuild.engine.runs.run_log import new_id
from vidbuild.engine.schedule.target import Target
from vidbuild.engine.store.store import Store
from vidbuild.engine.store.writable import writable
from vidbuild.errors import VidbuildError
from vidbuild.frozen import dataclass, replaced
from vidbuild.platforms import require_posix
from vidbuild.project import root_of

if TYPE_CHECKING:
    from vidbuild.api.executor import ChosenExecutor
    from vidbuild.api.plan import Plan
    from vidbuild.api.shared_cache import SharedCache, UnusableCache
    from vidbuild.choice import Choice


# Of a build that found its only video up to date: when it began, in ns since 1970.
NullFacts: TypeAlias = tuple[Video, BuildReport, int]


@dataclass(frozen=True, slots=True)
class BuildRow:
    """One of several builds that have options of their own; name: of its target in the run, which no other has."""

    spec: Path
    name: str
    options: BuildOptions


class BuildCommand:
    """The builds of one call. Each project has a cache of its own, so there is a run for each cache."""

    def __init__(
        self,
        specs: Sequence[SpecLike],
        options: BuildOptions,
        control: RunControl | None,
        rows: Sequence[BuildRow] | None = None,
        on_null_build: Callable[[NullFacts], None] | None = None,
    ) -> None:
        self._began = time.time_ns()
        self._on_null_build = on_null_build
        if not options.dry_run:
            require_posix()
        refuse_output(options.output, specs)
        self.specs = specs
        self.options = options
        self._control = control or RunControl()
        self._batch = new_id()
        self._listener: Listener | None = None
        self._has_several = False  # videos of one spec
        self._notices = list(sandbox_notices())
        self._stores = [store_of(path_of(spec), options.cache) for spec in specs]
        self._names = dict(enumerate(each.name for each in rows) if rows else names_in_stores(specs, self._stores))
        self._own = [each.options for each in rows] if rows else [for_one(spec, specs, options) for spec in specs]
        self._is_batch = rows is not None
        self.planned: Mapping[Choice | None, Plan] = {}  # what is planned already; None: the only video of a spec
        self._shared: list[SharedCache | UnusableCache] = []
        self._executor: ChosenExecutor | None = None
        if options.executor != LOCAL:
            from vidbuild.api.executor import ChosenExecutor

            self._executor = ChosenExecutor(options)

    @contextlib.contextmanager
    def listening(self, on_event: Listeners | None) -> Iterator[None]:
        """Emit events to these listeners in the block; a dry run emits none."""
        with contextlib.ExitStack() as stack:
            if self._executor:
                stack.enter_context(self._executor.sharing())
            self._listener = stack.enter_context(listening(None if self.options.dry_run else on_event))
            yield

    def build(self) -> list[Result]:
        """Plan every spec, then build what can be built; return a result for each spec."""
        results: list[list[Result]] = [[] for _ in self.specs]
        every: list[tuple[int, Video]] = []
        for index, (spec, found) in enumerate(zip(self.specs, results, strict=True)):
            try:
                every += [(index, video) for video in self.prepare(index, found)]
            except VidbuildError as error:
                if not hasattr(error, "diagnostics") and not self._keeps_going:
                    raise
                found.append(failed(spec, error))
        refused = self.refuse([video for _, video in every])
        for number, refusal in refused.items():
            index, video = every[number]
            results[index].append(failed(video.path, refusal, named=video.named))
        planned = [each for number, each in enumerate(every) if number not in refused]
        for group in by_store([self._stores[index] for index, _ in planned]):
            chosen = [planned[number] for number in group]
            all_ok = all(each.ok for found in results for each in found)
            if self.options.dry_run or self._keeps_going or all_ok:
                built = self._run_group([video for _, video in chosen])
            else:
                built = [aborted(video.path, video.named) for _, video in chosen]
            for (index, _), result in zip(chosen, built, strict=True):
                results[index].append(result)
        return [
            together(spec, found) if found else aborted(spec) for spec, found in zip(self.specs, results, strict=True)
        ]

    @property
    def _keeps_going(self) -> bool:
        return self.options.keep_going and (len(self.specs) > 1 or self._has_several or self._is_batch)

    def _run_group(self, videos: Sequence[Video]) -> list[Result]:
        try:
            return self.run(videos)
        except VidbuildError as error:
            if not self._keeps_going:
                raise
            return [failed(video.path, error, named=video.named) for video in videos]

    def prepare(self, index: int = 0, unbuilt: list[Result] | None = None) -> list[Video]:
        """Plan the videos of a spec; if that fails, emit the events of a build that failed.

        unbuilt: gets the results of videos with errors in the spec; None raises these.
        """
        spec, store, name, options = self.specs[index], self._stores[index], self._names[index], self._own[index]
        entry = entry_of(path_of(spec), options.only, store, draft=options.draft, base=options.name)
        with self._emitting_end(entry, store):
            try:
                return [_only(Video(spec, options, name, plan=self.planned.get(None)), options)]
            except SeveralVideosError as several:
                from vidbuild.api.several import choices_of, target_name

                choices = choices_of(several, spec, options)
                self._has_several |= len(choices) > 1
        found: list[Video] = []
        for choice in choices:
            own = target_name(name, choice if len(choices) > 1 else None)
            entry = entry_of(path_of(spec), options.only, store, choice, draft=options.draft, base=options.name)
            try:
                with self._emitting_end(entry, store):
                    found.append(_checked(Video(spec, options, own, choice, self.planned.get(choice))))
            except VidbuildError as error:
                if unbuilt is None or not hasattr(error, "diagnostics"):
                    raise
                result = failed(spec, error)
                unbuilt.append(replaced(result, name=choice.name, output=choice.output, language=choice.language))
        return found

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
                video.target(metadata(video.spec, self.specs, self._batch, video.options, store), video.earlier_run())
                for video in videos
            ]
            for video in videos:
                video.store = used
            shared = self._shared_cache(root_of(videos[0].path))
            tiers = shared.tiers if shared else ()
            engine = engine_of(
                used,
                self.options.env_overrides,
                offline=self.options.offline,
                remote=tiers,
                new_executor=self._executor,
            )
            with owning(videos, engine):
                reports = engine.build(targets, self.options, self._control, VideoHooks(listener, videos))
            notices = [*self._notices, *cache_notices(used)]  # of the whole run: reported with its first video
            notices += self._executor.notices() if self._executor else ()
            if shared is not None:
                shared.finish(used, reports, engine.fetches)
                notices += shared.notices()
                self._shared.append(shared)
            results = [
                self._result(video, target, report, () if index else notices)
                for index, (video, target, report) in enumerate(zip(videos, targets, reports, strict=True))
            ]
            first = replaced(results[0], remote=shared.counts) if shared else results[0]
            is_plain = not (shared or notices or self._has_several or self._executor) and used is store
            if self._on_null_build and is_plain and len(self.specs) == 1 and first.status == "up-to-date":
                self._on_null_build((videos[0], reports[0], self._began))
            return [first, *results[1:]]

    def _shared_cache(self, root: Path) -> SharedCache | UnusableCache | None:
        """Return the remote cache of a project; most have no settings, and import nothing for it."""
        asked = self.options.remote_write or self.options.require_remote
        if not asked and settings_of(root) is None:
            return None
        from vidbuild.api.shared_cache import shared_cache

        return shared_cache(root, self.options)

    def check_remote(self) -> None:
        """Raise the error of a remote cache that is required, after everything that was built is in its place."""
        for each in self._shared:
            each.check()

    def refuse(self, videos: Sequence[Video]) -> dict[int, VidbuildError]:
        """Return the error of each video that a strict build refuses, by its index; emit its end."""
        if not self.options.strict or self.options.dry_run:
            return {}
        from vidbuild.api.findings import refusals

        errors: dict[int, VidbuildError] = {}
        for group in by_store([video.store for video in videos]):
            with writable(videos[group[0]].store) as used:
                found = refusals([videos[index] for index in group], used, self.options)
            errors |= {group[number]: error for number, error in found.items()}
        for index, error in errors.items():
            video = videos[index]
            with contextlib.suppress(type(error)), self._emitting_end(video.plan.entry, video.store):
                raise error
        return errors

    def _result(self, video: Video, target: Target, report: BuildReport, notices: Iterable[Notice]) -> Result:
        if report.error is None:
            return video.result(target, report, notices)
        if len(self.specs) == 1 and not video.name:
            raise report.error
        return failed(video.path, as_reported(report.error, video.store), report.run, video.named)

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
                raise as_reported(error, store) from error
        except BaseException as error:
            if not self.options.dry_run:
                listener.end(error, entry, store, self._control.cancel_exit_code)
            raise


def _only(video: Video, options: BuildOptions) -> Video:
    """Return the only video of a spec; UsageError if a command asks for another one."""
    if options.language or options.output_name:
        from vidbuild.api.several import check_choice

        check_choice(video, options)
    return _checked(video)


def together(spec: SpecLike, results: Sequence[Result]) -> Result:
    """Return the results of a spec's videos as one."""
    if len(results) == 1:
        return results[0]
    from vidbuild.api.several import together

    return together(path_of(spec), results)


def _checked(video: Video) -> Video:
    """Return a video whose outputs can be written, as far as that can be known before."""
    video.refuse_outputs()
    return video
