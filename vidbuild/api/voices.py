"""The voice engines and the voices of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """A voice engine, or recorded narrations, which are used instead of one.

    network: whether narrations are sent to a service.
    missing: what is needed to use it on this machine; None if it can be used now.
    names: the voices that can be listed without a network.
    names_hint: how voices are named, if they cannot be listed.
    """

    engine: str
    summary: str
    network: bool
    missing: str | None
    names: tuple[str, ...]
    names_hint: str = ""


def voices() -> list[VoiceInfo]:
    """Return every voice engine with its voices, without a request to any service."""
    from vidbuild.voices import recorded
    from vidbuild.voices.registry import ENGINES

    engines = [
        VoiceInfo(name, engine.summary, engine.network, engine.available(), tuple(engine.voices()), engine.names_hint)
        for name, engine in ENGINES.items()
    ]
    return [*engines, VoiceInfo(recorded.NAME, recorded.SUMMARY, False, None, (), recorded.NAMES_HINT)]
