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
        ({"type": "list", "items": ["x", "y"], "duration": 20}, []),
        ({"type": "image", "src": "dot.png", "alt": "A dot", "duration": 20, "motion": "none"}, ["VB406"]),
        ({"type": "image", "src": "dot.png", "alt": "A dot", "duration": 20, "motion": "zoom-in"}, []),
        ({"duration": 20, "overlays": [{"badge": "New"}]}, []),
    ],
)
def test_nothing_changes(project: Project, scene: dict[str, Any], expected: list[str]) -> None:
    """A scene of more than 12 s in which nothing appears, moves or plays is a warning."""
    assert codes(project, **scene) == expected


@pytest.mark.parametrize(
    ("rate", "words", "expected"), [(140, 40, []), (142, 20, ["VB219"]), (200, 6, []), (200, 7, ["VB219"])]
)
def test_a_rate_that_nobody_can_follow(project: Project, rate: int, words: int, expected: list[str]) -> None:
    """A narration of more than 220 words a minute is a warning that names a rate, unless it is a few words."""
    voice = {"engine": "espeak", "name": "en-us", "rate": rate}
    assert codes(project, narration="word " * words, voice=voice) == expected
    assert codes(project, narration="word " * words, voice={**voice, "rate": 141}) == []
