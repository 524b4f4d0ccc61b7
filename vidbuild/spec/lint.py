"""What is allowed in a spec and still probably not meant: few things, each useful; it knows no scene type."""

from __future__ import annotations

from vidbuild.model import Scene
from vidbuild.spec.notes import Notes

WORDS = 150  # about a minute of speech on one picture
ITEMS = 8
TITLE = 70


def lint(scenes: list[Scene], notes: Notes) -> None:
    """Note what a viewer would find too much."""
    for scene in scenes:
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
