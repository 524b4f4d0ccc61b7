"""Inline markup in shown texts: `code` between backticks and **strong** between double asterisks.

Drawn texts carry marks in place of the markup, which the templates turn into type (`runs` in scenes/base.typ); all
other uses (chapters, reports, matching with the narration) take the text without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

# Noncharacters, which no text may contain (Unicode 23.7), so that a mark cannot be a part of the text.
CODE, CODE_END, STRONG, STRONG_END = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
_MARKS = re.compile("[\ufdd0-\ufdd3]")

# A backslash keeps a sign as it is. Strong text begins and ends at the edges of words, unlike `src/**/*.py` and 2**8;
# scripts without spaces have no such edges.
_LETTER = "A-Za-z0-9_\u00c0-\u024f"
_MARKUP = re.compile(
    rf"""
      \\(?P<sign>[`*])
    | (?<!`)`(?P<code>(?=[^\S`\n]*[^`\s])[^`\n]+)`(?!`)
    | (?<![{_LETTER}*/.\\])\*\*(?P<strong>(?=[^\s*/.])(?:[^*\n]|\*(?!\*))*[^\s*/\\])\*\*(?![{_LETTER}*/.]*[{_LETTER}*/])
    """,
    re.VERBOSE,
)


def marked(text: str) -> str:
    """Return the text with marks in place of its markup."""
    return _replaced(_MARKS.sub("", text), lambda code: CODE + code + CODE_END, lambda it: STRONG + it + STRONG_END)


def plain(text: str) -> str:
    """Return the text without markup or marks."""
    return _replaced(_MARKS.sub("", text), str, str)


def unmarked(text: str) -> str:
    """Return a drawn text without its marks."""
    return _MARKS.sub("", text)


def _replaced(text: str, code: Callable[[str], str], strong: Callable[[str], str]) -> str:
    def replace(match: re.Match[str]) -> str:
        if match["sign"]:
            return match["sign"]
        if match["code"] is not None:
            return code(match["code"].strip())
        return strong(_replaced(match["strong"], code, strong))

    return _MARKUP.sub(replace, text) if "`" in text or "*" in text else text
