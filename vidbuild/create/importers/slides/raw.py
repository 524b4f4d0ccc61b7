"""The text of one slide of a Markdown deck, and lines outside of fenced code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vidbuild.create.source.outline import Omission

_FENCE = re.compile(r"\s*(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class RawSlide:
    """A slide's Markdown.

    start: the index of its first line in the source; text: as the tool shows it, with as many lines as the source.
    notes: as Markdown; matter: its own front matter; above: the number of the slide that it is below, counted from 0.
    """

    start: int
    text: str
    notes: str = ""
    matter: Mapping[str, Any] = field(default_factory=dict)
    hidden: bool = False
    above: int | None = None
    omissions: tuple[Omission, ...] = ()


def outside_of_fences(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield (index, line) of the lines that are not in fenced code."""
    fence = ""
    for index, line in enumerate(lines):
        mark = _FENCE.match(line)
        if not fence and mark:
            fence = mark[1]
        elif fence:
            if mark and mark[1].startswith(fence) and not line.strip(" \t`~"):
                fence = ""
        else:
            yield index, line


def without_comments(text: str) -> tuple[str, list[str]]:
    """Return Markdown without its comments, line for line, and what each says; comments in fenced code stay."""
    comments: list[str] = []
    kept: list[str] = []
    lines = text.split("\n")
    free = {index for index, _ in outside_of_fences(lines)}
    offset, position = 0, 0
    starts = [0]
    for line in lines:
        offset += len(line) + 1
        starts.append(offset)
    for index in sorted(free):
        search = max(position, starts[index])
        while (begin := text.find("<!--", search, starts[index + 1])) >= 0:
            end = text.find("-->", begin + 4)
            if end < 0:
                break
            if text.count("`", starts[index], begin) % 2:  # in code
                search = begin + 4
                continue
            kept.append(text[position:begin])
            kept.append("\n" * text.count("\n", begin, end))
            comments.append(text[begin + 4 : end].strip("-").strip())
            position = search = end + 3
    return "".join([*kept, text[position:]]), comments
