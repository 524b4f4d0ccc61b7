"""What a step's action is given, and what it reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidbuild.engine.graph.context import Context, StepWarning, is_silenced


def context(out: Path) -> Context:
    """The context of a step without inputs."""
    return Context("draw:one", {}, {}, out, out / "scratch", {})


def test_warnings_are_kept_in_order(tmp_path: Path) -> None:
    """A warning has its message, the field that it is about, and a hint, if there is one."""
    step = context(tmp_path)
    step.warn("A1", "too long", field="title", hint="shorten it")
    step.warn("A2", "odd")
    assert step.warnings[0] == StepWarning(message="too long", field="title", hint="shorten it", code="A1")
    assert (step.warnings[1].message, step.warnings[1].hint) == ("odd", None)
    assert not step.warnings[1].field


@pytest.mark.parametrize(
    ("silenced", "expected"),
    [
        ({}, False),
        ({"": ["A2"]}, False),
        ({"": ["A2", "A1"]}, True),
        ({"scenes.a": ["A1"]}, True),
        ({"scenes.a.narration": ["A1"]}, True),
        ({"scenes.a.narration.0": ["A1"]}, False),
        ({"scenes.ab": ["A1"], "scenes": ["A2"]}, False),
    ],
)
def test_codes_that_are_silenced(silenced: dict[str, list[str]], *, expected: bool) -> None:
    """A warning is silenced by its code, everywhere or in a field and what is below it."""
    assert is_silenced(StepWarning("too fast", "scenes.a.narration", None, "A1"), silenced) is expected
