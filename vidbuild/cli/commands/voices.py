"""`vidbuild voices`: lists the voice engines and their voices."""

from __future__ import annotations

from dataclasses import asdict

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit
from vidbuild.errors import UsageError
from vidbuild.suggest import did_you_mean


@click.command("voices", epilog=options.example("vidbuild voices", "vidbuild voices espeak"))
@click.argument("engine", required=False)
@options.as_json("the engines and their voices")
def command(engine: str | None, *, as_json: bool) -> int:
    """List the voice engines, or the voices of one ENGINE.

    The network is not used.
    """
    from vidbuild.api.voices import voices

    engines = voices()
    if engine is not None:
        engines = [each for each in engines if each.engine == engine]
        if not engines:
            known = [each.engine for each in voices()]
            hint = did_you_mean(engine, known) or f"use {' or '.join(known)}"
            raise UsageError(f"unknown voice engine '{engine}'", hint=hint)
    if as_json:
        console.result_json({"engines": [asdict(each) for each in engines]})
    elif engine is not None:
        names = [f"{engine}:{name}" for name in engines[0].names]
        console.result("\n".join(names or [engines[0].names_hint]))
    else:
        console.result(console.columns((each.engine, f"{each.summary}{_state(each.missing)}") for each in engines))
    return Exit.DONE


def _state(missing: str | None) -> str:
    return f" (not usable here: {missing})" if missing else ""
