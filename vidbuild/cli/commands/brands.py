"""`vidbuild brands`: list the brands of the project, or show what one sets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit

if TYPE_CHECKING:
    from vidbuild.api.brands import BrandInfo


@click.command(
    "brands", epilog=options.example("vidbuild brands", "vidbuild brands acme", "vidbuild build --brand acme")
)
@click.argument("name", required=False, shell_complete=options.completes("brand"))
@options.as_json("the brands")
def command(name: str | None, *, as_json: bool) -> int:
    """List the brands of the current folder's project, or show one.

    A brand is a file brands/NAME.yaml in the folder of a spec or above it. A spec uses it with 'brand: NAME', or
    'vidbuild build --brand NAME' does.
    """
    from vidbuild.api.brands import SPEC, brands, check

    found = brands()
    if name is not None:
        check(name, Path(SPEC))
        found = [each for each in found if each.name == name]
    if as_json:
        console.result_json({"brands": [each.to_json() for each in found]})
    elif name is not None:
        _show(found[0])
    elif found:
        console.result(console.columns((each.name, _summary(each)) for each in found))
    else:
        console.message("no brands in the project")
        console.message("      hint: write brands/acme.yaml, with fields such as 'theme', 'logo' and 'voice'")
    return Exit.DONE if _report(found, quiet=as_json) else Exit.WRONG


def _origin(brand: BrandInfo) -> str:
    return f"{brand.path}, extends {brand.extends}" if brand.extends else brand.path


def _summary(brand: BrandInfo) -> str:
    sets = f": {', '.join(own)}" if (own := brand.own()) else ""
    return f"{_origin(brand)}{sets}"


def _show(brand: BrandInfo) -> None:
    console.result(f"{brand.name}: {brand.title} ({_origin(brand)})")
    rows = ((each.field, f"{each.brief()}  ({each.file}:{each.line})") for each in brand.settings)
    console.result(console.columns(rows, indent="  "))


def _report(brands: Sequence[BrandInfo], *, quiet: bool) -> bool:
    """Print the errors of brands, once each; return whether there are none."""
    from vidbuild.api.check import render

    wrong = list(dict.fromkeys(problem for each in brands for problem in each.diagnostics))
    sources = {name: text for each in brands for name, text in each.sources.items()}
    if wrong and not quiet:
        console.message(render(wrong, sources))
    return not wrong
