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
@click.option("-n", "--dry-run", is_flag=True, help="List what would be locked; request and write nothing.")
@options.variables()
@options.as_json("what was locked")
def command(
    specs: Sequence[Path], update: Sequence[str], variables: Mapping[str, str], *, dry_run: bool, as_json: bool
) -> int:
    """Get stock media into the project, and keep where it came from.

    For each {stock: WORDS, provider: NAME} of a spec, this searches, chooses a file, downloads it to assets/stock/, and
    writes its creator, license and SHA-256 to vidbuild.lock; commit both. What is locked already is left as it is,
    without any request. A build only reads these files.
    """
    from vidbuild.api.lock import lock_stock

    results = []
    for path in spec_files.resolve_specs(specs):
        for each in lock_stock(path, variables, update=update, dry_run=dry_run):
            results.append(each)
            if not as_json:
                console.result(_line(each))
    if as_json:
        console.result_json({"status": "ok", "stock": [each.to_json() for each in results]})
    elif not results:
        console.message("nothing to lock: no spec asks for stock media")
    return Exit.DONE


def _line(locked: Locked) -> str:
    what = f"{locked.request.provider}: '{locked.request.stock}'"
    entry = locked.entry
    if entry is None:
        return f"{what}: {locked.state}"
    by = f" by {entry.creator}" if entry.creator else ""
    return f"{what}: {locked.state}: {entry.file}{by} ({entry.licence})"
