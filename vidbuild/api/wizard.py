"""The beginning of a spec from a few answers: its head, and a scene for each heading, to be written by its author."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild.create import writing
from vidbuild.create.composer.compose import PAUSES
from vidbuild.create.composer.text import slug
from vidbuild.create.source.breaks import SECONDS_A_WORD
from vidbuild.engine.disk import durable
from vidbuild.errors import UsageError


@dataclass(frozen=True, slots=True)
class Answers:
    """What a user wants of a video. seconds: about how long it is; scenes: their headings.

    brand: "" for none.
    """

    title: str
    audience: str
    seconds: float
    voice: str
    theme: str
    scenes: Sequence[str]
    brand: str = ""


def spec_text(answers: Answers) -> str:
    """Return a spec whose scenes speak their headings, with how many words each has room for as comments."""
    language = "" if answers.brand else "en"
    look = {"brand": answers.brand, "language": language, "theme": answers.theme, "voice": answers.voice}
    head = {"vidbuild": 1, "title": answers.title, **look}
    opening = {"id": "intro", "type": "title", "title": answers.title, "subtitle": answers.audience}
    headings = [each for each in answers.scenes if each]
    scenes = [{**_known(opening), "narration": _sentence(answers.title)}]
    used = {"intro"}
    for nth, heading in enumerate(headings, 2):
        name = slug(heading) or f"scene-{nth}"
        name = f"{name}-{nth}" if name in used else name
        used.add(name)
        scenes.append({"id": name, "type": "title", "title": heading, "narration": _sentence(heading)})
    words = max(round((answers.seconds / len(scenes) - PAUSES) / SECONDS_A_WORD), 1)
    about = f"# Write what is said in each scene: about {words} words for {answers.seconds:g} s in all."
    return f"{about}\n{writing.spec_text(_known(head), scenes)}"


def write(path: Path, answers: Answers) -> None:
    """Write the spec. Raises UsageError if the file exists."""
    if path.exists():
        raise UsageError(f"'{path}' already exists", hint="choose another file with -o")
    durable.make_folder(path.parent)
    durable.write(path, spec_text(answers).encode())


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
