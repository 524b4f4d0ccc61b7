"""The scenes of one section."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vidbuild import inline
from vidbuild.create.composer import narration, sentences, visuals
from vidbuild.create.composer.beats import Beat, beats
from vidbuild.create.composer.text import cut_to
from vidbuild.create.composer.visuals import Place
from vidbuild.create.source.outline import Outline, Picture, Section

MAX_SUBTITLE = 90
MAX_TITLE = 60
MAX_KICKER = 40
SILENT = 5.0  # seconds of a scene whose source says nothing about it


@dataclass(frozen=True, slots=True)
class SceneDraft:
    """A scene of the spec to be.

    fields: all of it, in the order of the file.
    section: what it is made from.
    cut: what of that it does not show; "" if it shows all of it.
    """

    fields: dict[str, Any]
    section: Section
    cut: str = ""


def of_section(section: Section, outline: Outline, language: str, place: Place) -> Iterator[SceneDraft]:
    """Yield the scenes of one section."""
    is_first = section is outline.sections[0]
    for nth, beat in enumerate(beats(section)):
        if not is_first or nth > 0:
            yield from _scene(section, outline, beat, language, place)
            continue
        yield _opening(section, outline, beat, language)
        # What its prose says has been said; a picture at a document's start is its logo.
        if beat.shown and not isinstance(beat.shown[0], Picture):
            silent = replace(beat, prose=tuple(() for _ in beat.prose))
            yield from _scene(section, outline, silent, language, place)


def _opening(section: Section, outline: Outline, beat: Beat, language: str) -> SceneDraft:
    """Return the title scene: the document's title, and what it says first."""
    said = narration.chosen(beat.texts, language)
    lead = said[0] if said else outline.description
    subtitle, cut = cut_to(lead.rstrip("."), MAX_SUBTITLE)
    fields: dict[str, Any] = {"type": "title", "title": cut_to(outline.title, MAX_TITLE)[0]}
    if subtitle and not cut:
        fields["subtitle"] = subtitle
    return SceneDraft({**fields, **_spoken(" ".join(said) or sentences.spoken(outline.title))}, section)


def _scene(section: Section, outline: Outline, beat: Beat, language: str, place: Place) -> Iterator[SceneDraft]:
    parts = [[beat.speech]] if beat.speech else narration.of_beat(beat, section.heading, language)
    if not beat.shown:
        if any(beat.texts) or beat.speech:
            yield SceneDraft({**_heading(section, parts, outline), **_spoken(_joined(parts, ()))}, section)
        return
    heading = inline.plain(section.heading) or outline.title
    cues = [f"step-{nth + 1}" if len(beat.shown) > 1 and parts[nth] else "" for nth in range(len(beat.shown))]
    if beat.speech:
        cues = ["" for _ in cues]
    shown = visuals.visual(beat.shown, heading, place, cues)
    yield SceneDraft({"type": shown.type, **shown.fields, **_spoken(_joined(parts, cues))}, section, shown.cut)


def _heading(section: Section, parts: Sequence[Sequence[str]], outline: Outline) -> dict[str, Any]:
    """Return the fields of a scene that shows its heading, and a short first sentence below it."""
    fields: dict[str, Any] = {"type": "title", "title": cut_to(section.heading or outline.title, MAX_TITLE)[0]}
    above = [each for each in section.parents if each != outline.title]
    if above:
        fields["kicker"] = cut_to(above[-1], MAX_KICKER)[0]
    first = next((text for part in parts for text in part), "").rstrip(".")
    if first and len(inline.plain(first)) <= MAX_SUBTITLE and first != section.heading:
        fields["subtitle"] = first
    return fields


def _joined(parts: Sequence[Sequence[str]], cues: Sequence[str]) -> str:
    """Return the narration: each part's sentences, and behind them the cue of what they are about."""
    text: list[str] = []
    for nth, part in enumerate(parts):
        text += part
        if nth < len(cues) and cues[nth]:
            text.append(f"[[{cues[nth]}]]")
    return " ".join(text)


def _spoken(text: str) -> dict[str, Any]:
    return {"narration": text} if text else {"duration": SILENT}
