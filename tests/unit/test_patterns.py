"""Regular expressions that are compiled when they are first used."""

from __future__ import annotations

import re

from vidbuild.patterns import later


def test_a_pattern_that_is_compiled_later_is_used_as_any_other() -> None:
    """It is compiled once, when an attribute is first used, and has those of the compiled pattern."""
    pattern, plain = later("(?P<word>B+)", re.IGNORECASE), re.compile("(?P<word>B+)", re.IGNORECASE)
    assert vars(pattern)["_compiled"] is None
    for _ in range(2):
        found, expected = pattern.search("abbc"), plain.search("abbc")
        assert found is not None
        assert expected is not None
        assert (found["word"], found.span()) == (expected["word"], expected.span())
        assert pattern.sub("-", "abbc bB") == plain.sub("-", "abbc bB")
    assert (pattern.pattern, pattern.flags, pattern.groups) == (plain.pattern, plain.flags, plain.groups)
    assert vars(pattern)["_compiled"] is plain
