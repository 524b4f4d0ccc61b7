"""`vidbuild build`: build the videos of specs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vidbuild.cli import console, options, result_output, spec_files
from vidbuild.cli.exit_codes import most_severe
from vidbuild.cli.signals import Interrupt
from vidbuild.errors import UsageError
from vidbuild.frozen import replaced

if TYPE_CHECKING:
    from vidbuild.api.build_command import NullFacts
    from vidbuild.api.options import BuildOptions
    from vidbuild.api.publish import Published
    from vidbuild.api.result import Result
    from vidbuild.api.spec_args import SpecLike
    from vidbuild.api.verify import Verification


@click.command(
    "build",
    epilog=options.example(
        "vidbuild build video.yaml",
        "vidbuild build --keep-going -j 4 specs/*.yaml",
        "vidbuild build --draft video.yaml",
        "vidbuild build talk.yaml --only intro --var version=2.4",
        "vidbuild build --resume last",
    ),
)
@options.specs()
@options.jobs()
@click.option("-k", "--keep-going", is_flag=True, help="After a failure, keep building steps that do not depend on it.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FOLDER|FILE",
    help="Folder for the outputs, or the video's file (NAME.mp4 or as its format); default: 'build' beside the spec.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="SCENE",
    shell_complete=options.completes("scene"),
    help="Build a video of this scene alone; may be repeated.",
)
@options.videos()
@click.option(
    "--fresh",
    shell_complete=options.completes("fresh"),
    multiple=True,
    metavar="STEP",
    help="Run this step, or every step that matches a pattern ('render:*'), even if it is cached; may be repeated.",
)
@options.draft("Build a quick look, NAME.draft.mp4: a quarter of the pixels, no voice, times estimated from the text.")
@click.option("-n", "--dry-run", is_flag=True, help="List what would run, and why; run and write nothing.")
@options.strict()
@options.online()
@options.frozen()
@options.remote()
@options.executor()
@click.option("--verify", is_flag=True, help="Then rebuild from an empty cache, and compare all outputs.")
@click.option(
    "--resume",
    shell_complete=options.completes("run_id"),
    metavar="ID",
    help="Continue a build that failed, was cancelled or was killed; 'last' is the newest. Without SPEC, continue with "
    "that build's specs, --only and -o.",
)
@click.option("--publish", is_flag=True, help="Then send the videos to where 'vidbuild publish' sends them.")
@click.option("--to", metavar="URL", help="With --publish: the address, instead of that of the brand or the project.")
@click.option(
    "--shuffle",
    type=int,
    metavar="SEED",
    help="Run ready steps in random order (seed SEED) to expose undeclared dependencies.",
)
@click.option("--watch", is_flag=True, help="Then build again after every edit, until Ctrl-C.")
@options.events()
@options.quiet()
@options.verbose()
@options.variables()
@options.brand()
@options.as_json("what was built")
@options.output_format()
@click.pass_obj
def command(
    interrupt: Interrupt,
    /,
    specs: Sequence[Path],
    events: Path | None,
    *,
    verify: bool,
    publish: bool,
    to: str | None,
    watch: bool,
    quiet: bool,
    verbose: bool,
    as_json: bool,
    form: str,
    **chosen: Any,  # noqa: ANN401 - the options by the names of BuildOptions' fields
) -> int:
    """Build videos; only what changed is rebuilt.

    A folder means its video.yaml or its only *.vidbuild.yaml, no SPEC means the current folder, and '-' reads a spec
    from standard input. Several specs are built in one run: steps that they share run once, and each video is written
    as soon as it is complete.
    """
    from vidbuild.api.build import build_all
    from vidbuild.api.options import BuildOptions
    from vidbuild.cli.progress import observing, view_of

    form = options.form_of_stdout(form, events, as_json=as_json)
    build_options = BuildOptions(**chosen)
    if watch:
        others: dict[str, object] = {"--dry-run": build_options.dry_run, "--verify": verify, "--publish": publish}
        others |= {"--events": events, "--resume": build_options.resume, "--json or --format": form != options.HUMAN}
        return _watch(specs, build_options, interrupt, others, quiet=quiet, verbose=verbose)
    if build_options.resume and not specs:
        specs, build_options = _resumed(build_options)
    if verify and build_options.dry_run:
        raise UsageError("--verify needs a build: a dry run has no outputs to compare", hint="leave out --dry-run")
    if verify and publish:
        raise UsageError("--verify and --publish cannot be used together", hint="then 'vidbuild publish'")
    if form in options.FOR_PROGRAMS and verify:
        raise UsageError(f"--verify has no results in --format {form}", hint="use --json")
    paths = [
        options.load_spec(path, build_options.variables, build_options.brand)
        for path in spec_files.resolve_specs(specs)
    ]
    if to and not publish:
        raise UsageError("--to is an address to publish to", hint="add --publish")
    send = (
        _sender(paths, to, build_options, quiet=quiet or form == options.JSON)
        if publish and not build_options.dry_run
        else None
    )
    view = None if build_options.dry_run or quiet else view_of(paths, build_options, verbose=verbose)
    interrupt.graceful = True
    found: list[NullFacts] = []
    with observing(events, view, interrupt) as observer:
        results = build_all(paths, build_options, on_event=observer, control=observer, on_null_build=found.append)
    build_again = partial(_verify, paths, results, build_options, interrupt) if verify else None
    stdout_taken = form != options.HUMAN or events == options.STANDARD
    write = console.discard if quiet else console.message if stdout_taken else console.result
    sending = partial(send, results) if send else None
    code = _print_results(results, build_options, build_again, sending, form=form, write=write)
    if found and interrupt.record:
        from vidbuild.cli import null_records

        null_records.keep(interrupt.record, found[0], results[0], specs, form=form, quiet=quiet)
    return code


def _watch(
    specs: Sequence[Path],
    chosen: BuildOptions,
    interrupt: Interrupt,
    others: Mapping[str, object],
    *,
    quiet: bool,
    verbose: bool,
) -> int:
    """Build until a signal comes; others: options that cannot be used with it -> their values."""
    from vidbuild.cli.watch import watch

    if option := next((name for name, value in others.items() if value), ""):
        raise UsageError(f"--watch and {option} cannot be used together", hint=f"leave out {option}")
    paths = spec_files.resolve_specs(specs)
    if options.STANDARD in paths:
        raise UsageError("--watch needs a file: standard input is read once", hint="name a spec")
    write = console.discard if quiet else console.result
    show = partial(_print_results, chosen=chosen, verify=None, send=None, form=options.HUMAN, write=write)
    return watch(paths, chosen, interrupt, show, quiet=quiet, verbose=verbose)


def _sender(
    specs: Sequence[SpecLike], to: str | None, chosen: BuildOptions, *, quiet: bool
) -> Callable[[Sequence[Result]], list[Published]]:
    """Return what sends results, to places that can be used."""
    from vidbuild.cli import publishing

    return partial(
        publishing.send, addresses=publishing.places(specs, to, chosen.brand, strict=chosen.strict), quiet=quiet
    )


def _resumed(chosen: BuildOptions) -> tuple[Sequence[Path], BuildOptions]:
    """Return the specs of an unfinished build, and its options unless the command line sets them."""
    from vidbuild.api.resume import unfinished

    earlier = unfinished(chosen.resume or "")
    output, only, brand = chosen.output or earlier.output, chosen.only or earlier.only, chosen.brand or earlier.brand
    language, output_name = chosen.language or earlier.language, chosen.output_name or earlier.output_name
    return earlier.specs, replaced(
        chosen,
        resume=earlier.run,
        output=output,
        only=only,
        brand=brand,
        language=language,
        output_name=output_name,
        draft=chosen.draft or earlier.draft,
    )


def _verify(
    specs: Sequence[SpecLike], results: Sequence[Result], chosen: BuildOptions, interrupt: Interrupt
) -> Iterator[Verification]:
    from vidbuild.api.verify import verify_results
    from vidbuild.cli.progress import BuildObserver

    return verify_results(specs, results, replaced(chosen, resume=None), BuildObserver((), None, interrupt))


def _print_results(
    results: Sequence[Result],
    chosen: BuildOptions,
    verify: Callable[[], Iterator[Verification]] | None,
    send: Callable[[], Sequence[Published]] | None,
    *,
    form: str,
    write: Callable[[str], None],
) -> int:
    """Print the results and return the exit code.

    verify: builds again, if the user asked for that.
    send: sends the videos that are built, if the user asked for that; they stay where they are if it fails.
    write: prints a line for people.
    """
    several = len(results) > 1
    for result in results:
        for line in [*result_output.problem_lines(result), *_bug_lines(result)]:
            console.message(line)
    as_json = form == options.JSON
    if as_json and not verify:
        console.result_json(result_output.as_json(results) | (_published(send()) if send else {}))
    lines = result_output.dry_run_lines if chosen.dry_run else result_output.last_lines
    for result in results:
        shown = [line for video in result.videos for line in lines(video, show_path=several)]
        for line in dict.fromkeys(shown) if result.diagnostics else shown:
            write(line)
    for line in [*result_output.remote_lines(results), *result_output.aborted_lines(results)]:
        console.message(line)
    if not verify:
        for each in send() if send and not as_json else ():
            write(each.url)
        if form in options.FOR_PROGRAMS:
            from vidbuild.api.problem_report import of_build
            from vidbuild.cli import formats

            formats.write(of_build(results), form)
        return result_output.exit_code(results)
    return _print_verified(results, verify, as_json=as_json, write=write)


def _published(sent: Sequence[Published]) -> dict[str, Any]:
    return {"published": [each.to_json() for each in sent]}


def _print_verified(
    results: Sequence[Result],
    verify: Callable[[], Iterator[Verification]],
    *,
    as_json: bool,
    write: Callable[[str], None],
) -> int:
    """Build again, print whether the outputs are the same, and return the exit code."""
    from vidbuild.cli import verify_results

    built = [result.spec for result in results if result.ok]
    if built:
        console.message(verify_results.first_line(built))
    verified = []
    for each in verify():
        verified.append(each)
        for line in verify_results.lines(each, show_spec=len(results) > 1):
            (write if each.ok else console.message)(line)
    if as_json:
        console.result_json(verify_results.add_to_json(result_output.as_json(results), verified))
    return most_severe([result_output.exit_code(results), *map(verify_results.exit_code, verified)])


def _bug_lines(result: Result) -> Iterator[str]:
    """Save a report for each step that failed because of a bug in vidbuild; yield the lines about it."""
    for failed in result.steps.failed:
        if failed.fault == "bug":
            from vidbuild.cli import crash

            yield from crash.report_bug("\n".join([*failed.log, f"{failed.step}: {failed.error}"]), sys.argv[1:])
