"""`vidbuild voices`: lists the voice engines and their voices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit
from vidbuild.errors import UsageError
from vidbuild.frozen import values
from vidbuild.suggest import did_you_mean

if TYPE_CHECKING:
    from vidbuild.api.voices import VoiceInfo


@click.command("voices", epilog=options.example("vidbuild voices", "vidbuild voices espeak"))
@click.argument("engine", required=False, shell_complete=options.completes("voice_engine"))
@click.option("--fetch", metavar="VOICE", help="Download the model of a voice, such as natural:emma, and exit.")
@options.as_json("the engines and their voices")
def command(engine: str | None, fetch: str | None, *, as_json: bool) -> int:
    """List the voice engines, or the voices of one ENGINE.

    The network is used only by --fetch.
    """
    from vidbuild.api import voices as api
    from vidbuild.api.voices import voices

    if fetch is not None:
        path = str(api.fetch(fetch))
        if as_json:
            console.result_json({"voice": fetch, "path": path})
        else:
            console.result(f"{fetch} is at {path}")
        return Exit.DONE
    engines = voices()
    if engine is not None:
        engines = [each for each in engines if each.engine == engine]
        if not engines:
            known = [each.engine for each in voices()]
            hint = did_you_mean(engine, known) or f"use {' or '.join(known)}"
            raise UsageError(f"unknown voice engine '{engine}'", hint=hint)
    if as_json:
        console.result_json({"engines": [_to_json(each) for each in engines]})
    elif engine is not None:
        _print_engine(engines[0])
    else:
        console.result(console.columns((each.engine, f"{each.summary}{_state(each.missing)}") for each in engines))
    return Exit.DONE


def _state(missing: str | None) -> str:
    return f" (not usable here: {missing})" if missing else ""


def _print_engine(info: VoiceInfo) -> None:
    """Print an engine's voices, each with its language by name, and what a spec can set beside the name."""
    if info.names:
        console.result(console.columns((f"{info.engine}:{name}", info.languages.get(name, "")) for name in info.names))
    else:
        console.result(info.names_hint)
    for each in info.settings:
        default = f"; default: {each.default}" if each.default is not None else ""
        console.result(f"  {each.path}: {each.values}{default}: {each.description}")


def _to_json(info: VoiceInfo) -> dict[str, Any]:
    return {
        "engine": info.engine,
        "summary": info.summary,
        "network": info.network,
        "missing": info.missing,
        "names": list(info.names),
        "names_hint": info.names_hint,
        "languages": dict(info.languages),
        "settings": [values(each) for each in info.settings],
    }
