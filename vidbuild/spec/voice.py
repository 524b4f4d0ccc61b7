"""Resolves the `voice` values of a spec: engine and name, aliases from `voices`, settings and fallbacks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath
from typing import Any

from vidbuild.errors import UsageError
from vidbuild.json_types import Json
from vidbuild.model import Voice
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path
from vidbuild.suggest import did_you_mean

RECORDED = Voice("recorded", "")
RECORDING_HINT = "write the scene's narration as {audio: take.wav, text: ...}"
NORMAL = {"rate": 100, "pitch": 0, "volume": 100}
KINDS = ("female", "male")
USAGE = "use ENGINE:NAME, such as espeak:en-us"


def default(language: str) -> str:
    """Return the voice of a spec that names none."""
    from vidbuild.voices import registry

    return ":".join(registry.default(language))


def check_default(language: str, spoken: Iterable[Voice], collector: DiagnosticCollector) -> None:
    """Warn if a spec that names no voice has not the best one because a package is missing.

    spoken: the voices that speak.
    """
    if "voice" in collector.document.data or not _is_english(language):
        return
    from vidbuild.voices import registry

    engine, name = registry.default(language)
    missing = registry.ENGINES["natural"].available()
    if missing and Voice(engine, name) in set(spoken):
        message = f"the narration is spoken by '{engine}:{name}': the natural voice is not installed"
        collector.warning("VB210", (), message, f"{missing}, or write 'voice: {engine}:{name}'")


def _is_english(language: str) -> bool:
    return language.partition("-")[0].lower() == "en"


def resolve(
    value: str | Mapping[str, Any],
    path: Path,
    collector: DiagnosticCollector,
    aliases: Mapping[str, Any],
    language: str,
) -> Voice | None:
    """Return the voice of a valid `voice` value, or None after adding an error.

    aliases: the spec's `voices`.
    language: of what it speaks, which decides what `female` and `male` are.
    """
    if isinstance(value, str):
        return _named(value, path, collector, aliases, language)
    fallback = value.get("fallback")
    fallback_voice = None
    if fallback is not None:
        fallback_voice = resolve(fallback, (*path, "fallback"), collector, aliases, language)
        if fallback_voice is None:
            return None
    return _voice(value, path, collector, fallback_voice)


def any_online(voices: Iterable[Voice]) -> bool:
    """Return whether a voice or a fallback needs the network."""
    from vidbuild.voices import registry

    used = {each for voice in voices for each in (voice, voice.fallback) if each and each != RECORDED}
    try:
        return any(registry.is_online(each.engine, each.name) for each in used)
    except UsageError:  # wrong settings of the user, which the voice's own check reports
        return True


def files(voices: Iterable[Voice]) -> tuple[FilePath, ...]:
    """Return the files outside the project that voices depend on: models, and the user's settings.

    For settings that are not there, the folder that would hold them.
    """
    from vidbuild import settings
    from vidbuild.voices import registry

    used = {each for voice in voices for each in (voice, voice.fallback) if each}
    models = sorted(path for each in used for path in registry.files(each.engine, each.name).values())
    if not any(each.engine in registry.CONFIGURED for each in used):
        return tuple(models)
    path = settings.path()
    return (*models, next(each for each in (path, *path.parents) if each.exists()))


def check_aliases(aliases: Mapping[str, Any], collector: DiagnosticCollector, language: str) -> None:
    """Add an error for each entry of `voices`, used or not, that is not a voice."""
    for name, value in aliases.items():
        if isinstance(value, str) and ":" not in value and value not in KINDS:
            hint = did_you_mean(value, KINDS) or USAGE
            collector.error(("voices", name), f"'{value}' is not a voice", hint)
        else:
            resolve(value, ("voices", name), collector, {}, language)


def speaker(value: Json, aliases: Mapping[str, Any]) -> str:
    """Return the name of the speaker whose voice this is, for captions; "" without one."""
    if not isinstance(value, str) or value not in aliases:
        return ""
    target = aliases[value]
    if isinstance(target, Mapping) and "speaker" in target:
        return str(target["speaker"]).strip()
    return " ".join(word[:1].upper() + word[1:] for word in re.split(r"[-_]+", value) if word)


def _named(
    value: str, path: Path, collector: DiagnosticCollector, aliases: Mapping[str, Any], language: str
) -> Voice | None:
    engine, colon, name = value.partition(":")
    if colon:
        return _voice({"engine": engine, "name": name}, path, collector, None)
    if value in aliases:
        target = aliases[value]
        if isinstance(target, str) and ":" not in target and target not in KINDS:
            return None  # check_aliases adds the error
        return resolve(target, ("voices", value), collector, {}, language)
    if value in KINDS:
        return _of_kind(value, path, collector, language)
    hint = did_you_mean(value, [*aliases, *KINDS]) or f"{USAGE}, female, male, or a name from 'voices'"
    collector.error(path, f"unknown voice '{value}'", hint)
    return None


def _of_kind(kind: str, path: Path, collector: DiagnosticCollector, language: str) -> Voice | None:
    """Return a language's own female or male voice, or None after adding an error."""
    from vidbuild.voices import registry

    found = registry.of_kind(kind, language)
    if found is None:
        collector.error(path, f"no {kind} voice is known for the language '{language}'", USAGE, token=kind)
        return None
    return Voice(*found)


def _voice(
    value: Mapping[str, Any], path: Path, collector: DiagnosticCollector, fallback: Voice | None
) -> Voice | None:
    """Return the voice of a mapping with an engine and a name, or None after adding an error."""
    from vidbuild.voices import registry
    from vidbuild.voices.protocol import VoiceProblem

    engine, name = value["engine"], value["name"]
    if engine == RECORDED.engine:
        problem: VoiceProblem | None = VoiceProblem("a recording is not a voice", RECORDING_HINT)
    else:
        problem = registry.problem(engine, name)
    if problem is not None and problem.here and fallback is not None:
        collector.warning("VB211", (*path, "name"), f"{problem.message}: the fallback speaks", problem.hint)
        problem = None
    if problem is None:
        settings = {field: int(value.get(field, normal)) for field, normal in NORMAL.items()}
        for field, message in registry.ENGINES[engine].unmet(name, settings["rate"], settings["pitch"]):
            collector.warning("VB212", (*path, field), message)
        return Voice(engine, name, fallback=fallback, **settings)
    field = "name" if engine in registry.ENGINES else "engine"
    if collector.document.values.get((*path, field)):
        collector.error((*path, field), problem.message, problem.hint)
    else:
        collector.error(path, problem.message, problem.hint, token=value[field])
    return None
