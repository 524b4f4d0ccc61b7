"""`vidbuild schema`: the JSON Schema of the spec language."""

from __future__ import annotations

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit


@click.command("schema", epilog=options.example("vidbuild schema > video.schema.json"))
def command() -> int:
    """Print the spec language's JSON Schema.

    It is what editors and other programs need to complete and check a spec.
    """
    from vidbuild.api.schema import schema

    console.result(schema().rstrip("\n"))
    return Exit.DONE
