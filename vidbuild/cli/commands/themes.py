"""`vidbuild themes`: list the built-in themes."""

from __future__ import annotations

from dataclasses import asdict

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit
from vidbuild.errors import UsageError
from vidbuild.suggest import did_you_mean


@click.command("themes", epilog=options.example("vidbuild themes", "vidbuild themes paper"))
@click.argument("name", required=False, shell_complete=options.completes("theme"))
@options.as_json("the themes")
def command(name: str | None, *, as_json: bool) -> int:
    """List the built-in themes, or the colors and faces of one.

    A theme file can extend any of them, and the 'theme' of a spec can change any of these fields.
    """
    from vidbuild.api.themes import themes

    built_in = themes()
    if name is not None:
        known = [each.name for each in built_in]
        if name not in known:
            raise UsageError(f"unknown theme '{name}'", hint=did_you_mean(name, known) or f"use {' or '.join(known)}")
        built_in = [each for each in built_in if each.name == name]
    if as_json:
        console.result_json({"themes": [asdict(each) for each in built_in]})
    elif name is not None:
        console.result(f"{name}: {built_in[0].summary}")
        console.result(console.columns(built_in[0].values.items(), indent="  "))
        console.message(f"change it: theme: {{extends: {name}, accent: '{built_in[0].values['accent']}'}}")
    else:
        console.result(console.columns((each.name, each.summary) for each in built_in))
    return Exit.DONE
