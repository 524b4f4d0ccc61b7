"""The times of callouts, overlays and freezes: cues, seconds, or words that the narration contains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vidbuild.json_types import Json
from vidbuild.model import Narration
from vidbuild.spec import value_hints
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path
from vidbuild.spec.narration import NAME
from vidbuild.timeline.mentions import spoken_at

TIMES = ("at", "until")


def check(
    fields: Mapping[str, Any], path: Path, narration: Narration | None, language: str, collector: DiagnosticCollector
) -> None:
    """Check that words are spoken, and that `until` is after `at`, as far as that is known.

    fields: of a callout or an overlay; path: its path. narration: of the scene, in the spec's language.
    """
    known = {
        name: _order(fields[name], (*path, name), narration, language, collector) for name in TIMES if name in fields
    }
    start, end = known.get("at"), known.get("until")
    if start and end and start[0] == end[0] and end[1] <= start[1]:
        at, until = (_shown(fields[name]) for name in TIMES)
        relation = "at the same time as" if end[1] == start[1] else "before"
        hint = "swap them" if end[1] < start[1] else "set a later time"
        collector.error((*path, "until"), f"'until' {until} is {relation} 'at' {at}", hint)


def check_entries(
    own: Mapping[str, Any], path: Path, narration: Narration | None, language: str, collector: DiagnosticCollector
) -> None:
    """Check the entries of a scene type's own fields that last until a time, such as the freezes of a clip."""
    for name, entries in own.items():
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, Mapping) and "until" in entry:
                check(entry, (*path, name, index), narration, language, collector)


def check_words(
    fields: Mapping[str, Any], path: Path, narration: Narration, language: str, collector: DiagnosticCollector
) -> None:
    """Check that a translation contains the words at which callouts and overlays appear and disappear.

    fields: the scene's; path: its path.
    """
    for name in ("callouts", "overlays"):
        for index, entry in enumerate(fields.get(name, ())):
            for field in TIMES:
                value = entry.get(field)
                if isinstance(value, str) and not NAME.match(value):
                    _order(value, (*path, name, index, field), narration, language, collector)


def time(value: Json) -> str | float | None:
    """Return a time as a model has it."""
    return float(value) if isinstance(value, int | float) else value


def _order(
    value: Json, path: Path, narration: Narration | None, language: str, collector: DiagnosticCollector
) -> tuple[str, float] | None:
    """Return a kind of time and a number to compare with others of that kind; None if it is not known."""
    if not isinstance(value, str):
        return "seconds", float(value)
    if NAME.match(value):
        at = narration.cues.get(value) if narration else None
        return None if at is None else ("words", at)  # cues.py reports unknown ones
    at = spoken_at(value, narration.tokens, language) if narration else None
    if at is None:
        owner = "the narration does not contain" if narration else "the scene has no narration with"
        hint = value_hints.seconds(value) or "name a cue, or seconds"
        collector.error(path, f"{owner} the words '{value}'", hint)
        return None
    return "words", at


def _shown(value: Json) -> str:
    return f"'{value}'" if isinstance(value, str) else f"{value:g} s"
