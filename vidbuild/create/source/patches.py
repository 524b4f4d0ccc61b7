"""Unified patches: the files that they change, and shorter forms of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*)")


@dataclass(frozen=True, slots=True)
class FileChange:
    """A part of a patch that is about one file. line: where it begins, counted from 1; text: "" for a binary file."""

    path: str
    text: str
    line: int


def files(text: str) -> Iterator[FileChange]:
    """Yield what a patch changes in each file, in order: its names and hunks, without what is around them."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        if lines[at].startswith("--- ") and at + 1 < len(lines) and lines[at + 1].startswith("+++ "):
            end = at + 2
            while end < len(lines) and (found := _HUNK.match(lines[end])):
                end = _end(lines, end, found)
            old, new = _name(lines[at]), _name(lines[at + 1])
            if end > at + 2:
                # An empty line of both texts has a space, which editors remove; readers of patches know it without.
                text = "\n".join(line if line != " " else "" for line in lines[at:end]) + "\n"
                yield FileChange(old if new == "/dev/null" else new, text, at + 1)
            at = max(end, at + 2)
        else:
            if binary := re.match(r"Binary files (?:a/)?(.+?) and (?:b/)?(.+) differ$", lines[at]):
                yield FileChange(binary[1] if binary[2] == "/dev/null" else binary[2], "", at + 1)
            at += 1


def cut(text: str, limit: int) -> tuple[str, int]:
    """Return one file's patch with at most so many lines in its hunks, and how many were left out."""
    lines = text.rstrip("\n").split("\n")
    kept, left, room = lines[:2], 0, limit
    at = 2
    while at < len(lines) and (found := _HUNK.match(lines[at])):
        end = _end(lines, at, found)
        body = lines[at + 1 : end]
        part = _middle(body, room)
        left += len(body) - len(part)
        if any(line[:1] in {"+", "-"} for line in part):
            skipped = body[: body.index(part[0])] if part[0] in body and len(part) < len(body) else []
            kept += [_header(found, skipped, part), *part]
            room -= len(part)
        else:
            left += len(part)
        at = end
    return "\n".join(kept) + "\n", left


def _middle(body: list[str], room: int) -> list[str]:
    """Return a hunk's lines, or as many as there is room for: from its first change on."""
    if len(body) <= room or room <= 0:
        return body[: max(room, 0)]
    first = next((index for index, line in enumerate(body) if line[:1] in {"+", "-"}), 0)
    return body[first : first + room]


def _header(found: re.Match[str], skipped: list[str], part: list[str]) -> str:
    old, new = (sum(line[:1] in {" ", "", sign} for line in part) for sign in "-+")
    # Lines before the first change are in both texts.
    first = (int(found[1]) + len(skipped), int(found[3]) + len(skipped))
    return f"@@ -{first[0]},{old} +{first[1]},{new} @@{found[5]}"


def _end(lines: list[str], start: int, found: re.Match[str]) -> int:
    """Return the index behind the hunk that starts at an index, by the numbers in its header."""
    old, new = (int(number) if number is not None else 1 for number in (found[2], found[4]))
    at = start + 1
    while at < len(lines) and (old > 0 or new > 0 or lines[at].startswith("\\")):
        sign = lines[at][:1]
        if sign not in {" ", "-", "+", "\\", ""}:
            break
        old -= sign in {" ", "-", ""}
        new -= sign in {" ", "+", ""}
        at += 1
    return at


def _name(line: str) -> str:
    """Return the file's name in a line such as "--- a/README.md"."""
    name = line[4:].partition("\t")[0].strip().strip('"')
    return re.sub(r"\A[abciow]/", "", name)
