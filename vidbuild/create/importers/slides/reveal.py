"""reveal.js and reveal-md: slides beside and below each other, separators of one's own, notes after `Note:`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from vidbuild.create.importers.slides.raw import RawSlide, outside_of_fences, without_comments
from vidbuild.create.source.protocol import Source, SourceError

SETTINGS = frozenset(["separator", "verticalSeparator", "notesSeparator", "revealOptions", "highlightTheme"])
NOTES = r"^\s*notes?:"
MAX_PATTERN, MAX_REPEATS = 120, 4
_REPEATED_GROUP = re.compile(r"\)\s*[*+{]")


def recognizes(matter: Mapping[str, Any], text: str) -> bool:
    """Return whether a document has settings of reveal-md, slides below each other, or slides with notes."""
    if SETTINGS & matter.keys():
        return True
    lines = text.split("\n")
    alone = [
        line.strip()
        for index, line in outside_of_fences(lines)
        if line.startswith("---") and not "".join(lines[max(index - 1, 0) : index]).strip()
    ]
    beside = alone.count("---") - (2 if matter else 0)
    notes = any(re.match(r"notes?:\s*\S", line, re.IGNORECASE) for _, line in outside_of_fences(lines))
    return beside > 0 and ("----" in alone or notes)


def slides(text: str, matter: Mapping[str, Any], source: Source, first: int) -> Iterator[RawSlide]:
    """Yield the slides. first: the index of the first line behind the front matter. Raises SourceError."""
    lines = text.split("\n")
    body = "\n".join(lines[first:])
    beside = _pattern(matter, "separator", source)
    below = _pattern(matter, "verticalSeparator", source)
    notes = _pattern(matter, "notesSeparator", source) or re.compile(NOTES, re.IGNORECASE | re.MULTILINE)
    above, number = None, 0
    for start, end, is_below in _ranges(body, beside, below):
        above = (number if above is None else above) if is_below else None
        shown, spoken = _parted(body[start:end], notes)
        line = first + body.count("\n", 0, start)
        if number or shown.strip() or spoken:
            yield RawSlide(line, without_comments(shown)[0], spoken, above=(above - 1) if is_below and above else None)
            number += 1


def _parted(text: str, notes: re.Pattern[str]) -> tuple[str, str]:
    """Return a slide without its notes, and these."""
    match = notes.search(text)
    return (text[: match.start()], text[match.end() :].strip()) if match else (text, "")


def _ranges(
    text: str, beside: re.Pattern[str] | None, below: re.Pattern[str] | None
) -> Iterator[tuple[int, int, bool]]:
    """Yield where each slide begins and ends, and whether it is below the one before."""
    start, is_below = 0, False
    for begin, end, goes_below in _separators(text, beside, below):
        if begin >= start:
            yield start, begin, is_below
            start, is_below = end, goes_below
    yield start, len(text), is_below


def _separators(
    text: str, beside: re.Pattern[str] | None, below: re.Pattern[str] | None
) -> list[tuple[int, int, bool]]:
    found: list[tuple[int, int, bool]] = []
    for pattern, goes_below in ((beside, False), (below, True)):
        if pattern is not None:
            found += [(each.start(), each.end(), goes_below) for each in pattern.finditer(text) if each[0]]
    if beside is None or below is None:
        # The usual ones, but for those in fenced code.
        lines = text.split("\n")
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line) + 1)
        for index, line in outside_of_fences(lines):
            mark = line.rstrip()
            if (mark == "---" and beside is None) or (mark == "----" and below is None):
                found.append((starts[index], min(starts[index + 1], len(text)), mark == "----"))
    return sorted(found)


def _pattern(matter: Mapping[str, Any], name: str, source: Source) -> re.Pattern[str] | None:
    """Return a separator of the front matter as a pattern. Raises SourceError if it is none, or one that could hang."""
    text = matter.get(name)
    if text is None or text == "":
        return None
    pattern = str(text)
    repeats = sum(pattern.count(sign) for sign in "*+{")
    if len(pattern) > MAX_PATTERN or repeats > MAX_REPEATS or _REPEATED_GROUP.search(pattern):
        raise SourceError(
            f"'{source.address}': front matter: '{name}' is too complex a pattern",
            hint="use a plain text, such as '<!--s-->'",
        )
    try:
        return re.compile(pattern, re.MULTILINE | re.IGNORECASE)
    except re.error as error:
        raise SourceError(f"'{source.address}': front matter: '{name}' is no regular expression: {error}") from error
