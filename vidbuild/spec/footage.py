"""Checks the fields of a scene that follow the sentences of its narration: subtitles, and several clips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from vidbuild.media.text import pages
from vidbuild.model import Narration
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path


def check(
    own: Mapping[str, Any], path: Path, narration: Narration | None, language: str, collector: DiagnosticCollector
) -> None:
    """Add an error for subtitles of a silent scene, and for a clip without a sentence to begin with.

    own: the scene's own fields. narration: in this language.
    """
    if narration is None:
        if own.get("subtitles") in list(pages.STYLES):
            message = "'subtitles' shows what is spoken, but the scene has no narration"
            collector.error((*path, "subtitles"), message, "add a 'narration', or remove it", key=True)
    elif _has_clips(own):
        starts = pages.sentences(narration.tokens, language, narration.entry_starts)
        for index, clips, sentences in _without_sentence(own["clips"], narration, starts):
            spoken = "1 sentence" if sentences == 1 else f"{sentences} sentences"
            message = f"no sentence is left for this clip to begin with: got {clips} clips for {spoken}"
            hint = "set its 'at' to a cue or seconds, write more sentences, or remove it"
            collector.error((*path, "clips", index), message, hint)


def _has_clips(own: Mapping[str, Any]) -> bool:
    """Return whether a scene has several clips; a plug-in's type can have another field of this name."""
    clips = own.get("clips")
    return isinstance(clips, list) and all(isinstance(each, Mapping) and "src" in each for each in clips)


def _without_sentence(
    clips: Sequence[Mapping[str, Any]], narration: Narration, starts: Sequence[int]
) -> Iterator[tuple[int, int, int]]:
    """Yield the first clip too many of those that begin between two known words, and the clips and sentences there.

    starts: the first word of each sentence. Clips that begin at a second are not counted.
    """
    cues = narration.cues
    known = [(0, 0), *((index, cues[each["at"]]) for index, each in enumerate(clips) if each.get("at") in cues)]
    for (first, begin), (last, end) in pairwise([*known, (len(clips), len(narration.tokens))]):
        free = [index for index in range(first + 1, last) if "at" not in clips[index]]
        inside = sum(begin < start < end for start in starts)
        if len(free) > inside:
            yield free[inside], len(free) + 1, inside + 1
