"""Resolves the `voice` values of a spec to voices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from vidbuild.model import Voice
from vidbuild.spec.collector import Notes
from vidbuild.spec.document import Path
from vidbuild.suggest import did_you_mean

if TYPE_CHECKING:
    from vidbuild.voices.protocol import VoiceProblem

RECORDED = Voice("recorded", "")


def resolve(value: Any, path: Path, notes: Notes, aliases: Mapping[str, Any]) -> Voice | None:  # noqa: ANN401 - a voice as a spec gives it
    """Return the voice that a `voice` value names; None after a note on what is wrong with it."""
    if isinstance(value, str):
        return _named(value, path, notes, aliases)
    fallback = value.get("fallback")
    second = None if fallback is None else resolve(fallback, (*path, "fallback"), notes, aliases)
    if fallback is not None and second is None:
        return None
    return _spoken(value, path, notes, second)


def _named(value: str, path: Path, notes: Notes, aliases: Mapping[str, Any]) -> Voice | None:
    engine, colon, name = value.partition(":")
    if colon:
        return _spoken({"engine": engine, "name": name}, path, notes, None)
    if value not in aliases:
        hint = did_you_mean(value, aliases) or "ENGINE:NAME, such as espeak:en-us, or a name from 'voices'"
        notes.error(path, f"unknown voice '{value}'", hint)
        return None
    target = aliases[value]
    if isinstance(target, str) and ":" not in target:
        return None  # an error at its definition
    return resolve(target, ("voices", value), notes, aliases)


def _spoken(value: Mapping[str, Any], path: Path, notes: Notes, fallback: Voice | None) -> Voice | None:
    engine, name = value["engine"], value["name"]
    found = problem(engine, name)
    if found is not None:
        field = "name" if engine in _engines() else "engine"
        if field in value and notes.document.values.get((*path, field)):
            notes.error((*path, field), found.message, found.hint)
        else:
            notes.error(path, found.message, found.hint, token=value[field])
        return None
    rate, pitch, volume = (
        int(value.get(field, normal)) for field, normal in (("rate", 100), ("pitch", 0), ("volume", 100))
    )
    return Voice(engine, name, rate, pitch, volume, fallback)


def problem(engine: str, name: str) -> VoiceProblem | None:
    """Return why an engine's name or a voice's is wrong; None if both may be right."""
    from vidbuild.voices import registry
    from vidbuild.voices.protocol import VoiceProblem

    if engine == RECORDED.engine:
        return VoiceProblem("a recording is not a voice", "give it as narration: {audio: take.wav, text: …}")
    return registry.problem(engine, name)


def _engines() -> Mapping[str, Any]:
    from vidbuild.voices import registry

    return registry.ENGINES


def check_aliases(aliases: Mapping[str, Any], notes: Notes) -> None:
    """Note every name in `voices` that stands for no voice, used or not."""
    for name, value in aliases.items():
        if isinstance(value, str) and ":" not in value:
            notes.error(("voices", name), f"'{value}' is not a voice: a name in 'voices' stands for ENGINE:NAME")
        else:
            resolve(value, ("voices", name), notes, {})
