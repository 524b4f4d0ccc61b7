"""The voice engines and the voices of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vidbuild.errors import UsageError
from vidbuild.spec.describe import Field


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """A voice engine, or recorded narrations, which are used instead of one.

    network: whether narrations are sent to a service.
    missing: what is needed to use it on this machine; None if it can be used now.
    names: the voices that can be listed without a network.
    names_hint: how voices are named, if they cannot be listed.
    languages: name -> the voice's language, in English.
    settings: the fields that a spec can set beside the name.
    """

    engine: str
    summary: str
    network: bool
    missing: str | None
    names: tuple[str, ...]
    names_hint: str = ""
    languages: Mapping[str, str] = field(default_factory=dict)
    settings: tuple[Field, ...] = ()


def voices() -> list[VoiceInfo]:
    """Return every voice engine with its voices, without a request to any service."""
    from vidbuild.voices import recorded
    from vidbuild.voices.registry import ENGINES, plugins

    settings = tuple(_settings())
    engines = [
        VoiceInfo(
            name,
            engine.summary,
            engine.network,
            engine.available(),
            tuple(engine.voices()),
            engine.names_hint,
            engine.languages(),
            settings,
        )
        for name, engine in (*ENGINES.items(), *plugins().usable())
    ]
    return [*engines, VoiceInfo(recorded.NAME, recorded.SUMMARY, False, None, (), recorded.NAMES_HINT)]


def fetch(voice: str) -> Path:
    """Download the model of a voice, given as ENGINE:NAME, and return where it is.

    Raises UsageError for a voice whose model is not downloaded, UnreachableError if the download fails.
    """
    from vidbuild.voices import natural_voices

    engine, _, name = voice.partition(":")
    if engine != "natural":
        hint = "vidbuild voices natural"
        raise UsageError(f"'{voice}' has no model to fetch: expected a voice such as natural:emma", hint=hint)
    return natural_voices.fetch(name)


def _settings() -> Iterator[Field]:
    """Return the fields of a voice that do not name it."""
    from vidbuild.spec import schema
    from vidbuild.spec.describe import Describer

    node = schema.definition("voice_mapping")
    names = [name for name in node["properties"] if name not in {"engine", "name"}]
    return (each for each in Describer(schema.load()).fields(node, names) if each.path in names)
