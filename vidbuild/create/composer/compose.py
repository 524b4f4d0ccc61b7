"""Chooses the sections that a video shows, and makes scenes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from vidbuild.create.composer import emoji, narration, scenes
from vidbuild.create.composer.choice import Candidate, chosen
from vidbuild.create.composer.scenes import SceneDraft
from vidbuild.create.composer.text import slug
from vidbuild.create.composer.visuals import Place
from vidbuild.create.source.outline import Omission, Outline, Section

PAUSES = 1.2  # seconds of a scene beside its words
RECORDING = 20.0  # seconds, about, of one without narration
# Sections that are about the project's upkeep, in the languages of most documents.
_UPKEEP = re.compile(
    r"(?:licen[cs]e|licensing|contribut\w*|credits?|sponsor\w*|backers?|acknowledge?ments?|table of contents|contents"
    r"|toc|maintainers?|authors?|code of conduct|support us|donat\w*|stargazers.*|lizenz|mitwirkende|inhalt)\Z",
    re.IGNORECASE,
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
class Composition:
    """The video's title, its scenes, and what of the source they do not show."""

    title: str
    scenes: tuple[SceneDraft, ...]
    omissions: tuple[Omission, ...]


def compose(
    outline: Outline,
    language: str,
    choices: Choices,
    place: Place,
    kept: Mapping[str, int] | None = None,
) -> Composition:
    """Return the scenes of a source.

    place: returns the path of what a block shows, as the spec names it.
    kept: section's name -> the number of scenes that it has in any case.
    """
    outline = emoji.outline_without(outline)
    sections = list(wanted(outline, choices.section))
    if choices.section and sections and sections[0].title:
        outline = replace(outline, title=sections[0].title, sections=tuple(sections), description="")
    upkeep = [] if choices.section or outline.paced else [each for each in sections if _is_upkeep(each)]
    left = [each for each in sections if each not in upkeep]
    made = [
        (section, drafts) for section in left for drafts in [list(scenes.of_section(section, outline, language, place))]
    ]
    candidates = [
        Candidate(_seconds(draft), _worth(draft, section), section.name, nth == 0)
        for section, drafts in made
        for nth, draft in enumerate(drafts)
    ]
    drafts = [draft for _, each in made for draft in each]
    fixed = list(_first_of(candidates, kept or {}))
    whole = outline.paced and choices.seconds is None and choices.scenes is None
    taken = range(len(drafts)) if whole else chosen(candidates, choices.seconds, choices.scenes, fixed)
    made_scenes = tuple(_with_ids([drafts[index] for index in taken]))
    shown = {draft.section.name for draft in made_scenes}
    omissions = [
        Omission(f"the section '{each.heading}': it is about the project's upkeep", each.line) for each in upkeep
    ]
    omissions += [Omission(draft.cut, draft.section.line) for draft in made_scenes if draft.cut]
    omissions += [
        Omission(f"the section '{each.heading}': a longer video would have room for it", each.line)
        for each, found in made
        if found and each.name not in shown
    ]
    return Composition(
        outline.title, made_scenes, tuple(sorted((*outline.omissions, *omissions), key=lambda each: each.line))
    )


def _first_of(candidates: Sequence[Candidate], kept: Mapping[str, int]) -> Iterator[int]:
    """Yield the indexes of the first scenes of each section, as many as it keeps."""
    counts = dict(kept)
    for index, each in enumerate(candidates):
        if counts.get(each.section, 0) > 0:
            counts[each.section] -= 1
            yield index


def wanted(outline: Outline, heading: str) -> Iterator[Section]:
    """Yield the sections below a heading; all of them for ""."""
    name = emoji.without(heading).casefold()
    for section in outline.sections:
        if not name or name in {emoji.without(each).casefold() for each in (section.heading, *section.parents)}:
            yield section


def _is_upkeep(section: Section) -> bool:
    return any(_UPKEEP.match(each.strip(" :")) for each in (section.heading, *section.parents[1:]))


def _seconds(draft: SceneDraft) -> float:
    text = draft.fields.get("narration", "")
    pause = max(draft.fields.get("pause_after", 0.0) - scenes.PAUSE_AFTER, 0.0)
    return pause + PAUSES + narration.seconds(text) if text else float(draft.fields.get("duration", RECORDING))


def _worth(draft: SceneDraft, section: Section) -> float:
    """Return how much a scene is worth to a viewer: what is shown, what is said, and how deep in the document it is."""
    shown = {"title": 0.4, "list": 0.7, "table": 0.7, "quote": 0.5}.get(draft.fields["type"], 1.0)
    said = 1.0 if narration.length(draft.fields.get("narration", "")) > len(section.heading.split()) + 2 else 0.4
    return shown * said / (1 + 0.35 * max(len(section.parents) - 1, 0))


def _with_ids(drafts: Sequence[SceneDraft]) -> Iterator[SceneDraft]:
    """Yield the drafts with an id each, made from their headings."""
    counts: dict[str, int] = {}
    for draft in drafts:
        part = slug(draft.section.heading or draft.section.name.rpartition(" > ")[2])
        name = "intro" if not (draft.section.heading or counts) else part or draft.fields["type"]
        counts[name] = counts.get(name, 0) + 1
        own = name if counts[name] == 1 else f"{name}-{counts[name]}"
        yield replace(draft, fields={"id": own, **draft.fields})
