"""`vidbuild voices`: what can speak here, and what it would take for the rest to."""

from __future__ import annotations

from dataclasses import asdict

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit
from vidbuild.errors import UsageError

_FROM = {
    "edge": "the service knows the names, and is not asked; they are of the form edge:en-US-AriaNeural "
    "('edge-tts --list-voices' asks it)",
    "recorded": "a recording has no name: it is given as narration: {audio: take1.wav, text: …}",
}
"""Where an engine's names come from, if not from the engine."""


@click.command("voices", epilog=options.example("vidbuild voices", "vidbuild voices espeak"))
@click.argument("engine", required=False)
@options.as_json("the engines and their voices")
def command(engine: str | None, *, as_json: bool) -> int:
    """List the voice engines, or the voices of one ENGINE. Nothing is asked of any network."""
    from vidbuild.api.voices import voices

    engines = voices()
    if engine is not None:
        engines = [each for each in engines if each.engine == engine]
        if not engines:
            known = ", ".join(each.engine for each in voices())
            raise UsageError(f"no voice engine '{engine}'; there are {known}")
    if as_json:
        console.result_json({"engines": [asdict(each) for each in engines]})
    elif engine is not None:
        names = [f"{engine}:{name}" for name in engines[0].names]
        console.result("\n".join(names or [_FROM.get(engine, "its names are not listed here")]))
    else:
        console.result(console.columns((each.engine, f"{each.summary}{_state(each.missing)}") for each in engines))
    return Exit.DONE


def _state(missing: str | None) -> str:
    return f" (not usable here: {missing})" if missing else ""
