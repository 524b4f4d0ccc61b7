"""`vidbuild build`: the videos of some specs."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from vidbuild.cli import console, ending, options
from vidbuild.cli.interrupt import Interrupt
from vidbuild.errors import UsageError, VidbuildError
from vidbuild.record import dataclass

if TYPE_CHECKING:
    from vidbuild.api.result import Result
    from vidbuild.engine.events import Event, Listener
    from vidbuild.report.lines import Lines
    from vidbuild.report.live import Live


@click.command(
    "build",
    epilog=options.example(
        "vidbuild build video.yaml",
        "vidbuild build --keep-going -j 4 specs/*.yaml",
        "vidbuild build talk.yaml --only intro --var version=2.4",
    ),
)
@options.specs()
@click.option(
    "-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Steps at a time; default: the number of CPUs."
)
@click.option("-k", "--keep-going", is_flag=True, help="Go on with what a failure does not touch.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where outputs go; default: 'build' beside the spec.",
)
@click.option("--only", multiple=True, metavar="SCENE", help="Build only this scene; may be repeated.")
@click.option(
    "--fresh",
    multiple=True,
    metavar="STEP",
    help="Run this step, or those of a pattern ('film:*'), even if cached; may be repeated.",
)
@click.option("-n", "--dry-run", is_flag=True, help="Say what would run and why; run and write nothing.")
@click.option("--offline", is_flag=True, help="Fail where a step would need the network.")
@click.option(
    "--events", type=click.Path(path_type=Path), metavar="FILE", help="Write every event there, a JSON a line."
)
@options.variables()
@options.as_json("what was built")
@click.pass_obj
def command(
    interrupt: Interrupt,
    specs: Sequence[Path],
    events: Path | None,
    variables: Mapping[str, str],
    *,
    jobs: int | None,
    keep_going: bool,
    output: Path | None,
    only: Sequence[str],
    fresh: Sequence[str],
    dry_run: bool,
    offline: bool,
    as_json: bool,
) -> int:
    """Build videos; only what changed is made again.

    A folder stands for its video.yaml, and so does leaving SPEC out. The outputs land in 'build' beside the spec.
    """
    try:
        from vidbuild import api

        paths = options.found(specs)
        build = partial(
            api.build_all,
            paths,
            jobs=jobs,
            keep_going=keep_going,
            output=output,
            only=only,
            variables=variables,
            fresh=fresh,
            dry_run=dry_run,
            offline=offline,
            cancelled=interrupt.asked,
        )
        interrupt.gentle = True
        with _told(events, None if dry_run else _progress(paths, variables, only)) as listener:
            results = build(on_event=listener)
    except VidbuildError as error:
        if as_json:
            console.result_json(ending.error_as_json(error))
        raise
    return _end(results, [] if keep_going else paths[len(results) :], dry_run=dry_run, as_json=as_json)


def _end(results: Sequence[Result], untried: Sequence[Path], *, dry_run: bool, as_json: bool) -> int:
    for result in results:
        for line in [*ending.troubles(result), *_bugs(result)]:
            console.say(line)
    if as_json:
        console.result_json(ending.as_json(results))
    for result in results:
        for line in (ending.dry if dry_run else ending.lines)(result, several=len(results) > 1):
            (console.say if as_json else console.result)(line)
    for line in ending.untried(untried, results):
        console.say(line)
    return ending.code(results)


def _bugs(result: Result) -> Iterator[str]:
    """A report for each step that failed through a fault of vidbuild's own."""
    for failed in result.steps.failed:
        if failed.fault == "bug":
            from vidbuild.cli import crash

            yield from crash.told("\n".join([*failed.log, f"{failed.step}: {failed.error}"]), sys.argv[1:])


@contextlib.contextmanager
def _told(events: Path | None, view: Lines | Live | None) -> Iterator[Listener]:
    """Whoever listens to the build: the view on a terminal or the lines elsewhere, and the file of events."""
    with contextlib.ExitStack() as stack:
        listeners: list[Listener] = []
        if events is not None:
            try:
                file = stack.enter_context(events.open("w", encoding="utf-8", buffering=1))
            except OSError as error:
                raise UsageError(f"cannot write events to '{events}': {error.strerror}") from error
            listeners.append(_Noted(file))
        if view is not None:
            stack.enter_context(view)
            listeners.append(view)
        yield _All(listeners)


@dataclass(frozen=True, slots=True)
class _Noted:
    """Writes each event down, so that the file can be followed."""

    file: TextIO

    def __call__(self, event: Event) -> None:
        self.file.write(event.to_line())


@dataclass(frozen=True, slots=True)
class _All:
    """Hands each event to all who listen."""

    listeners: Sequence[Listener]

    def __call__(self, event: Event) -> None:
        for listener in self.listeners:
            listener(event)


def _progress(paths: Sequence[Path], variables: Mapping[str, str], only: Sequence[str]) -> Lines | Live:
    several = len(paths) > 1
    if not console.is_terminal(sys.stderr):
        from vidbuild.report.lines import Lines

        return Lines(console.say, several=several)
    from vidbuild.report.live import Live

    return Live(sys.stderr, partial(_scenes, paths, variables, only), several=several)


def _scenes(paths: Sequence[Path], variables: Mapping[str, str], only: Sequence[str], entry: str) -> Sequence[str]:
    """The scenes of the build that is running, for the view alone: a view never ends a build."""
    from vidbuild import api

    try:
        path = next(path for path in paths if api.entry_of(path, only) == entry)
        return api.scene_ids(path, variables=variables, only=only)
    except (StopIteration, VidbuildError):
        return ()
