"""`vidbuild fonts`: lists the fonts and what each can draw of a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit

if TYPE_CHECKING:
    from vidbuild.api.fonts import Family, FontList

MAX_NAMED = 4  # characters in the line of one family


@click.command("fonts", epilog=options.example("vidbuild fonts", "vidbuild fonts 'สวัสดี' --spec video.yaml"))
@click.argument("text", required=False, default="")
@click.option(
    "--spec",
    type=click.Path(path_type=Path),
    metavar="SPEC",
    shell_complete=options.completes("spec"),
    help="Add the fonts of this spec's theme.",
)
@options.variables()
@options.as_json("the fonts, and the characters that each lacks")
def command(text: str, spec: Path | None, variables: Mapping[str, str], *, as_json: bool) -> int:
    """List the fonts, or what each can draw of TEXT.

    These are the fonts of a theme, the built-in ones, those of installed extras such as fonts-cjk, and those of the
    system if the theme uses them.
    """
    from vidbuild.api.fonts import families

    found = families(text, spec, variables)
    if as_json:
        console.result_json(_to_json(text, found))
        return Exit.DONE
    width = max(len(_source(each)) for each in found.families)
    rows = [(each.name, f"{_source(each):<{width}}  {_state(found, each)}") for each in found.families]
    console.result(console.columns(rows))
    if found.units:
        for line in _missing(found.missing):
            console.result(line)
    if found.available:
        console.result("")
        if text:
            console.result(f"hint: pip install 'vidbuild[{','.join(found.available)}]'")
        else:
            console.result(f"extras that are not installed: {', '.join(found.available)}")
    return Exit.DONE


def _source(family: Family) -> str:
    return family.extra or family.source


def _state(found: FontList, family: Family) -> str:
    """Return what a family can draw of a text; without a text, its weights."""
    if not found.units:
        return ", ".join(map(str, family.weights))
    if not family.missing:
        return "draws all"
    named = ", ".join(_named(unit) for unit in family.missing[:MAX_NAMED])
    more = f" and {len(family.missing) - MAX_NAMED} more" if len(family.missing) > MAX_NAMED else ""
    return f"draws {len(found.units) - len(family.missing)} of {len(found.units)}: lacks {named}{more}"


def _named(unit: str) -> str:
    from vidbuild.api.fonts import code_points

    return f"'{unit}' ({code_points(unit)})"


def _missing(units: Sequence[str]) -> Iterator[str]:
    """Yield lines about what no font can draw."""
    from vidbuild.api.fonts import code_points, name_of

    yield ""
    if not units:
        yield "every character can be drawn"
        return
    yield "no font can draw:"
    for unit in units:
        yield f"  {unit}  {code_points(unit)}  {name_of(unit)}"


def _to_json(text: str, found: FontList) -> dict[str, Any]:
    from vidbuild.api.fonts import code_points, name_of

    def units(missing: Sequence[str]) -> list[dict[str, str]]:
        return [{"text": each, "code_points": code_points(each), "name": name_of(each)} for each in missing]

    return {
        "text": text,
        "families": [
            {
                "name": each.name,
                "source": each.source,
                "extra": each.extra or None,
                "weights": list(each.weights),
                "files": [str(file) for file in each.files],
                "missing": units(each.missing),
            }
            for each in found.families
        ],
        "units": list(found.units),
        "missing": units(found.missing),
        "available": list(found.available),
    }
