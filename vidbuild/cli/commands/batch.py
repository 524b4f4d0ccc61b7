"""`vidbuild batch`: build many videos from one file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit
from vidbuild.errors import UsageError
from vidbuild.frozen import replaced

if TYPE_CHECKING:
    from vidbuild.api.batch import RowPlan, Selection
    from vidbuild.api.batch_result import BatchResult, RowResult
    from vidbuild.api.options import BuildOptions
    from vidbuild.api.result import Notice, Result
    from vidbuild.cli.signals import Interrupt
    from vidbuild.diagnostic import Diagnostic
    from vidbuild.report.formats.problem import Problem

DEFAULT = Path("batch.yaml")


@click.command(
    "batch",
    epilog=options.example(
        "vidbuild batch --list", "vidbuild batch videos.yaml --only 'acme-*'", "vidbuild batch --next 3 --json"
    ),
)
@click.argument("file", metavar="[FILE]", default=DEFAULT, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--list", "as_list", is_flag=True, help="List every row with its id and its files, and build nothing.")
@click.option("--only", multiple=True, metavar="ID", help="Only this row, or rows of a pattern ('acme-*'); repeatable.")
@click.option("--brand", metavar="NAME", shell_complete=options.completes("brand"), help="Only rows of this brand.")
@click.option("--count", type=click.IntRange(min=1), metavar="N", help="At most N rows, the first ones.")
@click.option(
    "--next",
    "next_",
    type=click.IntRange(min=1),
    metavar="N",
    help="The next N rows that are not done, by the ledger beside FILE, which is written.",
)
@click.option(
    "-k/-x",
    "--keep-going/--fail-fast",
    "keep_going",
    default=True,
    help="After a failure, go on with other rows (the default), or stop.",
)
@options.jobs()
@click.option("-n", "--dry-run", is_flag=True, help="Say which rows would be built; run and write nothing.")
@click.option("--publish", is_flag=True, help="Send the videos of rows that are built, beside the builds of others.")
@click.option(
    "--no-overlap", is_flag=True, help="End at once if another run of FILE is going on; default: wait for it."
)
@options.draft("Build drafts, NAME.draft.mp4: a quarter of the pixels, no voice, times estimated from the text.")
@options.strict()
@options.online()
@options.frozen()
@options.remote()
@options.executor()
@options.events()
@options.quiet()
@options.verbose()
@options.as_json("how every row ended")
@options.output_format()
@click.pass_obj
def command(
    interrupt: Interrupt,
    /,
    file: Path,
    events: Path | None,
    next_: int | None,
    *,
    as_list: bool,
    only: Sequence[str],
    brand: str | None,
    count: int | None,
    publish: bool,
    no_overlap: bool,
    quiet: bool,
    verbose: bool,
    as_json: bool,
    form: str,
    **chosen: Any,  # noqa: ANN401 - the options by the names of BuildOptions' fields
) -> int:
    """Build many videos from one file.

    Its rows are specs with brands, variables and languages, and it can have a matrix of these. All specs are checked
    before the first step runs. A row that fails stops no other one. Steps that rows share run once, such as the scenes
    of a brand. The results are also in batch.json, beside the outputs.
    """
    from vidbuild.api.batch import Selection
    from vidbuild.api.options import BuildOptions

    form = options.form_of_stdout(form, events, as_json=as_json)
    selection = Selection(only, brand, count, next_)
    if as_list:
        if form in options.FOR_PROGRAMS:
            raise UsageError(f"--list has no --format {form}", hint="use --json")
        return _list(file, selection, as_json=form == options.JSON)
    ways = {"overlap": not no_overlap, "publish": publish}
    rows = _Rows(keep=form in options.FOR_PROGRAMS)
    result = _built(
        interrupt, file, selection, BuildOptions(**chosen), events, ways, rows, quiet=quiet, verbose=verbose
    )
    _print_warnings(result.warnings)
    if form == options.JSON:
        console.result_json(result.to_json())
        return int(_exit_code(result))
    if not quiet:
        stdout_taken = form != options.HUMAN or events == options.STANDARD
        (console.message if stdout_taken else console.result)("\n".join(_table(result)))
    if form in options.FOR_PROGRAMS:
        from vidbuild.api.problem_report import of_batch
        from vidbuild.cli import formats

        formats.write(of_batch(result, rows.problems), form)
    return int(_exit_code(result))


def _built(
    interrupt: Interrupt,
    file: Path,
    selection: Selection,
    build_options: BuildOptions,
    events: Path | None,
    ways: Mapping[str, bool],
    rows: _Rows,
    *,
    quiet: bool,
    verbose: bool,
) -> BatchResult:
    from vidbuild.api.batch import batch
    from vidbuild.cli.progress import observing, view_of

    view = None if build_options.dry_run or quiet else view_of((), build_options, verbose=verbose)
    interrupt.graceful = True
    with observing(events, view, interrupt) as observer:
        return batch(file, selection, build_options, on_row=rows, on_event=observer, control=observer, **ways)


class _Rows:
    """Prints the problems of each row, and once what several rows have in common, such as warnings about their brand.

    keep: also keep them, as `problems`: the row's id -> its problems.
    """

    def __init__(self, *, keep: bool) -> None:
        self.problems: dict[str, tuple[Problem, ...]] = {}
        self._keep = keep
        self._printed: set[str] = set()
        self._warnings: dict[Notice, None] = {}

    def __call__(self, row: RowResult, result: Result) -> None:
        """Print the problems of a row."""
        if self._keep:
            from vidbuild.api.problem_report import problems_of

            self.problems[row.id] = problems_of(result)
        from vidbuild.cli import result_output

        new = [each for each in dict.fromkeys(result.warnings) if each not in self._warnings]
        self._warnings.update(dict.fromkeys(new))
        lines = result_output.problem_lines(replaced(result, warnings=tuple(new)))
        if result.ok and row.status == "failed":  # its videos could not be sent
            lines += [
                *(f"vidbuild: {row.id}: {each}" for each in row.errors),
                *(f"      hint: {each}" for each in row.hints),
            ]
        text = "\n".join(lines)
        if text and text not in self._printed:
            self._printed.add(text)
            console.message(text)


def _table(result: BatchResult) -> Iterable[str]:
    """Return a line for each row, and one for all of them."""
    from vidbuild.report import humanize

    if not result.results:  # of --next
        yield "all rows are done"
        return
    rows = [(each.id, each.status, *_seconds(each.seconds), _ending(each)) for each in result.results]
    width = max((len(row[0]) for row in rows), default=0)
    for row, status, seconds, files in rows:
        yield f"{row:<{width}}  {status:<11}  {seconds:>6}  {files}".rstrip()
    total = humanize.count(len(result.results), "row")
    others = Counter(each.status for each in result.results if not each.ok)
    ends = "".join(f", {count} {status}" for status, count in others.items())
    yield f"{result.success_count} of {total} done{ends}, {humanize.elapsed(result.total_seconds)}"


def _ending(row: RowResult) -> str:
    """Return where a row's videos are, or what is wrong with it."""
    return row.errors[0] if row.errors and not row.ok else ", ".join(row.urls or map(str, row.files))


def _seconds(seconds: float) -> tuple[str]:
    from vidbuild.report import humanize

    return (humanize.elapsed(seconds) if seconds else "",)


def _exit_code(result: BatchResult) -> Exit:
    if result.was_cancelled:
        return Exit.INTERRUPTED
    return Exit.DONE if result.ok else Exit.FAILED


def _print_warnings(warnings: Sequence[Diagnostic]) -> None:
    if warnings:
        from vidbuild.api.check import render

        console.message(render(warnings))


def _list(file: Path, selection: Selection, *, as_json: bool) -> int:
    from vidbuild.api.batch import batch_warnings, planned
    from vidbuild.api.result import diagnosis

    plans, warnings = planned(file, selection), batch_warnings(file)
    _print_warnings(warnings)
    if as_json:
        rows = [each.to_json() for each in plans]
        console.result_json({"batch": str(file), "rows": rows, "warnings": [diagnosis(each) for each in warnings]})
    else:
        console.result("\n".join(_listed(plans)))
    return int(Exit.DONE if all(not each.errors for each in plans) else Exit.FAILED)


def _listed(plans: Sequence[RowPlan]) -> Iterable[str]:
    width = max((len(each.row.id) for each in plans), default=0)
    for each in plans:
        end = "  (done)" if each.is_done else ""
        what = (
            f"wrong: {each.errors[0]}" if each.errors else ", ".join(map(str, each.files)) or f"creates {each.row.spec}"
        )
        yield f"{each.row.id:<{width}}  {what}{end}"
        yield from (f"{'':<{width}}  hint: {hint}" for hint in each.hints[:1])
