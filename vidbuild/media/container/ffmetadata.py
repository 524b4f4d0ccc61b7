"""Write and parse the chapters of an ffmetadata file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from vidbuild.timebase import SAMPLE_RATE


class Chapter(NamedTuple):
    """A chapter: its start in samples from the start of the video, and its title."""

    start: int
    title: str


def write(chapters: Sequence[Chapter], end: int) -> str:
    """Return the text of an ffmetadata file; a time base of samples keeps the times exact.

    end: of the last chapter, in samples. A title becomes one line.
    """
    lines = [";FFMETADATA1"]
    for chapter, following in pairwise((*chapters, Chapter(end, ""))):
        lines += ["[CHAPTER]", f"TIMEBASE=1/{SAMPLE_RATE}", f"START={chapter.start}", f"END={following.start}"]
        lines.append(f"title={_escape(' '.join(chapter.title.split()))}")
    return "\n".join(lines) + "\n"


def parse(text: str) -> list[Chapter]:
    """Return the chapters in the text of an ffmetadata file, with any time base."""
    chapters: list[Chapter] = []
    for section in re.split(r"^\[CHAPTER\]\n", text, flags=re.MULTILINE)[1:]:
        fields = dict(_unescape(line) for line in _lines(section))
        numerator, denominator = (int(part) for part in fields.get("TIMEBASE", "1/1000000000").split("/"))
        start = round(int(fields["START"]) * numerator * SAMPLE_RATE / denominator)
        chapters.append(Chapter(start, fields.get("title", "")))
    return chapters


def _lines(section: str) -> Iterator[str]:
    """Yield the lines of a section without comments; a line that ends in a backslash includes the next one."""
    lines = section.replace("\\\n", "\0").split("\n")
    return (line for line in lines if line and line[0] not in ";#[")


def _escape(value: str) -> str:
    return "".join("\\" + letter if letter in "=;#\\" else letter for letter in value)


def _unescape(line: str) -> tuple[str, str]:
    name, _, value = line.partition("=")
    out, escaped = "", False
    for letter in value.replace("\0", "\n"):
        if letter == "\\" and not escaped:
            escaped = True
            continue
        out, escaped = out + letter, False
    return name, out
