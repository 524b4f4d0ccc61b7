"""Masks: the parts of an output that differ from one run to the next, such as times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from vidbuild.scenes.command.screen import Screen
from vidbuild.scenes.command.style import PLAIN, Style, runs, sequence
from vidbuild.scenes.protocol import SceneProblem

Line = Sequence[tuple[str, Style]]

_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?"
_ZONE = r"(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?"
_WEEKDAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DAY = rf"(?:\d{{4}}-\d{{2}}-\d{{2}}|(?:{_WEEKDAY},? )?{_MONTH} +\d{{1,2}})"
NAMED: Mapping[str, str] = {
    "time": rf"\b{_DAY}(?:[T ,]+{_CLOCK}{_ZONE})?(?: \d{{4}})?\b|(?<![\d:]){_CLOCK}{_ZONE}(?![\d:])",
    "duration": r"(?<![\w.])\d+(?:\.\d+)? ?(?:ns|us|µs|ms|s|secs?|seconds?|min|minutes?)\b",
    "id": r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"  # a UUID, the digest of a commit, an address
    r"|\b(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{7,64}\b|\b0x[0-9a-fA-F]{4,16}\b",
    "number": r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\w)",
    "path": r"(?<![\w/])/(?:tmp|var/folders|private/var|home|Users)(?:/[\w.@+~-]+)+",
}


@dataclass(frozen=True, slots=True)
class Mask:
    """A pattern, and what stands in its place.

    shown: whether it stands there in the video as well, and not only in the text that is compared.
    """

    pattern: re.Pattern[str]
    instead: str
    shown: bool


def masks(entries: Sequence[Any]) -> list[Mask]:
    """Return the masks of a scene's `mask`. Raises re.error for a pattern that is none."""
    return [_mask(entry) for entry in entries]


def _mask(entry: str | Mapping[str, str]) -> Mask:
    if isinstance(entry, str):
        return Mask(re.compile(NAMED[entry]), f"<{entry}>", shown=False)
    return Mask(re.compile(entry["pattern"]), entry.get("as", "<masked>"), shown="as" in entry)


def problems(entries: Sequence[Any]) -> Iterator[SceneProblem]:
    """Yield the patterns that are no regular expressions, or that match an empty text."""
    for index, entry in enumerate(entries):
        if isinstance(entry, str):
            continue
        field = f"record.mask.{index}.pattern"
        try:
            if re.compile(entry["pattern"]).search(""):
                yield SceneProblem(field, "the pattern matches an empty text: expected one that needs a character")
        except (re.error, RecursionError, OverflowError) as error:
            yield SceneProblem(field, f"the pattern is no regular expression: {str(error).lower()}")


def masked(line: Line, chosen: Sequence[Mask]) -> list[tuple[str, Style]]:
    """Return a line with each match of the masks replaced, in the style of its first character."""
    cells = [(character, style) for text, style in line for character in text]
    for mask in chosen:
        text = "".join(character for character, _ in cells)
        for match in reversed(list(mask.pattern.finditer(text))):
            style = cells[match.start()][1] if match.start() < len(cells) else PLAIN
            cells[match.start() : match.end()] = [(character, style) for character in mask.instead]
    return list(runs(cells))


def to_text(lines: Sequence[Line]) -> str:
    """Return lines with SGR sequences for their styles; each ends in a plain one."""
    return "\n".join(_styled(line) for line in lines)


def _styled(line: Line) -> str:
    return "".join(text if style == PLAIN else f"{sequence(style)}{text}\x1b[0m" for text, style in line)


@lru_cache(maxsize=64)
def lines_of(output: str) -> tuple[tuple[tuple[str, Style], ...], ...]:
    """Return the lines of an output that `to_text` returned."""
    screen = Screen()
    found = []
    for line in output.split("\n") if output else ():
        screen.reset()
        screen.write(line)
        found.append(tuple(runs(screen.rows[0])))
    return tuple(found)


def plain(line: Line) -> str:
    """Return the text of a line."""
    return "".join(text for text, _ in line).rstrip()
