"""Parse the chapters of an ffmetadata file."""

from __future__ import annotations

from typing import NamedTuple

from vidbuild.timebase import SAMPLE_RATE


class Chapter(NamedTuple):
    """A chapter: its start in samples from the start of the video, and its title."""

    start: int
    title: str


def parse(text: str) -> list[Chapter]:
    """Return the chapters in the text of an ffmetadata file, with any time base."""
    chapters: list[Chapter] = []
    for section in text.split("[CHAPTER]\n")[1:]:
        fields = dict(_unescape(line) for line in _lines(section))
        numerator, denominator = (int(part) for part in fields.get("TIMEBASE", "1/1000000000").split("/"))
        start = round(int(fields["START"]) * numerator * SAMPLE_RATE / denominator)
        chapters.append(Chapter(start, fields.get("title", "")))
    return chapters


def _lines(section: str) -> list[str]:
    """Split a section into lines without comments; a line that ends in a backslash includes the next one."""
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
