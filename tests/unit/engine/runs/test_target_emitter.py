"""The events of one target."""

from __future__ import annotations

from tests.support.engine_lab import graph, step
from vidbuild.engine.runs.events import Event, StepAborted, TargetFinished, TargetStarted
from vidbuild.engine.runs.target_emitter import TargetEmitter


def emitter() -> tuple[TargetEmitter, list[Event]]:
    """A target of two steps, and the events that it emits."""
    found: list[Event] = []
    return TargetEmitter("r", "video", "video.yaml", "video/", graph(step("a"), step("b")), found.append), found


def test_an_aborted_target_begins_and_ends_once() -> None:
    """A target that an error ends has one start and one end, and each of its steps is aborted once."""
    for begun in (True, False):
        target, found = emitter()
        if begun:
            target.begin(first=True)
        target.aborted("a", "", "")
        target.abort("failed")
        target.abort("failed")
        kinds = [type(event) for event in found]
        assert (kinds.count(TargetStarted), kinds.count(TargetFinished)) == (1, 1)
        assert [event.step for event in found if isinstance(event, StepAborted)] == ["video/a", "video/b"]
        start = next(event for event in found if isinstance(event, TargetStarted))
        assert (start.target, start.steps, start.first) == ("video", 2, begun)


def test_a_target_of_an_older_log_is_no_first_build() -> None:
    """An event without the field that says so is of a build that was not the first one."""
    assert not TargetStarted(run="r", time=0.0, target="video", entry="video.yaml", steps=1).first
