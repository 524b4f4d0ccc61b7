"""Masks: what may differ between two runs of the same commands."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidbuild.scenes.command.masks import NAMED, lines_of, masked, masks, plain, problems, to_text
from vidbuild.scenes.command.style import PLAIN, Style


@pytest.mark.parametrize(
    ("name", "line", "expected"),
    [
        ("time", "at 2024-05-01T10:20:30.123Z: ok", "at <time>: ok"),
        ("time", "Wed, May 1 10:20:30 2024", "<time>"),
        ("time", "ratio 1:2", "ratio 1:2"),
        ("duration", "3 passed in 0.03s", "3 passed in <duration>"),
        ("duration", "took 120 ms, 2 minutes", "took <duration>, <duration>"),
        ("duration", "3s3 and v1.2s", "3s3 and v1.2s"),
        ("id", "commit 1a2b3c4 of 550e8400-e29b-41d4-a716-446655440000", "commit <id> of <id>"),
        ("id", "object at 0x7f8a12bc", "object at <id>"),
        ("id", "deadbeef defaced 1234567", "deadbeef defaced 1234567"),
        ("number", "pid 4711, v2 and 1.5", "pid <number>, v2 and <number>"),
        ("path", "wrote /tmp/acme-x8/out.txt", "wrote <path>"),
    ],
)
def test_a_named_mask(name: str, line: str, expected: str) -> None:
    """Each named mask replaces what its name says, and no part of another word."""
    assert plain(masked([(line, PLAIN)], masks([name]))) == expected


def test_a_mask_with_a_text_of_its_own_is_shown() -> None:
    """With `as`, the mask is for the video too; the others are for comparing."""
    shown, compared = masks([{"pattern": "build [0-9]+", "as": "build 1"}, "time"])
    assert (shown.shown, compared.shown) == (True, False)
    bold = Style(bold=True)
    assert masked([("in ", PLAIN), ("build 77", bold), ("!", PLAIN)], [shown]) == [
        ("in ", PLAIN),
        ("build 1", bold),
        ("!", PLAIN),
    ]


def test_patterns_that_are_none_are_problems() -> None:
    """A wrong pattern, and one that matches nothing at all, are reported at their fields."""
    found = list(problems(["time", {"pattern": "("}, {"pattern": "x*"}]))
    assert [each.field for each in found] == ["record.mask.1.pattern", "record.mask.2.pattern"]


def test_every_named_mask_is_a_pattern_that_needs_a_character() -> None:
    """No mask of ours replaces empty texts."""
    assert [name for name, pattern in NAMED.items() if re.search(pattern, "")] == []


styles = st.builds(
    Style,
    ink=st.sampled_from(["", "0", "7", "8", "15", "#0a141e"]),
    ground=st.sampled_from(["", "3", "12", "#ff00ff"]),
    bold=st.booleans(),
    dim=st.booleans(),
    italic=st.booleans(),
    underline=st.booleans(),
    inverse=st.booleans(),
    hidden=st.booleans(),
    strike=st.booleans(),
    cursor=st.just(value=False),
)
texts = st.text(st.sampled_from("abc é界👍0;m["), min_size=1, max_size=6).map(lambda text: text + ".")


@given(st.lists(st.lists(st.tuples(texts, styles), max_size=4), max_size=4))
def test_styles_survive_the_way_through_a_recording(lines: list[list[tuple[str, Style]]]) -> None:
    """Lines that are written with SGR sequences are read as they were."""
    merged = []
    for line in lines:
        joined: list[tuple[str, Style]] = []
        for text, style in line:
            if joined and joined[-1][1] == style:
                joined[-1] = (joined[-1][0] + text, style)
            else:
                joined.append((text, style))
        merged.append(tuple(joined))
    read = lines_of(to_text(merged))
    assert [tuple(line) for line in read] == (merged if merged != [()] else [])
