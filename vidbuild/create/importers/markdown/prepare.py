"""Rewrites tabs and snippets, which CommonMark does not have, line for line: all lines keep their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_TAB = re.compile(r"( *)={3}[!+]{0,2} +\"[^\"]*\"\s*$")
_SNIPPET = re.compile(r"\s*-{1,2}8<-{1,2}")
_RULE = re.compile(r"={3,}\s*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
INDENT = 4


def prepared(text: str) -> tuple[str, list[tuple[str, int]]]:
    """Return the text as CommonMark can read it, and (what, line) of what was left out.

    Of alternatives in tabs the first is kept: a video shows one way.
    """
    lines: list[str] = []
    left_out: list[tuple[str, int]] = []
    source = text.split("\n")
    index = 0
    while index < len(source):
        if fence := _FENCE.match(source[index]):
            end = _fence_end(source, index, fence[1])
            lines += source[index:end]
            index = end
        elif tab := _TAB.match(source[index]):
            end, others = _tabs(source, index, len(tab[1]), lines)
            if others:
                left_out.append((f"{others} alternative{'s' if others > 1 else ''} to a tab", index + 1))
            index = end
        else:
            lines.append("" if _SNIPPET.match(source[index]) or _is_overline(source, index) else source[index])
            index += 1
    return "\n".join(lines), left_out


def _is_overline(source: Sequence[str], index: int) -> bool:
    """Return whether a line is the upper one of two around a heading, which plain texts have."""
    line = source[index]
    between = index + 2 < len(source) and source[index + 1].strip()
    return bool(between and _RULE.match(line) and source[index + 2].rstrip() == line.rstrip())


def _fence_end(source: Sequence[str], start: int, fence: str) -> int:
    """Return the index behind a fenced text."""
    closing = re.compile(rf" {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}\s*$")
    return next((at + 1 for at in range(start + 1, len(source)) if closing.match(source[at])), len(source))


def _tabs(source: Sequence[str], start: int, indent: int, lines: list[str]) -> tuple[int, int]:
    """Add the lines of tabs, of which the first is shown; return the index behind them and the number of the others."""
    index, shown, count = start, False, 0
    while index < len(source) and (tab := _TAB.match(source[index])) and len(tab[1]) == indent:
        end = index + 1
        while end < len(source) and (not source[end].strip() or _indent(source[end]) >= indent + INDENT):
            end += 1
        body = list(_dedented(source[index + 1 : end]))
        lines.append("")
        lines += [""] * len(body) if shown else body
        count += 1
        shown = True
        index = end
    return index, count - 1


def _dedented(body: Sequence[str]) -> Iterator[str]:
    for line in body:
        yield line[INDENT:] if line.strip() else line


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
