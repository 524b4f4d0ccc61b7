"""Right-to-left text in code and in terminals: which parts of a line the bidirectional algorithm must not reorder.

A line of code, or of a terminal, runs from left to right. If two strings, arguments or names in Hebrew or Arabic have
only punctuation between them, the algorithm puts the second one to the left of the first. So each is isolated, as UTS
#55 (Unicode Source Code Handling) recommends: strings and comments as a whole, and other words by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# Blocks of right-to-left scripts, with their marks and digits.
_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_WORD = rf"[{_RTL}\u0300-\u036f\u200c\u200d]+"
_IS_RTL = re.compile(f"[{_RTL}]")
_STRONG = re.compile(rf"[{_RTL}]|[^\W\d_]")
_CONTROLS = dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_START, _END = "\u2068", "\u2069"  # FIRST STRONG ISOLATE, POP DIRECTIONAL ISOLATE
_LEFT_TO_RIGHT = "\u200e"  # LEFT-TO-RIGHT MARK

# What joins two words into one run; digits and underscores right after a run belong to it.
COMMAND = re.compile(rf"{_WORD}(?:(?:\\ |[\d_'\"-])+{_WORD})*[\d_]*")  # a space divides arguments
CODE = re.compile(rf"{_WORD}(?:(?:[\d_]+|[ '\"-]){_WORD})*[\d_]*")
PROSE = re.compile(rf"{_WORD}(?:(?:(?!  )[ ,.:;!?()/%\d'\"_-])+{_WORD})*[\d_]*")

# A quotation mark between two letters is a part of a Hebrew word.
_QUOTED = re.compile(rf"(?<![{_RTL}])([\"'`])((?:\\.|(?!\1|\\).|(?<=[{_RTL}])\1(?=[{_RTL}]))*)\1")
_COMMENT = re.compile(r"(?:(?:^|\s)(?:#+|--|//+)|^\s*(?:;+|%+|\*+|[>|]|REM\b)|(?<!:)//+|/\*+|<!--|\(\*)\s*")
_COMMENT_END = re.compile(r"\s*(?:\*+/|-->|\*\)|$)")
_STRUCTURE = re.compile(rf"[=;{{}}\[\]|<>\"`]|[\w{_RTL}]\(")


def without_controls(text: str) -> str:
    """Remove the characters that change directions: they take no cell, and could show a line in another order."""
    return text if text.isascii() else text.translate(_CONTROLS)


def has_right_to_left(line: str) -> bool:
    """Return whether a line has any character that is written from right to left."""
    return _IS_RTL.search(line) is not None


def spans(line: str, run: re.Pattern[str]) -> list[tuple[int, int]]:
    """Return [start, end) of each part that must be isolated, in order.

    run: COMMAND, CODE or PROSE, which match what belongs together outside of strings and comments.
    """
    return list(_spans(line, run)) if has_right_to_left(line) else []


def isolated(text: str, start: int, end: int) -> str:
    """Return a part of a text between isolates; its own first letter gives its direction."""
    return f"{_START}{text[start:end]}{_END}"


def left_to_right(text: str) -> str:
    """Return a character between marks, so that what is drawn instead of it has the direction of a Latin letter."""
    return f"{_LEFT_TO_RIGHT}{text}{_LEFT_TO_RIGHT}"


def isolate(line: str, run: re.Pattern[str]) -> str:
    """Return the line with isolates around each part that needs them."""
    shown, at = "", 0
    for start, end in spans(line, run):
        shown += line[at:start] + isolated(line, start, end)
        at = end
    return shown + line[at:]


def _spans(line: str, run: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    if run is CODE and _reads_right_to_left(line) and not _STRUCTURE.search(line):
        run = PROSE  # a line of a comment or text of several lines
    comment = _comment(line)
    code_end = comment[0] if comment else len(line)
    at = 0
    for quoted in _QUOTED.finditer(line, 0, code_end):
        yield from _runs(line, at, quoted.start(), run)
        yield from _text(line, *quoted.span(2))
        at = quoted.end()
    yield from _runs(line, at, code_end, run)
    if comment:
        yield comment


def _comment(line: str) -> tuple[int, int] | None:
    """Return the content of a comment that reads from right to left."""
    quoted = [match.span() for match in _QUOTED.finditer(line)]
    for marker in _COMMENT.finditer(line):
        start = marker.end()
        if any(first < start <= end for first, end in quoted):
            continue
        end = _COMMENT_END.search(line, start)
        if end and _reads_right_to_left(line[start : end.start()]):
            return start, end.start()
    return None


def _text(line: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a string: all of it if it reads from right to left."""
    content = line[start:end]
    if _reads_right_to_left(content):
        yield start + len(content) - len(content.lstrip()), start + len(content.rstrip())
    else:
        yield from _runs(line, start, end, PROSE)


def _runs(line: str, start: int, end: int, run: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    yield from (match.span() for match in run.finditer(line, start, end) if _IS_RTL.search(match[0]))


def _reads_right_to_left(text: str) -> bool:
    first = _STRONG.search(text)
    return bool(first and _IS_RTL.match(first[0]))
