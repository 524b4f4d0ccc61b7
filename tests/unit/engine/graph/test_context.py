"""What a step's action is given, and what it reports."""

from __future__ import annotations

from pathlib import Path

from vidbuild.engine.graph.context import Context, StepWarning


def context(out: Path) -> Context:
    """The context of a step without inputs."""
    return Context("draw:one", {}, {}, out, out / "scratch", {})


def test_warnings_are_kept_in_order(tmp_path: Path) -> None:
    """A warning has its message, the field that it is about, and a hint, if there is one."""
    step = context(tmp_path)
    step.warn("too long", field="title", hint="shorten it")
    step.warn("odd")
    assert step.warnings[0] == StepWarning(message="too long", field="title", hint="shorten it")
    assert (step.warnings[1].message, step.warnings[1].hint) == ("odd", None)
    assert not step.warnings[1].field
