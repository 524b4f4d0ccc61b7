"""The rows of a diff: its lines with their numbers, what is folded between them, and the words that differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import groupby, zip_longest

from vidbuild import columns
from vidbuild.scenes import isolation
from vidbuild.scenes.diff.patch import Hunk, Line

MAX_COMPARED = 1000  # lines of either text, without what both begin and end with: the comparison takes quadratic time
ALIKE = 0.5  # the least similarity of two lines whose words are compared
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


class TooManyLinesError(ValueError):
    """Two texts that differ too much to be compared."""


@dataclass(slots=True)
class Row:
    """A row of the diff.

    kind: " ", "-", "+", or "fold" for lines that are not shown.
    old, new: the numbers of the line before and after; None where it is not there.
    change: the index of the change that it belongs to; -1 for none.
    marks: columns [from, to) of the words that differ.
    count: the number of lines that a fold stands for.
    """

    kind: str
    text: str = ""
    old: int | None = None
    new: int | None = None
    change: int = -1
    marks: list[tuple[int, int]] = field(default_factory=list)
    count: int = 0


def compared(old: Sequence[str], new: Sequence[str], context: int) -> list[Hunk]:
    """Return how one text becomes another, with `context` lines around each change. Raises TooManyLinesError."""
    return list(_hunks(_aligned(tuple(old), tuple(new)), context))


@lru_cache(maxsize=8)  # the same texts are checked, drawn and revealed
def _aligned(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[Line, ...]:
    """Return all lines of both texts, in order. Raises TooManyLinesError."""
    same = _common(old, new)
    end = _common(old[same:][::-1], new[same:][::-1])
    middle_old, middle_new = old[same : len(old) - end], new[same : len(new) - end]
    if max(len(middle_old), len(middle_new)) > MAX_COMPARED:
        raise TooManyLinesError
    matcher = SequenceMatcher(None, middle_old, middle_new, autojunk=False)
    lines = [Line(" ", text) for text in old[:same]]
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            lines += [Line(" ", text) for text in middle_old[i:j]]
        else:
            lines += [*(Line("-", text) for text in middle_old[i:j]), *(Line("+", text) for text in middle_new[k:m])]
    lines += [Line(" ", text) for text in old[len(old) - end :]]
    return tuple(lines)


def rows(hunks: Sequence[Hunk], old_length: int | None) -> list[Row]:
    """Return the rows of a file's hunks.

    old_length: the number of lines of the file before the changes; None if it is not known.
    """
    found: list[Row] = []
    at = 1  # the line of the old file after those that are shown
    change = -1
    for hunk in hunks:
        begin = hunk.old if any(line.kind != "+" for line in hunk.lines) else hunk.old + 1
        if begin > at:
            found.append(Row("fold", count=begin - at))
        at, new = begin, hunk.new
        changing = False
        for line in hunk.lines:
            change += line.kind != " " and not changing
            changing = line.kind != " "
            row = Row(line.kind, line.text, change=change if changing else -1)
            if line.kind != "+":
                row.old, at = at, at + 1
            if line.kind != "-":
                row.new, new = new, new + 1
            found.append(row)
    if old_length is not None and at <= old_length:
        found.append(Row("fold", count=old_length - at + 1))
    _mark(found)
    return found


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    """Return the number of lines that two texts begin with alike."""
    return next((at for at, (a, b) in enumerate(zip_longest(first, second)) if a != b), len(first))


def _hunks(lines: Sequence[Line], context: int) -> Iterator[Hunk]:
    changed = [at for at, line in enumerate(lines) if line.kind != " "]
    shown = {near for at in changed for near in range(max(0, at - context), min(len(lines), at + context + 1))}
    # A fold of one line takes as much room as the line.
    last = len(lines) - 1
    shown |= {at for at in range(last + 1) if (at == 0 or at - 1 in shown) and (at == last or at + 1 in shown)}
    old = new = 1
    part: list[Line] = []
    begin = (1, 1)
    for at, line in enumerate(lines):
        if at in shown:
            begin = begin if part else (old, new)
            part.append(line)
        elif part:
            yield _hunk(begin, part)
            part = []
        old += line.kind != "+"
        new += line.kind != "-"
    if part:
        yield _hunk(begin, part)


def _hunk(begin: tuple[int, int], lines: Sequence[Line]) -> Hunk:
    """Return a hunk, whose old number is that of the line before it if it only adds lines, as in a patch."""
    old = begin[0] if any(line.kind != "+" for line in lines) else begin[0] - 1
    return Hunk(old, begin[1], tuple(lines))


def _mark(found: Sequence[Row]) -> None:
    """Mark the words that differ in each pair of a removed and an added line."""
    for change, group in groupby(found, key=lambda row: row.change):
        if change < 0:
            continue
        lines = list(group)
        removed, added = ([row for row in lines if row.kind == kind] for kind in "-+")
        for before, after in zip(removed, added, strict=False):
            _mark_pair(before, after)


def _mark_pair(before: Row, after: Row) -> None:
    if isolation.has_right_to_left(before.text) or isolation.has_right_to_left(after.text):
        return  # columns do not follow the order of such a text
    old, new = _TOKEN.findall(before.text), _TOKEN.findall(after.text)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < ALIKE:
        return
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag != "equal":
            before.marks.extend(_columns(old, i, j))
            after.marks.extend(_columns(new, k, m))


def _columns(tokens: Sequence[str], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the columns of tokens [start, end) without the blanks around them."""
    while start < end and tokens[start].isspace():
        start += 1
    while start < end and tokens[end - 1].isspace():
        end -= 1
    if start < end:
        first = columns.width("".join(tokens[:start]))
        yield first, first + columns.width("".join(tokens[start:end]))
