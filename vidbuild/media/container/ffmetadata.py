"""Reads chapters from an ffmetadata text; it knows nothing of the video they are in."""

from __future__ import annotations

from typing import NamedTuple

from vidbuild.timebase import SAMPLE_RATE


class Chapter(NamedTuple):
    """Where a chapter starts, in samples from the start of the video, and its title."""

    start: int
    title: str


def parse(text: str) -> list[Chapter]:
    """The chapters in an ffmetadata text."""
    chapters: list[Chapter] = []
    for section in text.split("[CHAPTER]\n")[1:]:
        fields = dict(_unescape(line) for line in _lines(section))
        over, under = (int(part) for part in fields.get("TIMEBASE", "1/1000000000").split("/"))
        chapters.append(Chapter(round(int(fields["START"]) * over * SAMPLE_RATE / under), fields.get("title", "")))
    return chapters


def _lines(section: str) -> list[str]:
    """Lines, of which one that ends in a backslash goes on in the next."""
    return [line for line in section.replace("\\\n", "\0").split("\n") if line and line[0] not in ";#["]


def _unescape(line: str) -> tuple[str, str]:
    name, _, value = line.partition("=")
    out, escaped = "", False
    for letter in value.replace("\0", "\n"):
        if letter == "\\" and not escaped:
            escaped = True
            continue
        out, escaped = out + letter, False
    return name, out
