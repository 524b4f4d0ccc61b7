"""What is allowed in a spec and still probably not meant: few things, each useful; it knows no scene type."""

from __future__ import annotations

from collections.abc import Mapping

from vidbuild.model import Scene
from vidbuild.spec.notes import Notes

WORDS = 150  # about a minute of speech on one picture
ITEMS = 8
TITLE = 70


def scenes(found: list[Scene], notes: Notes) -> None:
    """Note what a viewer would find too much."""
    for scene in found:
        path = ("scenes", scene.index)
        if scene.narration is not None and len(scene.narration.tokens) > WORDS:
            count = len(scene.narration.tokens)
            notes.warning(
                (*path, "narration"), f"{count} words over one picture; a scene is easy to follow up to {WORDS}"
            )
        items = scene.fields.get("items", ())
        if len(items) > ITEMS:
            notes.warning((*path, "items"), f"{len(items)} items in one list; up to {ITEMS} can be read")
        title = scene.fields.get("title", "")
        if len(title) > TITLE:
            notes.warning(
                (*path, "title"), f"a title of {len(title)} characters; up to {TITLE} can be read at a glance"
            )


def variables(notes: Notes) -> None:
    """Note numbers that will not read as they are written: a version 2.10 is the number 2.1."""
    document = notes.document
    named = document.data.get("vars")
    for name, value in (named if isinstance(named, Mapping) else {}).items():
        span = document.spans.get(("vars", name))
        written = document.text[span.start : span.end].strip() if span else ""
        if isinstance(value, int | float) and not isinstance(value, bool) and span and written != str(value):
            notes.warning(("vars", name), f"this is a number, which will read {value}", f'write "{written}"')
