"""Every hint of the bad specs, followed, mends what it is about and leads into no other problem."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.support.bounds import bounded
from tests.support.followed_hints import follow
from tests.support.paths import ROOT
from vidbuild.diagnostic import Diagnostic
from vidbuild.location import Location
from vidbuild.spec.load import LoadResult, try_load, try_parse

FOLDER = ROOT / "examples" / "errors"


SPECS = [spec for spec in sorted(FOLDER.glob("*.yaml")) if spec.stem != "alias-bomb"]


def messages(result: LoadResult) -> Counter[str]:
    """How often each message occurs."""
    return Counter(item.message for item in result.diagnostics)


def errors(result: LoadResult) -> Counter[str]:
    """How often each message of an error occurs."""
    return Counter(item.message for item in result.errors)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_a_followed_hint_leads_on(spec: Path) -> None:
    """N6: a spec in which one hint is followed has that problem no more, and no error that it had not before."""
    before = try_load(spec)
    for item in before.diagnostics:
        if item.hint is None or item.path != str(spec):
            continue
        text, variables = follow(before.sources[str(spec)], item)
        with bounded():
            after = try_parse(text, spec, variables, recordings=False)  # which the edited commands do not have yet
        assert messages(after)[item.message] < messages(before)[item.message], (item, text)
        new = {message for message in errors(after) - errors(before) if not message.endswith(" is not locked")}
        assert not new, (item, text)  # stock media of a provider that is right now is locked next


WHOLE = ("anchors", "comments", "comment-in-flow", "comment-in-lines", "escapes", "hints", "literal", "tab")


@pytest.mark.parametrize("name", WHOLE)
def test_all_hints_of_a_spec_lead_to_one_that_checks(name: str) -> None:
    """N6: a spec in which one hint after the other is followed checks without errors and warnings."""
    spec = FOLDER / f"{name}.yaml"
    result = try_load(spec)
    variables: dict[str, str] = {}
    text = result.sources[str(spec)]
    for _ in range(40):
        if not result.diagnostics:
            break
        text, given = follow(text, result.diagnostics[0])
        variables |= given
        result = try_parse(text, spec, variables)
    assert result.diagnostics == (), text


@pytest.mark.parametrize(
    ("before", "mark", "hint", "after"),
    [
        ("output: {fps: 60}", "60", "set 'fps: 30'", "output: {fps: 30}"),
        ("output: {fps: 60}", "60", "set 'format: gif', or remove it", "output: {fps: 60, format: gif}"),
        ("output:\n  fps: 60", "60", "set 'format: gif'", "output:\n  fps: 60\n  format: gif"),
        ("output:\n  size: 720p\n  fps: 60", "60", "set 'size' to 8x8", "output:\n  size: 8x8\n  fps: 60"),
        ("a: {b: [1, 2], c: 3}", "3", "remove 'b', or do not", "a: {c: 3}"),
        ("a:\n  b:\n    - 1\n  c: 3", "3", "remove 'b'", "a:\n  c: 3"),
        ("a: {b: one}", "one", "use 'two' instead", "a: {b: two}"),
        ("scenes:\n  - id: a\n    src: x", "x", "add 'alt: A dot'", "scenes:\n  - id: a\n    src: x\n    alt: A dot"),
    ],
)
def test_hints_in_the_usual_words_need_no_rule(before: str, mark: str, hint: str, after: str) -> None:
    """A hint that sets, adds, removes or uses something is followed in flow and in block style."""
    lines = before.split("\n")
    row = next(row for row, line in enumerate(lines) if mark in line)
    column = lines[row].index(mark) + 1
    location = Location("v.yaml", row + 1, column, column + len(mark))
    assert follow(before, Diagnostic("error", "x", "v.yaml", location, hint))[0] == after


def test_there_are_hints() -> None:
    """The bad specs have many hints."""
    written = [spec.with_suffix(".txt").read_text(encoding="utf-8") for spec in SPECS]
    assert sum(text.count("hint: ") for text in written) > 300
