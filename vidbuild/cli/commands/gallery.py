"""`vidbuild gallery`: write contact sheets of every scene type in every theme and shape."""

from __future__ import annotations

from pathlib import Path

import click

from vidbuild.cli import console, options, result_output
from vidbuild.cli.exit_codes import Exit
from vidbuild.errors import UsageError
from vidbuild.suggest import did_you_mean


@click.command("gallery", epilog=options.example("vidbuild gallery -o looks", "vidbuild gallery --theme paper"))
@click.argument("spec", required=False, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("gallery"),
    show_default=True,
    metavar="DIR",
    help="Folder for the sheets, named THEME-SHAPE.png.",
)
@click.option("--theme", "themes", multiple=True, metavar="NAME", help="Only this theme; can be given several times.")
@click.option(
    "--shape",
    "shapes",
    multiple=True,
    type=click.Choice(["1080p", "vertical", "square"]),
    help="Only this shape; can be given several times.",
)
@options.as_json("the paths of the sheets and the warnings")
def command(spec: Path | None, output: Path, themes: tuple[str, ...], shapes: tuple[str, ...], *, as_json: bool) -> int:
    """Write a sheet of scenes for each theme and shape.

    A sheet has a frame of every scene of SPEC; without SPEC, of samples of all scene types. Frames are made through the
    cache.
    """
    from vidbuild.api.gallery import SHAPES, Look, gallery
    from vidbuild.api.themes import themes as built_in

    known = [each.name for each in built_in()]
    for name in themes:
        if name not in known:
            hint = did_you_mean(name, known) or f"use {', '.join(known)}"
            raise UsageError(f"unknown theme '{name}'", hint=hint)
    looks = [Look(theme, shape) for theme in themes or known for shape in shapes or SHAPES]
    sheets = gallery(looks, lambda look: output / f"{look.name}.png", spec=spec)
    if as_json:
        listed = [
            {"path": str(each.path), "warnings": [notice.to_json(each.path) for notice in each.warnings]}
            for each in sheets
        ]
        console.result_json({"sheets": listed})
        return Exit.DONE
    warnings = dict.fromkeys(warning for each in sheets for warning in each.warnings)
    for line in result_output.warning_lines(tuple(warnings)):
        console.message(line)
    for each in sheets:
        console.result(str(each.path))
    return Exit.DONE
