"""Reads the pauses in narrations: `[[pause 0.8]]` is silence and no cue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from vidbuild import timebase
from vidbuild.patterns import later

LONGEST = 60  # seconds, as of the pauses around a narration
_PAUSE = later(r"pause\s+(\S.*?)\s*\Z")
_LENGTH = later(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*(s|ms)?\Z")
_SIMILAR = later(
    r"\W*(?:pause|wait|break|silence|sleep)?[\s:=(_-]*([0-9]+(?:[.,][0-9]+)?|[.,][0-9]+)\s*(ms|milli\w*|s|secs?|seconds?)?\W*\Z",
    re.IGNORECASE,
)
_NUMBER = later(r"([0-9]+(?:[.,][0-9]+)?|[.,][0-9]+)\s*(m?)", re.IGNORECASE)
# How other tools and scripts write a pause; words alone only if they are no words of prose in brackets.
_FOREIGN = later(
    r"""<break\b[^<>]*>
      | (?<![\w\[])[\[(](?:pause|break|silence|wait|beat)[\s:=]*[0-9]{0,6}[.,]?[0-9]{1,6}\s*[a-z]{0,12}[\])](?!\])
      | (?<![\w\[])[\[(](?:(?:short|long|brief)\s)?(?:pause|silence|beat)[\])](?!\])
    """,
    re.IGNORECASE | re.VERBOSE,
)
HALF = "write '[[pause 0.5]]' for half a second of silence"


def marks(text: str) -> Iterator[str]:
    """Yield the pauses of a text as they are written."""
    return (match[0] for match in re.finditer(r"\[\[pause\s+[^\[\]\n]*\]\]", text))


def is_pause(mark: str) -> bool:
    """Return whether what stands between `[[` and `]]` is a pause, perhaps with a wrong length."""
    return bool(_PAUSE.match(mark))


def samples(mark: str) -> int:
    """Return the length of a pause without problems."""
    return timebase.samples(_seconds(mark) or 0)


def problem(mark: str) -> tuple[str, str | None] | None:
    """Return what is wrong with the length of a pause, with a hint."""
    seconds = _seconds(mark)
    if seconds is None:
        found = _PAUSE.match(mark)
        length = found[1] if found else ""
        return f"pause: expected seconds such as 0.8 or milliseconds such as 500ms, got '{length}'", hint(mark)
    if not 0 < seconds <= LONGEST:
        return f"a pause lasts more than 0 and at most {LONGEST} s, not {seconds:g} s", None
    return None


def hint(mark: str) -> str | None:
    """Return how to write a mark that was probably meant as a pause."""
    found = _SIMILAR.match(mark)
    if not found:
        return HALF if mark.lower() == "pause" else None
    unit = "ms" if (found[2] or "").lower().startswith("m") else ""
    return f"write '[[pause {found[1].replace(',', '.')}{unit}]]' for silence"


def foreign(text: str) -> dict[str, str]:
    """Return the pauses of a text that are written as in other tools, each with a hint."""
    return {match[0]: _foreign_hint(match[0]) for match in _FOREIGN.finditer(text)}


def _foreign_hint(written: str) -> str:
    found = _NUMBER.search(written)
    length = float(found[1].replace(",", ".")) if found else 0.0
    if found is None or not length:
        return HALF
    seconds = length / 1000 if found[2] or length > LONGEST else length
    return f"write '[[pause {seconds:.10g}]]' for silence"


def _seconds(mark: str) -> float | None:
    found = _PAUSE.match(mark)
    length = _LENGTH.match(found[1]) if found else None
    return float(length[1]) / (1000 if length[2] == "ms" else 1) if length else None


def of_marks(placed: Sequence[tuple[str, int]], speakable: Sequence[bool]) -> tuple[tuple[int, int], ...]:
    """Return index of the token that follows a pause -> its samples, in order, with speech between any two of them.

    placed: marks, pauses and cues, each with the index of the token that follows it.
    speakable: whether a voice can speak each token.
    """
    merged: dict[int, int] = {}
    last = 0  # the place of the last pause; first the start
    for mark, at in placed:
        if not is_pause(mark):
            continue
        place = at if any(speakable[last:at]) else last
        place = place if any(speakable[place:]) else len(speakable)
        merged[place] = merged.get(place, 0) + samples(mark)
        last = place
    return tuple(sorted(merged.items()))


def anchors(placed: Sequence[tuple[str, int]], count: int) -> dict[str, str]:
    """Return cue -> what it stands at, if a pause at the same place decides that (vidbuild.model.Narration).

    count: of the narration's tokens.
    """
    found: dict[str, str] = {}
    for nth, (mark, at) in enumerate(placed):
        if is_pause(mark):
            continue
        if any(is_pause(other) and place == at for other, place in placed[nth + 1 :]):
            found[mark] = "before"
        elif at == count and any(is_pause(other) and place == at for other, place in placed[:nth]):
            found[mark] = "end"
    return found
