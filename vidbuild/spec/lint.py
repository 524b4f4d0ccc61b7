"""Warns of what a spec may contain but its author probably did not intend. Scene types add warnings of their own."""

from __future__ import annotations

from collections.abc import Sequence

from vidbuild.media.container.iso639 import shortened
from vidbuild.model import Scene, Voice
from vidbuild.spec import narration_lint, picture_lint, shown_markup
from vidbuild.spec import scenes as scene_checks
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path
from vidbuild.voices.spoken_language import primary

MAX_TITLE = 70  # characters


def check(
    scenes: Sequence[Scene], voice: Voice | None, collector: DiagnosticCollector, language: str, *, is_read: bool
) -> None:
    """Add all warnings about a spec, except about its narrations in other languages than its own.

    voice: the spec's voice; None if it is wrong.
    is_read: whether signs and numbers are read before a voice gets them.
    """
    for scene in scenes:
        _check_title(scene, collector)
        shown_markup.check(scene, collector)
        scene_checks.lint(scene, collector)
    narration_lint.check(scenes, language, collector, is_read=is_read)
    picture_lint.check(scenes, language, collector)
    if voice is not None:
        _check_language(language, voice, scenes, collector)


def _check_title(scene: Scene, collector: DiagnosticCollector) -> None:
    title = scene.fields.get("title", "")
    if len(title) > MAX_TITLE:
        message = f"title of {len(title)} characters: viewers can read up to {MAX_TITLE} at a glance"
        collector.warning("VB306", ("scenes", scene.index, "title"), message)


def _check_language(language: str, voice: Voice, scenes: Sequence[Scene], collector: DiagnosticCollector) -> None:
    """Warn if the spec's voice is for another language than the spec's, as the default voice often is."""
    if "language" in collector.document.data and (short := shortened(language)):
        message = f"the tag of the language is '{short}', not '{language}'"
        collector.warning("VB110", ("language",), message, f"write {short}")
        return
    if not any(voice in scene.voices for scene in scenes):
        return
    spoken = {"espeak": voice.name, "natural": "en"}.get(voice.engine)
    if spoken is None or primary(language) == primary(spoken):
        return
    from vidbuild.voices.registry import ENGINES

    known = ENGINES["espeak"].voices()
    if primary(spoken) not in {primary(name) for name in known}:
        return  # the voice's name does not start with its language
    fitting = [name for name in (language.lower(), language.partition("-")[0]) if name in known]
    path: Path = ("language",) if "language" in collector.document.data else ("voice",)
    hint = f"write 'voice: espeak:{fitting[0]}'" if fitting else None
    if path == ("voice",):
        hint = f"write 'language: {spoken.partition('+')[0].partition('-')[0]}'"
    other: Path = ("voice",) if path == ("language",) and "voice" in collector.document.data else path
    place = collector.document.other_place(other, path)
    message = f"the language is '{language}', but the voice '{voice.engine}:{voice.name}'{place} speaks another one"
    collector.warning("VB209", path, message, hint)
