"""`vidbuild themes`: list the built-in themes, or write a contact sheet of one."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit
from vidbuild.errors import UsageError
from vidbuild.suggest import did_you_mean


@click.command(
    "themes",
    epilog=options.example("vidbuild themes", "vidbuild themes paper", "vidbuild themes paper --preview paper.png"),
)
@click.argument("name", required=False, shell_complete=options.completes("theme"))
@click.option(
    "--preview",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write a contact sheet of the theme as a PNG: a frame of each scene type.",
)
@options.as_json("the themes")
def command(name: str | None, preview: Path | None, *, as_json: bool) -> int:
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
    if preview is not None:
        return _write_preview(name, preview, as_json=as_json)
    if as_json:
        console.result_json({"themes": [asdict(each) for each in built_in]})
    elif name is not None:
        console.result(f"{name}: {built_in[0].summary}")
        console.result(console.columns(built_in[0].values.items(), indent="  "))
        console.message(f"change it: theme: {{extends: {name}, accent: '{built_in[0].values['accent']}'}}")
    else:
        console.result(console.columns((each.name, each.summary) for each in built_in))
    return Exit.DONE


def _write_preview(name: str | None, path: Path, *, as_json: bool) -> int:
    from vidbuild.api.gallery import Look, gallery

    if name is None:
        raise UsageError("--preview needs the name of a theme", hint=f"vidbuild themes paper --preview {path}")
    (sheet,) = gallery([Look(name, "1080p")], lambda _: path)
    if as_json:
        console.result_json({"path": str(sheet.path)})
    else:
        console.result(str(sheet.path))
    return Exit.DONE
