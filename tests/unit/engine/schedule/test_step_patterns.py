"""Patterns of steps without a match."""

from __future__ import annotations

import pytest

from tests.support.engine_lab import Lab, graph, step
from vidbuild.errors import UsageError

KINDS = [
    ("speek:*", "did you mean 'speak:*'?"),
    ("speek", "did you mean 'speak:*'?"),
    ("muxx", "did you mean 'mux'?"),
    ("speek:a", "did you mean 'speak:a'?"),
]


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("speak", "did you mean 'speak:*'?"),
        ("speak:aa", "did you mean 'speak:a'?"),
        ("zzz", "the kinds of steps are speak, mux"),
        *KINDS,
    ],
)
def test_a_pattern_without_a_match_has_a_hint(lab: Lab, pattern: str, hint: str | None) -> None:
    """The hint for a kind of step is its pattern with ':*', for a misspelled step the nearest."""
    steps = graph(step("speak:a", text="one"), step("mux", text="two"))
    with pytest.raises(UsageError, match="no step matches") as caught:
        lab.build(steps, fresh=[pattern])
    assert caught.value.hint == hint
