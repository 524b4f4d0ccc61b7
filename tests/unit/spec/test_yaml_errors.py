"""YAML's errors in plain words, at the place of the mistake."""

from __future__ import annotations

import pytest
import yaml

from vidbuild.spec.reader import read

QUOTES = "put quotes around the whole text"
COMMENT = "'#' starts a comment, so the text ends before it"
COMMENT_HINT = "put quotes around text with ' #' in it"


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "hint"),
    [
        ("a: b: c", 1, 5, "unexpected ':'", "put quotes around text with ': ' in it"),
        ("a: b\n  c: d", 2, 4, "unexpected ':'", "indent the line like the one before it"),
        ("a: - b", 1, 4, "unexpected '-'", "put quotes around text that starts with '- '"),
        ("a:\n\t- b", 2, 1, "unexpected tab", "indent with spaces"),
        ("a:\n  b: 1\n  \tc: 2", 3, 3, "unexpected tab", "indent with spaces"),
        ("a: @b", 1, 4, "unexpected '@'", "put quotes around text that starts with '@'"),
        ("a: `b`", 1, 4, "unexpected '`'", "put quotes around text that starts with '`'"),
        ("a: %b", 1, 4, "unexpected '%'", "put quotes around text that starts with '%'"),
        ("- *bold*", 1, 3, "unexpected '*'", "put quotes around text that starts with '*'"),
        ("a: 'it's'", 1, 8, "text after the closing '", QUOTES),
        ('a: "b" c', 1, 8, 'text after the closing "', QUOTES),
        ("- [a](b): c", 1, 6, "text after the closing ]", QUOTES),
        ("a: {{ b }} c\n", 1, 12, "text after the closing }", QUOTES),
        ("- a: b\n c: d", 2, 2, "wrong indentation", "indent the line like line 1"),
        ("- a\n - b\n- c\n  d: e", 4, 4, "unexpected ':'", "indent the line like the one before it"),
        ('a: "b\nc: d\n', 1, 4, "quote without a closing quote", None),
        ("a: 'b\nc: d\n", 1, 4, "quote without a closing quote", None),
        ("a: 1\nb\nc: 2", 2, 1, "key without ':'", None),
        (
            'a: "C:\\Users"',
            1,
            7,
            "unknown escape in double quotes",
            "use single quotes, in which '\\' is an ordinary character",
        ),
        (
            'a: "\\d"',
            1,
            5,
            "unknown escape in double quotes",
            "use single quotes, in which '\\' is an ordinary character",
        ),
        ("a: {b: #f00}\nc: d\n", 1, 8, "'#' starts a comment", 'write "#f00"'),
        (
            "a: {b: x, #why\n c: d\ne: f\n",
            3,
            2,
            "expected ',' or '}': the unfinished part starts in line 1",
            None,
        ),
        ("a: one # two\n three\n", 1, 8, COMMENT, COMMENT_HINT),
        ("\na: one # two\n three\n", 2, 8, COMMENT, COMMENT_HINT),
        ("{a: b c: d}", 1, 8, "expected ',' or '}'", None),
        ("a: [b\nc: d\n", 2, 2, "expected ',' or ']': the unfinished part starts in line 1", None),
    ],
)
def test_common_mistakes(text: str, line: int, column: int, message: str, hint: str | None) -> None:
    """P42: common mistakes in YAML are explained in plain words at the place where they were made."""
    _, (found,) = read(text, "v.yaml")
    assert (found.line, found.column, found.message, found.hint) == (line, column, f"invalid YAML: {message}", hint)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a: {{ b }}", 'write "{{ b }}"'),
        ("a: {{ b, c }}", 'write "{{ b, c }}"'),
        ('a: {{ "b" }}', "put the text in quotes"),
    ],
)
def test_templates_without_quotes(text: str, hint: str | None) -> None:
    """A template without quotes, which YAML takes for a mapping, has a hint to quote it, and is read as text."""
    document, problems = read(text, "v.yaml")
    assert [(item.message, item.column, item.hint) for item in problems] == [
        ("text that starts with '{{' must be in quotes", 4, hint)
    ]
    assert document.data == {"a": text[3:]}


@pytest.mark.parametrize(
    "text", ["a: b: c", "a: [b", 'a: "b', "a: @b", "- a\n b: c", "a:\n\t- b", "&", "? ?", "%YAML 3", "a: !<x"]
)
def test_the_slow_loader_is_as_safe(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libyaml, whose words these are, a problem is still one located message."""
    monkeypatch.delattr(yaml, "CSafeLoader")
    _, problems = read(text, "v.yaml")
    assert len(problems) == 1
    assert problems[0].line >= 1
