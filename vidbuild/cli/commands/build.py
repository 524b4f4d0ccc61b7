"""`vidbuild build`: the videos of some specs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from vidbuild.cli import console, options, result_output
from vidbuild.cli.exit_codes import gravest
from vidbuild.cli.signals import Interrupt
from vidbuild.errors import UsageError, VidbuildError

if TYPE_CHECKING:
    from vidbuild.api.options import Options
    from vidbuild.api.result import Result
    from vidbuild.api.verify import Verified


@click.command(
    "build",
    epilog=options.example(
        "vidbuild build video.yaml",
        "vidbuild build --keep-going -j 4 specs/*.yaml",
        "vidbuild build talk.yaml --only intro --var version=2.4",
        "vidbuild build --resume last",
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
    help="Run this step, or those of a pattern ('render:*'), even if cached; may be repeated.",
)
@click.option("-n", "--dry-run", is_flag=True, help="Say what would run and why; run and write nothing.")
@click.option("--offline", is_flag=True, help="Fail where a step would need the network.")
@click.option("--allow-network-voice", is_flag=True, help="In CI, let specs use voices that are on the network.")
@click.option("--verify", is_flag=True, help="Then build again from an empty cache, and compare all outputs.")
@click.option(
    "--resume",
    metavar="ID",
    help="Go on with a build that failed, was cancelled or killed; 'last' is the newest. Without SPEC, with that "
    "build's specs, --only and -o.",
)
@click.option(
    "--shuffle",
    type=int,
    metavar="SEED",
    help="Start steps in a random order that follows from this number, to find dependencies nobody declared.",
)
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
    allow_network_voice: bool,
    verify: bool,
    resume: str | None,
    shuffle: int | None,
    as_json: bool,
) -> int:
    """Build videos; only what changed is made again.

    A folder stands for its video.yaml, and so does leaving SPEC out. The outputs land in 'build' beside the spec.
    """
    try:
        from vidbuild.api.build import build_all
        from vidbuild.api.resume import unfinished
        from vidbuild.api.verify import verified
        from vidbuild.cli.progress import progress, watching

        if resume and not specs:
            earlier = unfinished(resume)
            resume, specs = earlier.run, earlier.specs
            output, only = output or earlier.output, only or earlier.only
        if verify and dry_run:
            raise UsageError("a dry run makes nothing that could be verified", hint="leave out --dry-run")
        paths = options.found(specs)
        build = partial(
            build_all,
            paths,
            jobs=jobs,
            keep_going=keep_going,
            output=output,
            only=only,
            variables=variables,
            fresh=fresh,
            dry_run=dry_run,
            offline=offline,
            allow_network_voice=allow_network_voice,
            resume=resume,
            shuffle=shuffle,
            hurried=interrupt.hurried,
            code_if_cancelled=lambda: int(interrupt.code),
        )
        interrupt.gentle = True
        with watching(events, None if dry_run else progress(paths, variables, only), interrupt) as listener:
            results = build(on_event=listener, cancelled=listener.cancelled, halted=listener.halted)
    except VidbuildError as error:
        if as_json:
            console.result_json(result_output.error_as_json(error))
        raise
    chosen = cast("Options", {**build.keywords, "cancelled": interrupt.asked, "resume": None})
    again = partial(verified, paths, results, chosen) if verify else None
    return _end(results, [] if keep_going else paths[len(results) :], again, dry_run=dry_run, as_json=as_json)


def _end(
    results: Sequence[Result],
    untried: Sequence[Path],
    again: Callable[[], Iterator[Verified]] | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> int:
    for result in results:
        for line in [*result_output.troubles(result), *_bugs(result)]:
            console.say(line)
    if as_json and not again:
        console.result_json(result_output.as_json(results))
    for result in results:
        for line in (result_output.dry if dry_run else result_output.lines)(result, several=len(results) > 1):
            (console.say if as_json else console.result)(line)
    for line in result_output.untried(untried, results):
        console.say(line)
    return _verified(results, again, as_json=as_json) if again else result_output.code(results)


def _verified(results: Sequence[Result], again: Callable[[], Iterator[Verified]], *, as_json: bool) -> int:
    """Build again what was built, and tell whether it is the same."""
    from vidbuild.cli import verify_results

    tried = [result.spec for result in results if result.ok]
    if tried:
        console.say(verify_results.beginning(tried))
    found = []
    for each in again():
        found.append(each)
        for line in verify_results.lines(each, several=len(results) > 1):
            (console.say if as_json else console.result)(line)
    if as_json:
        console.result_json(verify_results.added(result_output.as_json(results), found))
    return gravest([result_output.code(results), *map(verify_results.code, found)])


def _bugs(result: Result) -> Iterator[str]:
    """A report for each step that failed through a fault of vidbuild's own."""
    for failed in result.steps.failed:
        if failed.fault == "bug":
            from vidbuild.cli import crash

            yield from crash.told("\n".join([*failed.log, f"{failed.step}: {failed.error}"]), sys.argv[1:])
