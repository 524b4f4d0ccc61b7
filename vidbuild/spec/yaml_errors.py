"""What YAML's own words for a problem mean to someone who wrote a text; it knows nothing of what the text is for."""

from __future__ import annotations

import re
from typing import Any

CLOSING = "'\"]})"
CUE = re.compile(r"[:,-][ \t]+(\[\[[^\[\]\n]*\]\])\s*\Z")
COMMENT = re.compile(r":[ \t]+(#[^\s,\]}]+)")
BEGAN = "; what is not finished began in line {}"


def plain(error: Any, text: str) -> tuple[str, int, str | None]:  # noqa: ANN401 - yaml is imported lazily
    """The problem in plain words, its offset in the text, and a way out where one is likely."""
    problem = str(error.problem or error.context or "it cannot be read")
    context = str(error.context or "")
    at = (error.problem_mark or error.context_mark).index if error.problem_mark or error.context_mark else 0
    began = error.context_mark.index if error.context_mark else at
    for pattern, answer in ANSWERS:
        if re.match(pattern, problem):
            message, offset, hint = answer(problem, context, text, at, began)
            return message, offset, hint
    return problem + _since(text, at, began), at, None


def _since(text: str, at: int, began: int) -> str:
    """Where that which is not finished began, if that is on an earlier line."""
    line = text.count("\n", 0, began) + 1
    return BEGAN.format(line) if line < text.rstrip().count("\n", 0, at) + 1 else ""


Answer = tuple[str, int, str | None]


def _colon(_problem: str, _context: str, text: str, at: int, _began: int) -> Answer:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    if re.fullmatch(r"\s*[^\s:]+", line):
        return "':' is not expected here", at, "is the line indented like the one before it?"
    return "':' is not expected here", at, "text with ': ' in it needs quotes"


def _dash(_problem: str, _context: str, _text: str, at: int, _began: int) -> Answer:
    return "'-' is not expected here", at, "text that starts with '- ' needs quotes"


def _token(_problem: str, _context: str, text: str, at: int, _began: int) -> Answer:
    character = text[at : at + 1]
    if character == "\t":
        return "a tab is not expected here", at, "indent with spaces"
    return f"'{character}' is not expected here", at, f"text that starts with '{character}' needs quotes"


def _cue(text: str, at: int) -> Answer | None:
    """A text that begins with a cue, whose brackets YAML takes for a list in a list."""
    found = CUE.search(text, max(at - 300, 0), at)
    if found is None:
        return None
    return (
        f"'{found[1]}' is a list here, and text follows it",
        found.start(1),
        "text that starts with '[[' needs quotes",
    )


def _key(_problem: str, _context: str, text: str, at: int, began: int) -> Answer:
    cue = _cue(text, at)
    if cue:
        return cue
    before = text[text.rfind("\n", 0, at) + 1 : at].rstrip()
    if before[-1:] and before[-1] in CLOSING:
        hint = "text with quotes or brackets in it needs quotes around all of it"
        return f"the text goes on after its closing {before[-1]}", at, hint
    line = text.count("\n", 0, began) + 1
    return f"the line is not indented like the others, which begin in line {line}", at, None


def _end(problem: str, context: str, text: str, at: int, began: int) -> Answer:
    if "quoted scalar" in context:
        return "a quote is not closed", began, None
    return problem + _since(text, at, began), at, None


def _name(_problem: str, _context: str, text: str, _at: int, began: int) -> Answer:
    character = text[began : began + 1]
    return f"'{character}' is not expected here", began, f"text that starts with '{character}' needs quotes"


def _escape(_problem: str, _context: str, text: str, at: int, _began: int) -> Answer:
    at = max(text.rfind("\\", 0, at + 1), 0)
    return "an unknown escape in a text in double quotes", at, "in single quotes '\\' is only itself"


def _simple_key(_problem: str, _context: str, text: str, _at: int, began: int) -> Answer:
    return "a key without ':'", began, None if text[began : began + 1] else "is a quote not closed?"


def _comma(problem: str, _context: str, text: str, at: int, began: int) -> Answer:
    cue = _cue(text, at)
    if cue:
        return cue
    comment = COMMENT.search(text, began, at)
    if comment:
        return "'#' begins a comment here", comment.start(1), f'write "{comment[1]}"'
    expected = problem.removeprefix("did not find expected ")
    return f"{expected} is expected here{_since(text, at, began)}", at, None


ANSWERS = (
    (r"mapping values are not allowed", _colon),
    (r"block sequence entries are not allowed", _dash),
    (r"found character", _token),
    (r"did not find expected (key|'-' indicator)", _key),
    (r"found unexpected end of stream", _end),
    (r"did not find expected alphabetic", _name),
    (r"(found unknown escape|did not find expected hexdecimal)", _escape),
    (r"could not find expected ':'", _simple_key),
    (r"did not find expected ','", _comma),
)
