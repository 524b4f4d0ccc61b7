"""`vidbuild themes`: list the built-in themes."""

from __future__ import annotations

from dataclasses import asdict

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit


@click.command("themes", epilog=options.example("vidbuild themes"))
@options.as_json("the themes")
def command(*, as_json: bool) -> int:
    """List the built-in themes. A theme file can extend any of them."""
    from vidbuild.api.themes import themes

    built_in = themes()
    if as_json:
        console.result_json({"themes": [asdict(each) for each in built_in]})
    else:
        console.result(console.columns((each.name, each.summary) for each in built_in))
    return Exit.DONE
