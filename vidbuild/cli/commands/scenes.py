"""`vidbuild scenes`: list the scene types and their fields."""

from __future__ import annotations

from dataclasses import asdict

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit
from vidbuild.errors import UsageError
from vidbuild.suggest import did_you_mean


@click.command("scenes", epilog=options.example("vidbuild scenes", "vidbuild scenes command"))
@click.argument("scene_type", metavar="[TYPE]", required=False)
@options.as_json("the scene types and their fields")
def command(scene_type: str | None, *, as_json: bool) -> int:
    """List the scene types, or the fields of one TYPE."""
    from vidbuild.api.scenes import scenes

    types = {each.name: each for each in scenes()}
    if scene_type is not None and scene_type not in types:
        hint = did_you_mean(scene_type, types) or f"use one of {', '.join(types)}"
        raise UsageError(f"unknown scene type '{scene_type}'", hint=hint)
    chosen = [types[scene_type]] if scene_type else list(types.values())
    if as_json:
        console.result_json({"scenes": [asdict(each) for each in chosen]})
    elif scene_type:
        console.result(f"{scene_type}: {chosen[0].summary}")
        console.result(console.columns(((each.name, each.description) for each in chosen[0].fields), indent="  "))
    else:
        console.result(console.columns((each.name, each.summary) for each in chosen))
    return Exit.DONE
