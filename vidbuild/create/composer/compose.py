"""Chooses the sections that a video shows, and makes scenes of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vidbuild import inline
from vidbuild.create.composer import narration, sentences, visuals
from vidbuild.create.composer.beats import Beat, beats
from vidbuild.create.composer.choice import Candidate, chosen
from vidbuild.create.outline import Commands, Items, Omission, Outline, Picture, Section

MAX_SUBTITLE = 90
MAX_TITLE = 60
SECONDS_A_WORD = 0.4
PAUSES = 1.2  # seconds of a scene beside its words
SILENT = 5.0  # seconds of a scene whose source says nothing about it
# Sections that are about the project's upkeep, in the languages of most documents.
_UPKEEP = re.compile(
    r"(?:licen[cs]e|licensing|contribut\w*|credits?|sponsor\w*|backers?|acknowledge?ments?|table of contents|contents|toc"
    r"|maintainers?|authors?|code of conduct|support us|donat\w*|stargazers.*|lizenz|mitwirkende|inhalt)\Z",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a user asks of the video.

    seconds: about how long it is; None for the usual length.
    scenes: at most so many scenes.
    section: only what is below this heading.
    """

    seconds: float | None = None
    scenes: int | None = None
    section: str = ""


@dataclass(frozen=True, slots=True)
class SceneDraft:
    """A scene of the spec to be. fields: all of it, in the order of the file; section: what it is made from."""

    fields: dict[str, Any]
    section: Section


@dataclass(frozen=True, slots=True)
class Composition:
    """The scenes, and what of the source they do not show."""

    scenes: tuple[SceneDraft, ...]
    omissions: tuple[Omission, ...]


def compose(
    outline: Outline,
    language: str,
    choices: Choices,
    place: Callable[[Path], str],
    kept: Mapping[str, int] | None = None,
) -> Composition:
    """Return the scenes of a source.

    place: returns a file's path as the spec names it.
    kept: section's name -> the number of scenes that it has in any case.
    """
    sections = list(_wanted(outline, choices.section))
    upkeep = [] if choices.section or outline.paced else [each for each in sections if _is_upkeep(each)]
    left = [each for each in sections if each not in upkeep]
    made = [(section, drafts) for section in left for drafts in [list(_scenes(section, outline, language, place))]]
    candidates = [
        Candidate(_seconds(draft), _worth(draft, section), section.name, nth == 0)
        for section, drafts in made
        for nth, draft in enumerate(drafts)
    ]
    drafts = [draft for _, each in made for draft in each]
    fixed = list(_first_of(candidates, kept or {}))
    taken = range(len(drafts)) if outline.paced else chosen(candidates, choices.seconds, choices.scenes, fixed)
    scenes = tuple(_with_ids([drafts[index] for index in taken]))
    shown = {draft.section.name for draft in scenes}
    omissions = [Omission(f"the section '{each.heading}': it is about the project's upkeep", each.line) for each in upkeep]
    omissions += [
        Omission(f"the section '{each.heading}': a longer video would have room for it", each.line)
        for each, found in made
        if found and each.name not in shown
    ]
    return Composition(scenes, tuple(sorted((*outline.omissions, *omissions), key=lambda each: each.line)))


def _first_of(candidates: Sequence[Candidate], kept: Mapping[str, int]) -> Iterator[int]:
    """Yield the indexes of the first scenes of each section, as many as it keeps."""
    counts = dict(kept)
    for index, each in enumerate(candidates):
        if counts.get(each.section, 0) > 0:
            counts[each.section] -= 1
            yield index


def _wanted(outline: Outline, heading: str) -> Iterator[Section]:
    for section in outline.sections:
        if not heading or heading.casefold() in {each.casefold() for each in (section.heading, *section.parents)}:
            yield section


def _is_upkeep(section: Section) -> bool:
    return any(_UPKEEP.match(each.strip(" :")) for each in (section.heading, *section.parents[1:]))


def _scenes(section: Section, outline: Outline, language: str, place: Callable[[Path], str]) -> Iterator[SceneDraft]:
    """Yield the scenes of one section."""
    is_first = section is outline.sections[0]
    for nth, beat in enumerate(beats(section)):
        logo = is_first and nth == 0 and isinstance(next(iter(beat.shown), None), Picture)
        if is_first and nth == 0 and (beat.shown == () or logo or beat.texts):
            yield _opening(section, outline, beat, language)
            if beat.shown == () or logo:
                continue
            beat = replace(beat, prose=tuple(() for _ in beat.prose))
        yield from _scene(section, outline, beat, language, place)


def _opening(section: Section, outline: Outline, beat: Beat, language: str) -> SceneDraft:
    """Return the title scene: the document's title, and what it says first."""
    said = narration.chosen(beat.texts, language)
    lead = said[0] if said else outline.description
    subtitle, cut = visuals._cut(lead.rstrip("."), MAX_SUBTITLE)
    fields: dict[str, Any] = {"type": "title", "title": visuals._cut(outline.title, MAX_TITLE)[0]}
    if subtitle and not cut:
        fields["subtitle"] = subtitle
    return SceneDraft({**fields, **_spoken(" ".join(said) or sentences.spoken(outline.title))}, section)


def _scene(
    section: Section, outline: Outline, beat: Beat, language: str, place: Callable[[Path], str]
) -> Iterator[SceneDraft]:
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
    if shown is None:
        return
    yield SceneDraft({"type": shown.type, **shown.fields, **_spoken(_joined(parts, cues))}, section)


def _heading(section: Section, parts: Sequence[Sequence[str]], outline: Outline) -> dict[str, Any]:
    """Return the fields of a scene that shows its heading, and a short first sentence below it."""
    fields: dict[str, Any] = {"type": "title", "title": visuals._cut(section.heading or outline.title, MAX_TITLE)[0]}
    above = [each for each in section.parents if each != outline.title]
    if above:
        fields["kicker"] = visuals._cut(above[-1], 40)[0]
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


def _seconds(draft: SceneDraft) -> float:
    text = draft.fields.get("narration", "")
    return PAUSES + SECONDS_A_WORD * narration.length(text) if text else float(draft.fields["duration"])


def _worth(draft: SceneDraft, section: Section) -> float:
    """Return how much a scene is worth to a viewer: what is shown, what is said, and how deep in the document it is."""
    shown = {"title": 0.4, "list": 0.7, "table": 0.7, "quote": 0.5}.get(draft.fields["type"], 1.0)
    said = 1.0 if narration.length(draft.fields.get("narration", "")) > len(section.heading.split()) + 2 else 0.4
    return shown * said / (1 + 0.35 * max(len(section.parents) - 1, 0))


def _with_ids(drafts: Sequence[SceneDraft]) -> Iterator[SceneDraft]:
    """Yield the drafts with an id each, made from their headings."""
    counts: dict[str, int] = {}
    for draft in drafts:
        name = slug(draft.section.heading) or ("intro" if not counts else draft.fields["type"])
        counts[name] = counts.get(name, 0) + 1
        own = name if counts[name] == 1 else f"{name}-{counts[name]}"
        yield replace(draft, fields={"id": own, **draft.fields})


def slug(text: str) -> str:
    """Return a text as a scene's id: small Latin letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", inline.plain(text)).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    found = "-".join(words[:5])
    return found if found and found[0].isalnum() else ""


__all__ = ["Choices", "Commands", "Composition", "Items", "SceneDraft", "compose", "slug"]
