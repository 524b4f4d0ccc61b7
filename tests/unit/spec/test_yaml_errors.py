"""YAML's errors in plain words, at the place of the mistake."""

from __future__ import annotations

import pytest
import yaml

from vidbuild.spec.reader import read

QUOTES = "text with quotes or brackets in it needs quotes around all of it"


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "hint"),
    [
        ("a: b: c", 1, 5, "':' is not expected here", "text with ': ' in it needs quotes"),
        ("a: b\n  c: d", 2, 4, "':' is not expected here", "is the line indented like the one before it?"),
        ("a: - b", 1, 4, "'-' is not expected here", "text that starts with '- ' needs quotes"),
        ("a:\n\t- b", 2, 1, "a tab is not expected here", "indent with spaces"),
        ("a: @b", 1, 4, "'@' is not expected here", "text that starts with '@' needs quotes"),
        ("a: `b`", 1, 4, "'`' is not expected here", "text that starts with '`' needs quotes"),
        ("a: %b", 1, 4, "'%' is not expected here", "text that starts with '%' needs quotes"),
        ("- *bold*", 1, 3, "'*' is not expected here", "text that starts with '*' needs quotes"),
        ("a: 'it's'", 1, 8, "the text goes on after its closing '", QUOTES),
        ('a: "b" c', 1, 8, 'the text goes on after its closing "', QUOTES),
        ("- [a](b): c", 1, 6, "the text goes on after its closing ]", QUOTES),
        ("a: {{ b }} c\n", 1, 12, "the text goes on after its closing }", QUOTES),
        ("- a: b\n c: d", 2, 2, "the line is not indented like the others, which begin in line 1", None),
        ("- a\n - b\n- c\n  d: e", 4, 4, "':' is not expected here", "is the line indented like the one before it?"),
        ('a: "b\nc: d\n', 1, 4, "a quote is not closed", None),
        ("a: 'b\nc: d\n", 1, 4, "a quote is not closed", None),
        ("a: 1\nb\nc: 2", 2, 1, "a key without ':'", None),
        (
            'a: "C:\\Users"',
            1,
            7,
            "an unknown escape in a text in double quotes",
            "in single quotes '\\' is only itself",
        ),
        ('a: "\\d"', 1, 5, "an unknown escape in a text in double quotes", "in single quotes '\\' is only itself"),
        ("a: {b: #f00}\nc: d\n", 1, 8, "'#' begins a comment here", 'write "#f00"'),
        (
            "a: {b: x, #why\n c: d\ne: f\n",
            3,
            2,
            "',' or '}' is expected here; what is not finished began in line 1",
            None,
        ),
        ("{a: b c: d}", 1, 8, "',' or '}' is expected here", None),
        ("a: [b\nc: d\n", 2, 2, "',' or ']' is expected here; what is not finished began in line 1", None),
    ],
)
def test_common_mistakes(text: str, line: int, column: int, message: str, hint: str | None) -> None:
    """P42: common mistakes in YAML are explained in plain words at the place where they were made."""
    _, (found,) = read(text, "v.yaml")
    assert (found.line, found.column, found.message, found.hint) == (line, column, f"not YAML: {message}", hint)


@pytest.mark.parametrize(
    ("text", "hint"),
    [("a: {{ b }}", 'write "{{ b }}"'), ("a: {{ b, c }}", 'write "{{ b, c }}"'), ('a: {{ "b" }}', None)],
)
def test_templates_without_quotes(text: str, hint: str | None) -> None:
    """A template without quotes, which YAML takes for a mapping, has a hint to quote it, and is read as text."""
    document, problems = read(text, "v.yaml")
    assert [(item.message, item.column, item.hint) for item in problems] == [
        ("text that starts with '{{' needs quotes", 4, hint)
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
