"""When the cues of a narration are, from the times of its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from vidbuild.media.text.words import TimedWord

NO_ANCHORS: Mapping[str, str] = MappingProxyType({})


def place_cues(
    cues: Mapping[str, int], times: Sequence[TimedWord], samples: int, anchors: Mapping[str, str] = NO_ANCHORS
) -> dict[str, int]:
    """Return the sample of each cue: the start of the spoken token after it, or the end of the last token.

    anchors: cue -> "before" or "end", as in vidbuild.model.Narration.
    """
    last = times[-1].end if times else samples
    starts = [time.start if time.end > time.start else None for time in times]
    found: dict[str, int] = {}
    for name, index in cues.items():
        if anchors.get(name) == "end":
            found[name] = samples
        elif anchors.get(name) == "before":
            found[name] = max((time.end for time in times[:index]), default=0)
        else:
            found[name] = next((start for start in starts[index:] if start is not None), last)
    return found


def estimated_cues(cues: Mapping[str, int], times: Sequence[TimedWord]) -> list[str]:
    """Return the cues without a neighbor whose time is known, from the voice or by a search in the audio."""
    return [name for name, index in cues.items() if not _has_known_neighbor(times, index)]


def _has_known_neighbor(times: Sequence[TimedWord], index: int) -> bool:
    before = next((time for time in reversed(times[:index]) if time.end > time.start), None)
    after = next((time for time in times[index:] if time.end > time.start), None)
    return any(time is not None and time.source != "spread" for time in (before, after))
