"""`vidbuild publish`: send videos to where people can see them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vidbuild.cli import console, options, spec_files
from vidbuild.cli.exit_codes import Exit
from vidbuild.errors import UsageError

if TYPE_CHECKING:
    from vidbuild.api.options import BuildOptions
    from vidbuild.api.publish import Published
    from vidbuild.cli.signals import Interrupt

DAY = 86400


@click.command(
    "publish",
    epilog=options.example(
        "vidbuild publish talk.yaml --to s3://acme-videos/docs",
        "vidbuild publish build/talk.mp4 --to file:///srv/videos",
    ),
)
@click.argument(
    "specs",
    metavar="[SPEC|FILE]...",
    nargs=-1,
    type=click.Path(path_type=Path),
    shell_complete=options.completes("spec"),
)
@click.option(
    "--to",
    metavar="URL",
    help="Address: s3://, gs://, az://, supabase://, https:// or file://; default: that of the brand or the project.",
)
@click.option(
    "--expires",
    type=click.FloatRange(min=0, max=7, min_open=True),
    metavar="DAYS",
    help="Also print an address of each video that works for DAYS.",
)
@options.videos()
@options.variables()
@options.brand()
@options.quiet()
@options.as_json("what was sent")
@click.pass_obj
def command(
    interrupt: Interrupt,
    /,
    specs: Sequence[Path],
    to: str | None,
    *,
    expires: float | None,
    language: tuple[str, ...],
    output_name: tuple[str, ...],
    variables: dict[str, str],
    brand: str | None,
    quiet: bool,
    as_json: bool,
) -> int:
    """Send videos to where people can see them.

    Their captions, posters and pages go with them. Videos of specs are built first if they are not up to date; files
    are sent as they are. What is there already is not sent again, so that an interrupted run goes on from there.
    Credentials come from the environment alone.
    """
    from vidbuild.api.options import BuildOptions

    files = [each for each in specs if each.suffix and not spec_files.is_spec(each) and not each.is_dir()]
    if files and len(files) < len(specs):
        raise UsageError("specs and files cannot be sent together", hint="send them one after the other")
    seconds = expires * DAY if expires is not None else None
    if files:
        return _finish(_of_files(files, to, seconds, quiet=quiet or as_json), as_json=as_json)
    chosen = BuildOptions(variables=variables, brand=brand, language=language, output_name=output_name)
    return _of_specs(interrupt, specs, to, seconds, chosen, quiet=quiet, as_json=as_json)


def _of_files(files: Sequence[Path], to: str | None, expires: float | None, *, quiet: bool) -> list[Published]:
    from vidbuild.api.publish import destination, publish_files
    from vidbuild.cli import publishing

    address = destination(to)
    publishing.report_exposure(address)
    return publishing.show(
        publish_files(files, address, expires=expires, on_sent=publishing.Progress(quiet=quiet)), quiet=quiet
    )


def _of_specs(
    interrupt: Interrupt,
    specs: Sequence[Path],
    to: str | None,
    expires: float | None,
    chosen: BuildOptions,
    *,
    quiet: bool,
    as_json: bool,
) -> int:
    from vidbuild.api.build import build_all
    from vidbuild.cli import publishing, result_output
    from vidbuild.cli.progress import observing, view_of

    paths = [options.load_spec(path, chosen.variables, chosen.brand) for path in spec_files.resolve_specs(specs)]
    addresses = publishing.places(paths, to, chosen.brand, expires=expires)
    interrupt.graceful = True
    with observing(None, None if quiet else view_of(paths, chosen), interrupt) as observer:
        results = build_all(paths, chosen, on_event=observer, control=observer)
    for result in results:
        for line in result_output.problem_lines(result):
            console.message(line)
    code = result_output.exit_code(results)
    if code != Exit.DONE:
        if as_json:
            console.result_json(result_output.as_json(results) | {"published": []})
        return int(code)
    return _finish(publishing.send(results, addresses, expires, quiet=quiet or as_json), as_json=as_json)


def _finish(sent: Sequence[Published], *, as_json: bool) -> int:
    if as_json:
        console.result_json({"published": [each.to_json() for each in sent]})
    else:
        for each in sent:
            for url in filter(None, (each.url, each.signed)):
                console.result(url)
    return int(Exit.DONE)
