"""The language of an entry of a dialogue: its voice, and whether the two fit together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vidbuild.json_types import Json
from vidbuild.media.container.iso639 import shortened
from vidbuild.model import Voice
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path
from vidbuild.spec.scene_context import SceneContext
from vidbuild.voices import spoken_language

Speaker = tuple[Voice | None, Json]
"""A voice, None if it is wrong, and the value of the `voice` that names it."""


def check_texts(fields: Mapping[str, Any], path: Path, context: SceneContext) -> bool:
    """Return whether an entry has one language, or translations, and not both; add an error otherwise."""
    if "language" not in fields or not isinstance(fields["text"], Mapping):
        return True
    message = "'language' and a text in several languages cannot both be given"
    hint = "remove 'language', or write the text in that language"
    context.collector.error((*path, "language"), message, hint, key=True)
    return False


def speaker(fields: Mapping[str, Any], scene: Speaker, language: str) -> Speaker:
    """Return the voice of an entry that names none: the scene's, or the default of another language."""
    voice = scene[0]
    if voice is None or "language" not in fields or _speaks(voice, language):
        return scene
    from vidbuild.voices import registry

    return Voice(*registry.default(language)), None


def check_voice(
    voice: Voice, fields: Mapping[str, Any], path: Path, collector: DiagnosticCollector, language: str
) -> None:
    """Warn of an entry whose voice is for another language than the entry's own, or else the video's."""
    own = fields.get("language")
    if own and (short := shortened(own)):
        message = f"the tag of the language is '{short}', not '{own}'"
        collector.warning("VB110", (*path, "language"), message, f"write {short}")
    elif own and not _speaks(voice, own):
        message = f"the language is '{own}', but the voice '{voice.engine}:{voice.name}' speaks another one"
        collector.warning("VB209", (*path, "language"), message, _fitting(own))
    elif not own and "voice" in fields and not _speaks(voice, language):
        spoken = spoken_language.of(voice.engine, voice.name, language)
        message = f"the voice '{voice.engine}:{voice.name}' speaks another language than the video's, '{language}'"
        collector.warning("VB209", (*path, "voice"), message, f"write 'language: {spoken}' in this entry")


def _speaks(voice: Voice, language: str) -> bool:
    own = spoken_language.of(voice.engine, voice.name, language)
    return spoken_language.primary(own) == spoken_language.primary(language)


def _fitting(language: str) -> str | None:
    """Return the hint that names the default voice of a language; None if none speaks it."""
    from vidbuild.voices import registry

    voice = Voice(*registry.default(language))
    return f"write 'voice: {voice.engine}:{voice.name}'" if _speaks(voice, language) else None
