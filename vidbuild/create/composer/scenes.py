"""The scenes of one section."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vidbuild import inline
from vidbuild.create.composer import narration, pairs, sentences, visuals
from vidbuild.create.composer.beats import Beat, beats
from vidbuild.create.composer.text import cut_to
from vidbuild.create.composer.visuals import Place
from vidbuild.create.source.outline import Item, Items, Outline, Picture, Recording, Section

MAX_SUBTITLE = 90
MAX_TITLE = 60
MAX_KICKER = 40
PAUSE_AFTER = 0.6  # seconds, as a spec has by default
MAX_PAUSE = 5.0
MAX_SILENT = 8.0
_COLON = re.compile("[:\uff1a]\\Z")
_LOGO = re.compile(r"logo|banner|badge|icon|header", re.IGNORECASE)
_BETWEEN_LINES = " \u00b7 "
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
    found = beats(section, language)
    groups = [tuple(found)] if outline.paced and pairs.fits(found) else pairs.grouped(found)
    for nth, group in enumerate(groups):
        beat = group[0]
        opens = is_first and nth == 0 and not (outline.paced and beat.shown)
        if opens:
            yield _opening(section, outline, beat, language)
            if not beat.shown or _is_logo(beat):
                continue
            # What its prose says has been said.
            beat = replace(beat, prose=tuple(() for _ in beat.prose))
        says_heading = nth == 0 and not opens
        if len(group) > 1:
            yield _pair(section, (beat, *group[1:]), outline, language, place, is_first=says_heading)
        elif outline.paced and (beat.shown or not is_first):
            yield _paced(section, outline, _listed(beat), language, place, is_first=says_heading)
        else:
            yield from _scene(section, outline, beat, language, place, is_first=says_heading)


def _opening(section: Section, outline: Outline, beat: Beat, language: str) -> SceneDraft:
    """Return the title scene: the document's title, and what it says first."""
    title = (outline.paced and section.heading) or outline.title
    said = narration.chosen(beat.texts, language)
    # A talk's first slide has its author or its date below the title, and a version its date: these are no sentences.
    is_own = outline.paced or section.title
    lead = said[0] if said else outline.description or (beat.texts[0] if is_own and beat.texts else "")
    # What a slide shows besides, which its notes need not say.
    lines = [each.rstrip(".") for each in beat.texts] if outline.paced and beat.speech is not None else []
    joined = _BETWEEN_LINES.join(lines)
    if len(inline.plain(joined)) <= MAX_SUBTITLE:
        lead, lines = joined or lead, []
    subtitle, cut = cut_to(lead.rstrip("."), MAX_SUBTITLE)
    fields: dict[str, Any] = {"type": "title", "title": cut_to(title, MAX_TITLE)[0]}
    if subtitle and not cut:
        fields["subtitle"] = subtitle
    hidden = lines[1:] if "subtitle" in fields else lines
    spoken = " ".join(said) or sentences.spoken(title)
    return SceneDraft({**fields, **_spoken(spoken if beat.speech is None else beat.speech)}, section, _cut(hidden))


def _is_logo(beat: Beat) -> bool:
    """Return whether a document begins with a picture, or has one near its start that is called so."""
    picture = beat.shown[0]
    return isinstance(picture, Picture) and (not beat.prose[0] or bool(_LOGO.search(f"{picture.alt} {picture.path}")))


def _cut(lines: Sequence[str]) -> str:
    """Return what is left out if a slide's lines are not shown."""
    return "" if not lines else "a line of the slide" if len(lines) == 1 else f"{len(lines)} lines of the slide"


def _pair(
    section: Section, found: Sequence[Beat], outline: Outline, language: str, place: Place, *, is_first: bool
) -> SceneDraft:
    """Return one scene of two things that are shown beside each other; is_first: of its section."""
    sides = [visuals.visual(each.shown, "", place, [""]) for each in found]
    left, right = ({"type": each.type, **each.fields} for each in sides)
    title = cut_to(section.heading or ("" if outline.paced else outline.title), MAX_TITLE)[0]
    alt = " ".join(each.pop("alt") for each in (left, right) if "alt" in each)
    fields = {"type": "split", **({"title": title} if title else {}), "left": left, "right": right}
    if alt:
        fields["alt"] = alt
    heading = section.heading if is_first else ""
    spoken = [_joined(_said(each, heading if each is found[0] else "", language), ()) for each in found]
    cut = " and ".join(each.cut for each in sides if each.cut)
    fields |= _spoken(" ".join(filter(None, spoken)))
    return SceneDraft(fields if found[0].speech is not None else {**fields, **_time_to_read(fields)}, section, cut)


def _paced(
    section: Section, outline: Outline, beat: Beat, language: str, place: Place, *, is_first: bool
) -> SceneDraft:
    """Return a scene of a talk or a recording, each part of which has one; is_first: of its section."""
    parts = _said(beat, section.heading if is_first else "", language)
    return _draft(section, outline, beat, parts, place)


def _said(beat: Beat, heading: str, language: str) -> list[list[str]]:
    """Return what is said of a part of a talk, in the form of `narration.of_beat`. heading: "" if it has been said."""
    if beat.speech is not None:
        return [[beat.speech]]
    parts = narration.of_beat(beat, "", language)
    return parts if any(parts) else narration.of_shown(beat, heading, language)


def _listed(beat: Beat) -> Beat:
    """Return a beat that shows its paragraphs, if they are short."""
    texts = beat.texts
    if beat.shown or not 1 < len(texts) <= visuals.MAX_ITEMS:
        return beat
    if any(len(inline.plain(each)) > visuals.MAX_ITEM for each in texts):
        return beat
    return replace(beat, shown=(Items(tuple(map(Item, texts))),), prose=(texts, ()))


def _scene(
    section: Section, outline: Outline, beat: Beat, language: str, place: Place, *, is_first: bool
) -> Iterator[SceneDraft]:
    """Yield the scene of a beat; is_first: of its section, whose heading is spoken once."""
    heading = section.heading if is_first else ""
    if beat.speech is not None:
        parts = [[beat.speech]]
    else:
        parts = narration.of_beat(beat, "" if beat.shown else heading, language)
        if not any(parts) and beat.shown:
            parts = narration.of_shown(beat, heading, language)
    if beat.shown or beat.speech or any(beat.texts):
        yield _draft(section, outline, beat, parts, place)


def _draft(section: Section, outline: Outline, beat: Beat, parts: list[list[str]], place: Place) -> SceneDraft:
    if not beat.shown:
        is_slide = outline.paced and beat.speech is not None
        fields = _heading(section, [beat.texts] if is_slide else parts, outline)
        hidden = [each for each in beat.texts if each.rstrip(".") != fields.get("subtitle")] if is_slide else []
        return SceneDraft({**fields, **_spoken(_joined(parts, ()))}, section, _cut(hidden))
    # A slide without a title is not about what its whole talk is about, unlike a part of a recording.
    is_slide = outline.paced and not isinstance(beat.shown[0], Recording)
    heading = inline.plain(section.heading) or ("" if is_slide else outline.title)
    has_cues = len(beat.shown) > 1 and beat.speech is None
    cues = [f"step-{nth + 1}" if has_cues and parts[nth] else "" for nth in range(len(beat.shown))]
    shown = visuals.visual(beat.shown, heading, place, cues)
    spoken = _joined(parts, cues)
    # Without a narration, a recording plays as long as it is.
    timed = _spoken(spoken) if spoken or not isinstance(beat.shown[0], Recording) else {}
    title = {"title": cut_to(heading, MAX_TITLE)[0]} if outline.paced and shown.type == "image" and heading else {}
    fields = {"type": shown.type, **title, **shown.fields, **timed}
    cut = " and ".join(each for each in (shown.cut, beat.cut) if each)
    return SceneDraft({**fields, **_time_to_read(fields)} if beat.speech is None else fields, section, cut)


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


def _time_to_read(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pause behind a narration that is shorter than a viewer needs to read what is shown."""
    needed = visuals.seconds_to_read(fields)
    if "narration" not in fields:
        return {"duration": round(max(fields["duration"], min(needed, MAX_SILENT)), 1)} if "duration" in fields else {}
    missing = round(min(needed - narration.seconds(fields["narration"]) - PAUSE_AFTER, MAX_PAUSE), 1)
    return {"pause_after": round(PAUSE_AFTER + missing, 1)} if missing >= 1 else {}


def _joined(parts: Sequence[Sequence[str]], cues: Sequence[str]) -> str:
    """Return the narration: each part's sentences, and behind them the cue of what they are about.

    A colon stays in front of what is shown, and ends as a full stop in front of more words.
    """
    text: list[str] = []
    for nth, part in enumerate(parts):
        text += part
        if nth < len(cues) and cues[nth]:
            text.append(f"[[{cues[nth]}]]")
    following = [*text[1:], "[["][: len(text)]
    return " ".join(
        each if after.startswith("[[") else _COLON.sub(lambda end: "\u3002" if end[0] == "\uff1a" else ".", each)
        for each, after in zip(text, following, strict=True)
    )


def _spoken(text: str) -> dict[str, Any]:
    return {"narration": text} if text else {"duration": SILENT}
