"""Explains the errors of the YAML parser in plain words, with hints for the usual causes."""

from __future__ import annotations

import re
from typing import Any

CLOSING = "'\"]})"
CUE = re.compile(r"[:,-][ \t]+(\[\[[^\[\]\n]*\]\])\s*\Z")
COMMENT = re.compile(r":[ \t]+(#[^\s,\]}]+)")
COMMENT_IN_TEXT = re.compile(r"[^\s#,\[{][ \t]+(#[^\n]*)")
CUE_LOOKBACK = 300  # characters before an error in which a cue can cause it
QUOTED_COMMENT = "put quotes around text with ' #' in it"
QUOTE = "put quotes around text that starts with '{}'"

YamlError = Any  # a MarkedYAMLError of yaml, which is imported when it is needed
Explanation = tuple[str, int, str | None]  # message, offset in the text, hint


def explain(error: YamlError, text: str) -> Explanation:
    """Return a parser's error as a message, its offset in the text, and a hint."""
    problem = str(error.problem or error.context or "unreadable")
    context = str(error.context or "")
    at = (error.problem_mark or error.context_mark).index if error.problem_mark or error.context_mark else 0
    start = error.context_mark.index if error.context_mark else at
    for pattern, function in EXPLANATIONS:
        if re.match(pattern, problem):
            return function(problem, context, text, at, start)
    return problem + _open_since(text, at, start), at, None


def _open_since(text: str, at: int, start: int) -> str:
    """Return the end of a message: where the unfinished part starts, if that is in an earlier line."""
    line = text.count("\n", 0, start) + 1
    return f": the unfinished part starts in line {line}" if line < text.rstrip().count("\n", 0, at) + 1 else ""


def _colon(_problem: str, _context: str, text: str, at: int, _start: int) -> Explanation:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    if re.fullmatch(r"\s*[^\s:]+", line):
        return "unexpected ':'", at, "indent the line like the one before it"
    return "unexpected ':'", at, "put quotes around text with ': ' in it"


def _dash(_problem: str, _context: str, _text: str, at: int, _start: int) -> Explanation:
    return "unexpected '-'", at, QUOTE.format("- ")


def _token(_problem: str, _context: str, text: str, at: int, _start: int) -> Explanation:
    character = text[at : at + 1]
    if character == "\t":
        return "unexpected tab", at, "indent with spaces"
    return f"unexpected '{character}'", at, QUOTE.format(character)


def _cue(text: str, at: int) -> Explanation | None:
    """Explain a text that starts with a cue: YAML reads its brackets as a list in a list."""
    found = CUE.search(text, max(at - CUE_LOOKBACK, 0), at)
    if found is None:
        return None
    return f"text after '{found[1]}', which YAML reads as a list", found.start(1), QUOTE.format("[[")


def _comment_before(text: str, at: int) -> int | None:
    """Return where a comment begins in the line before an offset, if it ends a text that goes on at the offset."""
    end = text.rfind("\n", 0, at)
    line_start = text.rfind("\n", 0, max(end, 0)) + 1
    comment = COMMENT_IN_TEXT.search(text, line_start, max(end, 0))
    indent = len(text[line_start:end]) - len(text[line_start:end].lstrip())
    return comment.start(1) if comment and at - end - 1 > indent else None


def _key(_problem: str, _context: str, text: str, at: int, start: int) -> Explanation:
    cue = _cue(text, at)
    if cue:
        return cue
    before = text[text.rfind("\n", 0, at) + 1 : at].rstrip()
    if before[-1:] and before[-1] in CLOSING:
        return f"text after the closing {before[-1]}", at, "put quotes around the whole text"
    comment = _comment_before(text, at)
    if comment is not None:
        return "'#' starts a comment, so the text ends before it", comment, QUOTED_COMMENT
    line = text.count("\n", 0, start) + 1
    return "wrong indentation", at, f"indent the line like line {line}"


def _end(problem: str, context: str, text: str, at: int, start: int) -> Explanation:
    if "quoted scalar" in context:
        return "quote without a closing quote", start, None
    return problem + _open_since(text, at, start), at, None


def _name(_problem: str, _context: str, text: str, _at: int, start: int) -> Explanation:
    character = text[start : start + 1]
    return f"unexpected '{character}'", start, QUOTE.format(character)


def _escape(_problem: str, _context: str, text: str, at: int, _start: int) -> Explanation:
    at = max(text.rfind("\\", 0, at + 1), 0)
    return "unknown escape in double quotes", at, "use single quotes, in which '\\' is an ordinary character"


def _simple_key(_problem: str, _context: str, text: str, _at: int, start: int) -> Explanation:
    return "key without ':'", start, None if text[start : start + 1] else "add the missing closing quote"


def _comma(problem: str, _context: str, text: str, at: int, start: int) -> Explanation:
    cue = _cue(text, at)
    if cue:
        return cue
    comment = COMMENT.search(text, start, at)
    if comment:
        return "'#' starts a comment", comment.start(1), f'write "{comment[1]}"'
    comment = COMMENT_IN_TEXT.search(text, start, at)
    if comment:
        return "'#' starts a comment", comment.start(1), QUOTED_COMMENT
    expected = problem.removeprefix("did not find expected ")
    return f"expected {expected}{_open_since(text, at, start)}", at, None


def _value(_problem: str, _context: str, text: str, at: int, start: int) -> Explanation:
    return f"expected a value{_open_since(text, at, start)}", at, None


EXPLANATIONS = (
    (r"mapping values are not allowed", _colon),
    (r"block sequence entries are not allowed", _dash),
    (r"found (a tab )?character", _token),
    (r"did not find expected (key|'-' indicator)", _key),
    (r"found unexpected end of stream", _end),
    (r"did not find expected node content", _value),
    (r"did not find expected alphabetic", _name),
    (r"(found unknown escape|did not find expected hexdecimal)", _escape),
    (r"could not find expected ':'", _simple_key),
    (r"did not find expected ','", _comma),
)
