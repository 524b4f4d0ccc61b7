"""`vidbuild scenes`: list the scene types and their fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit
from vidbuild.errors import UsageError
from vidbuild.frozen import values
from vidbuild.suggest import did_you_mean

if TYPE_CHECKING:
    from vidbuild.api.scenes import Field, SceneInfo


@click.command("scenes", epilog=options.example("vidbuild scenes", "vidbuild scenes command"))
@click.argument("scene_type", metavar="[TYPE]", required=False, shell_complete=options.completes("scene_type"))
@click.option("--all", "everything", is_flag=True, help="Describe the fields of every scene as well.")
@options.as_json("the scene types and their fields")
def command(scene_type: str | None, *, everything: bool, as_json: bool) -> int:
    """List the scene types, or the fields of one TYPE, with an example.

    For each field: the values that it allows, its default, and whether it is required.
    """
    from vidbuild.api.scenes import scenes

    types = {each.name: each for each in scenes()}
    if scene_type is not None and scene_type not in types:
        hint = did_you_mean(scene_type, types) or f"use one of {', '.join(types)}"
        raise UsageError(f"unknown scene type '{scene_type}'", hint=hint)
    chosen = [types[scene_type]] if scene_type else list(types.values())
    if as_json:
        console.result_json({"scenes": [_to_json(each) for each in chosen]})
    elif scene_type:
        _print_type(chosen[0], everything=everything)
    else:
        console.result(console.columns((each.name, each.summary) for each in chosen))
    return Exit.DONE


def _print_type(scene: SceneInfo, *, everything: bool) -> None:
    console.result(f"{scene.name}: {scene.summary}")
    _print_fields(scene.fields)
    console.result("example:")
    for line in scene.example:
        console.result(f"  {line}")
    if everything:
        console.result("every scene:")
        _print_fields(scene.common)
    else:
        names = ", ".join(each.path for each in scene.common if not set(each.path) & set(".["))
        console.result(f"every scene also has: {names}")
        console.message(f"describe them: vidbuild scenes {scene.name} --all")


def _print_fields(fields: Iterable[Field]) -> None:
    for each in fields:
        state = ["required"] * each.required + ([f"default: {each.default}"] if each.default is not None else [])
        console.result(f"  {each.path}: {'; '.join([each.values, *state])}")
        example = f" Example: {each.example}" if each.example is not None else ""
        console.result(f"      {each.description}{example}")


def _to_json(scene: SceneInfo) -> dict[str, Any]:
    return {
        "name": scene.name,
        "summary": scene.summary,
        "fields": [values(each) for each in scene.fields],
        "common": [values(each) for each in scene.common],
        "example": "\n".join(scene.example),
    }
