"""From what a spec says of a voice to the voice; which engines there are it asks the registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vidbuild.model import Voice
from vidbuild.spec.collector import Notes
from vidbuild.spec.document import Path
from vidbuild.suggest import did_you_mean

RECORDED = Voice("recorded", "")


def resolve(value: Any, path: Path, notes: Notes, aliases: Mapping[str, Any]) -> Voice | None:  # noqa: ANN401 - a voice as a spec gives it
    """The voice that a valid `voice` value names, or None with a note on what is wrong with it."""
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
        return None  # said where it is defined
    return resolve(target, ("voices", value), notes, aliases)


def _spoken(value: Mapping[str, Any], path: Path, notes: Notes, fallback: Voice | None) -> Voice | None:
    engine, name = value["engine"], value["name"]
    found = problem(engine, name)
    if found:
        message, _, near = found.partition("; nearest: ")
        field = "name" if engine in _engines() else "engine"
        hint = f"did you mean {_or([f'{chr(39)}{item}{chr(39)}' for item in near.split(', ')])}?" if near else None
        if field in value and notes.document.values.get((*path, field)):
            notes.error((*path, field), message, hint)
        else:
            notes.error(path, message, hint, token=value[field])
        return None
    rate, pitch, volume = (
        int(value.get(field, normal)) for field, normal in (("rate", 100), ("pitch", 0), ("volume", 100))
    )
    return Voice(engine, name, rate, pitch, volume, fallback)


def problem(engine: str, name: str) -> str | None:
    """What is wrong with an engine's name or a voice's, as the registry tells it."""
    from vidbuild.voices import registry

    if engine == RECORDED.engine:
        return "a recording is given as narration: {audio, text}, not as a voice"
    return registry.problem(engine, name)


def _engines() -> Mapping[str, Any]:
    from vidbuild.voices import registry

    return registry.ENGINES


def check_aliases(aliases: Mapping[str, Any], notes: Notes) -> None:
    """Every name in `voices` must stand for a voice, used or not."""
    for name, value in aliases.items():
        if isinstance(value, str) and ":" not in value:
            notes.error(("voices", name), f"'{value}' is not a voice: a name in 'voices' stands for ENGINE:NAME")
        else:
            resolve(value, ("voices", name), notes, {})


def _or(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} or {items[-1]}"
