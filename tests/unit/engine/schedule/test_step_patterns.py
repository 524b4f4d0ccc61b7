"""Patterns of steps that fit none."""

from __future__ import annotations

import pytest

from tests.support.engine_lab import Lab, graph, step
from vidbuild.errors import UsageError


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [("speak", "did you mean 'speak:*'?"), ("speak:aa", "did you mean 'speak:a'?"), ("zzz", None)],
)
def test_the_pattern_that_was_meant(lab: Lab, pattern: str, hint: str | None) -> None:
    """A kind of step without its ':*' is told with it, a misspelt step with the nearest."""
    steps = graph(step("speak:a", text="one"), step("mux", text="two"))
    with pytest.raises(UsageError, match=f"no step matches '{pattern}'") as caught:
        lab.build(steps, fresh=[pattern])
    assert caught.value.hint == hint
