"""`vidbuild schema`: the JSON Schema of the spec language."""

from __future__ import annotations

import click

from vidbuild.cli import console, options
from vidbuild.cli.exits import Exit


@click.command("schema", epilog=options.example("vidbuild schema > video.schema.json"))
def command() -> int:
    """Print the spec language's JSON Schema.

    It is what editors and other programs need to complete and check a spec.
    """
    from vidbuild import api

    console.result(api.schema().rstrip("\n"))
    return Exit.DONE
