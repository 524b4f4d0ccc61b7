"""Finds the fences of a Markdown page that name a spec, and puts HTML into the page where they were.

Markdown gets a word in the place of each fence, which no syntax changes. After Markdown has decided what is code, a
word in code becomes the text of its fence again, and every other one the HTML of a player.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

INFO = "{vidbuild}"
_LIKE_INFO = re.compile(r"vidbuild[ \t]+\S+\.ya?ml|\{[ \t]+vidbuild\b.*|\{vidbuild[ \t:,]+.*\}", re.IGNORECASE)
# item: the mark of a list's item that begins with the fence.
_FENCE = re.compile(r"(?P<indent>[ \t>]*)(?P<item>(?:[-*+]|\d+[.)])[ \t]+)?(?P<mark>`{3,}|~{3,})(?P<info>.*)")
_OPTION = re.compile(r":(?P<name>[\w-]+):(?:[ \t]+(?P<value>.*))?")
_LITERAL = re.compile(r"<(pre|code|script|style|textarea)\b[^>]*>.*?</\1>|<!--.*?-->", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fence:
    """A fence that names a spec.

    line: of its start, in the lines of the page, from 1.
    problem: what is wrong with its text, "" for nothing.
    """

    target: str
    options: Mapping[str, str]
    line: int
    text: str
    problem: str = ""


def replaced(markdown: str, word: Callable[[int], str]) -> tuple[str, list[Fence]]:
    """Return a page with a word for each fence that names a spec, and these fences.

    word: returns the word for the fence of an index.
    """
    lines = markdown.split("\n")
    shown: list[str] = []
    found: list[Fence] = []
    at = 0
    while at < len(lines):
        opening = _FENCE.fullmatch(lines[at].rstrip("\r"))
        end = _end(lines, at, opening["mark"]) if opening and not _is_inline(opening) else 0
        if opening is None or not end:
            shown.append(lines[at])
            at += 1
            continue
        if opening["info"].strip().startswith(INFO):
            indent, item = opening["indent"], opening["item"] or ""
            before = [] if item else [indent.rstrip()]
            shown += [*before, indent + item + word(len(found)), indent.rstrip()]
            found.append(_fence(lines[at : end + 1], opening, at + 1))
        else:
            shown += lines[at : end + 1]
        at = end + 1
    return "\n".join(shown), found


def misspelt(markdown: str) -> list[Fence]:
    """Return the fences that are code and were most probably meant to name a spec; text: their first line."""
    lines = markdown.split("\n")
    found: list[Fence] = []
    at = 0
    while at < len(lines):
        opening = _FENCE.fullmatch(lines[at].rstrip("\r"))
        end = _end(lines, at, opening["mark"]) if opening and not _is_inline(opening) else 0
        if opening and end and _LIKE_INFO.fullmatch(opening["info"].strip()):
            found.append(Fence("", {}, at + 1, lines[at].strip()))
        at = end + 1 if end else at + 1
    return found


def inserted(html: str, words: Mapping[str, Fence], shown: Callable[[Fence], str]) -> str:
    """Return the HTML of a page with players for words; shown: returns the HTML of a fence's player."""
    if not words:
        return html
    any_word = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))

    def literally(match: re.Match[str]) -> str:
        return any_word.sub(lambda each: escape(words[each[0]].text, quote=False), match[0])

    html = _LITERAL.sub(literally, html)
    paragraph = re.compile(rf"<p>\s*({any_word.pattern})\s*</p>|({any_word.pattern})")
    return paragraph.sub(lambda each: shown(words[each[1] or each[2]]), html)


def _is_inline(opening: re.Match[str]) -> bool:
    """Return whether a line with backticks is a text with code, as CommonMark has it, and begins no fence."""
    return opening["mark"][0] == "`" and "`" in opening["info"]


def _end(lines: Sequence[str], start: int, mark: str) -> int:
    """Return the index of the line that closes a fence; 0 if none does: then Markdown takes it for text."""
    for at in range(start + 1, len(lines)):
        text = lines[at].strip(" \t>\r")
        if len(text) >= len(mark) and not text.strip(mark[0]):
            return at
    return 0


def _fence(lines: Sequence[str], opening: re.Match[str], line: int) -> Fence:
    width = len(opening["indent"])
    options: dict[str, str] = {}
    problem = ""
    for each in lines[1:-1]:
        text = each.strip(" \t>\r")
        option = _OPTION.fullmatch(text)
        if option:
            options[option["name"]] = option["value"] or ""
        elif text:
            problem = problem or f"expected ':option: value', got '{text}'"
    text = "\n".join(each[width:] for each in lines)
    return Fence(opening["info"].strip().removeprefix(INFO).strip(), options, line, text, problem)
