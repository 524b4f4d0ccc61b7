"""`vidbuild lock`: get what specs use from outside into the project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vidbuild.cli import console, options, spec_files
from vidbuild.cli.exit_codes import Exit

if TYPE_CHECKING:
    from vidbuild.api.lock import Locked


@click.command(
    "lock",
    epilog=options.example(
        "vidbuild lock video.yaml", "vidbuild lock video.yaml --update intro", "vidbuild build --frozen video.yaml"
    ),
)
@options.specs()
@click.option("--update", multiple=True, metavar="SCENE", help="Choose other media for this scene; may be repeated.")
@click.option(
    "--voices", is_flag=True, help="Let online voices speak what is not locked, and keep their takes for builds."
)
@click.option("-n", "--dry-run", is_flag=True, help="List what would be locked; request and write nothing.")
@options.variables()
@options.brand()
@options.as_json("what was locked")
def command(
    specs: Sequence[Path],
    update: Sequence[str],
    variables: Mapping[str, str],
    brand: str | None,
    *,
    voices: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Get stock media into the project, and keep where it came from.

    For each {stock: WORDS} of a spec, this searches, chooses a file, downloads it to assets/stock/, and
    writes its creator, license and SHA-256 to vidbuild.lock; commit both. What is locked already is left as it is,
    without any request. A build only reads these files.
    """
    from vidbuild.api.lock import lock_stock
    from vidbuild.api.takes import lock_voices

    write = (lambda _: None) if as_json else console.result
    stock, takes = [], []
    for path in spec_files.resolve_specs(specs):
        for each in lock_stock(path, variables, brand=brand, update=update, dry_run=dry_run):
            stock.append(each.to_json())
            write(_line(each))
        for take in lock_voices(path, variables, brand=brand, dry_run=dry_run) if voices else ():
            takes.append(take.to_json())
            write(f"{take.voice}: '{take.text}': {take.state}{f': {take.file}' if take.file else ''}")
    if as_json:
        console.result_json({"status": "ok", "stock": stock, "takes": takes})
    elif not stock and not takes:
        console.message("nothing to lock")
    return Exit.DONE


def _line(locked: Locked) -> str:
    what = f"{locked.request.provider}: '{locked.request.stock}'"
    entry = locked.entry
    if entry is None:
        return f"{what}: {locked.state}"
    by = f" by {entry.creator}" if entry.creator else ""
    return f"{what}: {locked.state}: {entry.file}{by} ({entry.licence})"
