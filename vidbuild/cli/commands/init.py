"""`vidbuild init`: write a small working project."""

from __future__ import annotations

from pathlib import Path

import click

from vidbuild.cli import console, options, questions
from vidbuild.cli.exit_codes import Exit
from vidbuild.platforms import shell_command

_SIZES = ("1080p", "720p", "vertical", "square")


@click.command("init", epilog=options.example("vidbuild init talk", "vidbuild init talk --theme paper --size vertical"))
@click.argument("folder", metavar="[FOLDER]", default=".", type=click.Path(path_type=Path, file_okay=False))
@click.option("--title", help="Title of the video; default: the folder's name.")
@click.option(
    "--theme",
    metavar="NAME",
    shell_complete=options.completes("theme"),
    help="Built-in theme, as listed by 'vidbuild themes'; default: the first one.",
)
@click.option("--size", type=click.Choice(_SIZES), help="Size of the video; default: 1080p.")
@click.option("-y", "--yes", is_flag=True, help="Use the defaults without asking, even on a terminal.")
@options.as_json("the paths of the files")
def command(folder: Path, title: str | None, theme: str | None, size: str | None, *, yes: bool, as_json: bool) -> int:
    """Write a small working project.

    FOLDER is the project's folder; default: the current one. On a terminal, vidbuild asks for everything that no option
    sets. Existing files are left unchanged.
    """
    from vidbuild import starter
    from vidbuild.api.themes import themes

    built_in = tuple(each.name for each in themes())
    if theme is not None and theme not in built_in:
        raise click.BadParameter(f"'{theme}' is not one of {', '.join(built_in)}", param_hint="'--theme'")
    given = {"title": title, "theme": theme, "size": size}
    defaults = {"title": _title(folder), "theme": built_in[0], "size": _SIZES[0]}
    kinds = {"theme": click.Choice(built_in), "size": click.Choice(_SIZES)}
    found = questions.answers(tuple(given), given, defaults, kinds, ask=not (yes or as_json) and questions.can_ask())
    answers = starter.Answers(**found)
    written, kept = starter.write(folder, answers)
    for path in kept:
        console.message(f"kept the existing '{path}'")
    if as_json:
        spec = str(folder / starter.SPEC)
        console.result_json({"spec": spec, "written": list(map(str, written)), "kept": list(map(str, kept))})
        return Exit.DONE
    console.result("\n".join(str(path) for path in written))
    console.message("next: " + shell_command("vidbuild", "build", folder / starter.SPEC))
    return Exit.DONE


def _title(folder: Path) -> str:
    words = folder.resolve().name.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:] or "A video"
