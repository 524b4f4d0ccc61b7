"""`vidbuild themes`: the built-in themes."""

from __future__ import annotations

from dataclasses import asdict

import click

from vidbuild.cli import console, options
from vidbuild.cli.exits import Exit


@click.command("themes", epilog=options.example("vidbuild themes"))
@options.as_json("the themes")
def command(*, as_json: bool) -> int:
    """List the built-in themes. A theme file can extend any of them."""
    from vidbuild import api

    themes = api.themes()
    if as_json:
        console.result_json({"themes": [asdict(each) for each in themes]})
    else:
        console.result(console.columns((each.name, each.summary) for each in themes))
    return Exit.DONE
