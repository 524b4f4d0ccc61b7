"""The voice engines there are, by name."""

from __future__ import annotations

from collections.abc import Mapping

from vidbuild.voices.edge import Edge
from vidbuild.voices.espeak import Espeak
from vidbuild.voices.protocol import VoiceEngine
from vidbuild.voices.recorded import Recorded

ENGINES: Mapping[str, VoiceEngine] = {"espeak": Espeak(), "edge": Edge(), "recorded": Recorded()}


def problem(engine: str, name: str) -> str | None:
    """What is wrong with a voice, with the nearest names; None if nothing is known to be."""
    if engine in ENGINES:
        return ENGINES[engine].problem(name)
    from difflib import get_close_matches

    near = get_close_matches(engine.casefold(), ENGINES, 1)
    return f"unknown voice engine '{engine}'; " + (f"nearest: {near[0]}" if near else f"there are {', '.join(ENGINES)}")
