"""The voice engines, by name."""

from __future__ import annotations

from collections.abc import Mapping

from vidbuild.voices.edge import Edge
from vidbuild.voices.espeak import Espeak
from vidbuild.voices.protocol import VoiceEngine, VoiceProblem

ENGINES: Mapping[str, VoiceEngine] = {"espeak": Espeak(), "edge": Edge()}


def problem(engine: str, name: str) -> VoiceProblem | None:
    """Return why an engine's name or a voice's is wrong; None if both may be right."""
    if engine in ENGINES:
        return ENGINES[engine].problem(name)
    from vidbuild.suggest import did_you_mean

    hint = did_you_mean(engine, ENGINES) or f"use {' or '.join(ENGINES)}"
    return VoiceProblem(f"unknown voice engine '{engine}'", hint)
