"""The voice engines and the voices of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """A voice engine. missing: what it would take to use it here, None if it can be used now."""

    engine: str
    summary: str
    network: bool
    missing: str | None
    names: tuple[str, ...]


def voices() -> list[VoiceInfo]:
    """Every voice engine, with the voices that can be named without asking a service."""
    from vidbuild.voices.registry import ENGINES

    return [
        VoiceInfo(name, engine.summary, engine.network, engine.available(), tuple(engine.voices()))
        for name, engine in ENGINES.items()
    ]
