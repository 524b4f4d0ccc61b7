"""`vidbuild lints`: list what vidbuild warns of, and explain one lint."""

from __future__ import annotations

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit
from vidbuild.frozen import values


@click.command("lints", epilog=options.example("vidbuild lints", "vidbuild lints VB306"))
@click.argument("code", required=False, shell_complete=options.completes("lint"))
@options.as_json("the lints")
def command(code: str | None, *, as_json: bool) -> int:
    """List what vidbuild warns of, or explain the lint with a CODE.

    A spec switches a lint off by its code, for all of it or for a scene: lint: {VB306: off}
    """
    from vidbuild.api import lints as api

    chosen = [api.lint(code)] if code else api.lints()
    if as_json:
        console.result_json({"lints": [values(each) for each in chosen]})
    elif code:
        (lint,) = chosen
        way_out = "It cannot be switched off." if lint.always else f"To switch it off: lint: {{{lint.code}: off}}"
        console.result(
            "\n".join((f"{lint.code} {lint.name}", f"  {lint.description}", f"  {lint.hint}", f"  {way_out}"))
        )
    else:
        console.result(console.columns((each.code, f"{each.name}: {each.description}") for each in chosen))
    return Exit.DONE
