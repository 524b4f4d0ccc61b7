"""What is allowed in a spec and still probably not meant: few things, each useful; it knows no scene type."""

from __future__ import annotations

import re
from collections.abc import Mapping

from vidbuild.model import Scene, Voice
from vidbuild.spec.collector import Notes
from vidbuild.spec.document import Path

WORDS = 150  # about a minute of speech on one picture
TITLE = 70
UNSPEAKABLE = re.compile("[0-9]{41,}|[0-9A-Za-z]{151,}")  # espeak speaks the start of such a word and no more
SHOWN = 12  # characters of it
ONE = {"cmn": "zh", "yue": "zh", "hak": "zh", "nb": "no", "nn": "no", **dict.fromkeys(("hr", "sr", "bs"), "hbs")}
"""Languages that are called by several names, or read well enough by one another's voices."""


def narrations(found: list[Scene], language: str, notes: Notes) -> None:
    """Warn of narrations in a language that are too long to follow, or that the voice cannot speak in full."""
    for scene in found:
        narration = scene.narration.get(language) if isinstance(scene.narration, Mapping) else scene.narration
        if narration is None:
            continue
        path = ("scenes", scene.index, "narration")
        if len(narration.tokens) > WORDS:
            count = len(narration.tokens)
            notes.warning(path, f"{count} words over one picture; a scene is easy to follow up to {WORDS}")
        unspeakable = UNSPEAKABLE.search(narration.spoken)
        if unspeakable and not narration.audio and scene.voice.engine == "espeak":
            word = f"'{unspeakable[0][:SHOWN]}…'"
            message = f"{word} has {len(unspeakable[0])} characters without a space, of which only the first are spoken"
            notes.warning(path, message)


def scenes(found: list[Scene], notes: Notes) -> None:
    """Warn of scenes that show too much."""
    for scene in found:
        path = ("scenes", scene.index)
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


def language(spoken: str, voice: Voice, found: list[Scene], notes: Notes) -> None:
    """Note where the spec's voice reads another language than the spec's, as the default one does unless it's told."""
    if voice.engine != "espeak" or not any(scene.narration is not None and scene.voice == voice for scene in found):
        return
    own, read = _primary(spoken), _primary(voice.name)
    if own == read:
        return
    from vidbuild.voices.registry import ENGINES

    known = ENGINES["espeak"].voices()
    if read not in {_primary(name) for name in known}:
        return  # called by another name than its language's
    fitting = [name for name in (spoken.lower(), spoken.partition("-")[0]) if name in known]
    where: Path = ("language",) if "language" in notes.document.data else ("voice",)
    hint = f"voice: espeak:{fitting[0]}" if fitting else None
    hint = f"language: {voice.name.partition('+')[0].partition('-')[0]}" if where == ("voice",) else hint
    notes.warning(where, f"the language is '{spoken}', but the voice espeak:{voice.name} reads another one", hint)


def _primary(tag: str) -> str:
    """The language itself, without its region, script or variant."""
    first = tag.partition("-")[0].partition("+")[0].lower()
    return ONE.get(first, first)
