"""`vidbuild schema`: print the JSON Schema of the spec language."""

from __future__ import annotations

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit


@click.command("schema", epilog=options.example("vidbuild schema > video.schema.json"))
def command() -> int:
    """Print the JSON Schema of the spec language.

    Editors use it to complete and check specs.
    """
    from vidbuild.api.schema import schema

    console.result(schema().rstrip("\n"))
    return Exit.DONE
