"""`vidbuild schema`: print the JSON Schema of the spec language."""

from __future__ import annotations

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit


@click.command(
    "schema",
    epilog=options.example("vidbuild schema > video.schema.json", "vidbuild schema brand > brand.schema.json"),
)
@click.argument("name", default="video", type=click.Choice(["video", "brand", "batch"]), metavar="[video|brand|batch]")
def command(name: str) -> int:
    """Print the JSON Schema of specs, of brands, or of batches.

    Editors use it to complete and check these files.
    """
    from vidbuild.api.schema import schema

    console.result(schema(name).rstrip("\n"))
    return Exit.DONE
