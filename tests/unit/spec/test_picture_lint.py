"""Warnings about scenes that are hard to read or that stay the same for long."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.spec_lab import Project

NEW = {"VB219", "VB330", "VB406"}
WORDS = "one two three four five"


def codes(project: Project, **scene: Any) -> list[str]:
    """Return which of these lints warn of one scene."""
    fields = {"id": "a", "type": "title", "title": "T", **scene}
    data = {"vidbuild": 1, "title": "T", "voice": "espeak:en-us", "scenes": [fields]}
    return [each.code for each in project.try_load(data).diagnostics if each.code in NEW]


@pytest.mark.parametrize(
    ("scene", "expected"),
    [
        ({"items": [WORDS] * 6, "duration": 1}, ["VB330"]),
        ({"items": [WORDS] * 6, "duration": 4}, []),
        ({"items": [WORDS] * 6, "narration": "Six."}, ["VB330"]),
        ({"items": [WORDS] * 6, "narration": WORDS}, []),  # viewers hear what they read
        ({"items": [{"text": WORDS, "detail": WORDS}] * 3, "duration": 1}, ["VB330"]),
        ({"items": ["one"] * 6, "style": "numbers", "duration": 1}, []),
        ({"type": "code", "code": f"{WORDS}\n" * 12, "title": "", "duration": 1, "language": "text"}, []),
    ],
)
def test_more_text_than_can_be_read(project: Project, scene: dict[str, Any], expected: list[str]) -> None:
    """More prose than can be read in a scene's time is a warning; words that are spoken do not count, nor does code."""
    assert codes(project, **({"type": "list"} | scene)) == expected


@pytest.mark.parametrize(
    ("scene", "expected"),
    [
        ({"duration": 12}, []),
        ({"duration": 12.5}, ["VB406"]),
        ({"narration": "word " * 28}, []),
        ({"narration": "word " * 40}, ["VB406"]),
        ({"narration": "word " * 40, "voice": {"engine": "espeak", "name": "en-us", "rate": 140}}, []),
        ({"narration": "word [[pause 6]] word"}, []),
        ({"narration": "word [[pause 6]] word [[pause 6]] word"}, ["VB406"]),
        ({"type": "list", "items": ["x", "y"], "duration": 15}, []),
        ({"type": "image", "src": "dot.png", "alt": "A dot", "duration": 20, "motion": "none"}, ["VB406"]),
        ({"type": "image", "src": "dot.png", "alt": "A dot", "duration": 20, "motion": "zoom-in"}, []),
        ({"type": "list", "items": [{"text": "x", "at": 1}, {"text": "y", "at": 19}], "duration": 20}, ["VB406"]),
        ({"type": "list", "items": [{"text": "x", "at": 1}, {"text": "y", "at": 10}], "duration": 20}, []),
        ({"type": "list", "items": [{"text": "x", "at": 1}, {"text": "y", "at": 2}], "duration": 20}, ["VB406"]),
        (
            {"type": "list", "items": ["x", {"text": "y", "at": "c"}], "narration": "x " + "word " * 40 + "[[c]]"},
            ["VB406"],
        ),
        (
            {"type": "list", "items": ["x", {"text": "y", "at": "c"}], "narration": "x " + "word " * 20 + "[[c]] end"},
            [],
        ),
        ({"type": "command", "commands": [{"run": "echo " + "x" * 200}], "duration": 22}, []),
        ({"duration": 20, "overlays": [{"badge": "New"}]}, ["VB406"]),
        ({"duration": 20, "overlays": [{"badge": "New", "at": 9}]}, []),
        ({"narration": "word " * 40, "overlays": [{"badge": "New", "at": "word word"}]}, ["VB406"]),
    ],
)
def test_nothing_changes(project: Project, scene: dict[str, Any], expected: list[str]) -> None:
    """More than 12 s in which nothing appears, moves or plays is a warning, also between two changes."""
    assert codes(project, **scene) == expected


def test_when_nothing_changes(project: Project) -> None:
    """The warning names the second from which nothing changes."""
    items = [{"text": "x", "at": 2}, {"text": "y", "at": 30}]
    scene = {"id": "a", "type": "list", "title": "T", "items": items, "duration": 33}
    [found] = project.try_load({"vidbuild": 1, "title": "T", "scenes": [scene]}).diagnostics
    assert found.message == "nothing changes for about 28 s from about 2 s: viewers expect a change every 12 s"


@pytest.mark.parametrize(
    ("rate", "words", "expected"), [(140, 40, []), (142, 20, ["VB219"]), (200, 6, []), (200, 7, ["VB219"])]
)
def test_a_rate_that_nobody_can_follow(project: Project, rate: int, words: int, expected: list[str]) -> None:
    """A narration of more than 220 words a minute is a warning that names a rate, unless it is a few words."""
    voice = {"engine": "espeak", "name": "en-us", "rate": rate}
    assert codes(project, narration="word " * words, voice=voice) == expected
    assert codes(project, narration="word " * words, voice={**voice, "rate": 141}) == []
