"""Which listeners receive which events, through the Python API."""

from __future__ import annotations

import pytest

from vidbuild.api.events import types
from vidbuild.api.listeners import Listeners, listening
from vidbuild.engine.runs.events import Event, RunResumed, StepAborted
from vidbuild.errors import UsageError

EVENTS: list[Event] = [RunResumed(run="r", time=1.0, seconds=1.0), StepAborted(run="r", time=2.0, step="s", because="")]


def two_events(listeners: Listeners) -> None:
    """Emit two events."""
    with listening(listeners) as listener:
        assert listener is not None
        for event in EVENTS:
            listener(event)


def test_listeners_are_chosen_by_type() -> None:
    """A type or a pattern names the events that a listener receives; plain and coroutine functions side by side."""
    received: list[tuple[str, str]] = []

    async def of_steps(event: Event) -> None:
        received.append(("steps", event.type))

    two_events(
        {
            "step_*": of_steps,
            "run_resumed": lambda event: received.append(("resumed", event.type)),
            "*": lambda event: received.append(("all", event.type)),
            "run_failed": lambda event: received.append(("failed", event.type)),
        }
    )
    assert received == [
        ("resumed", "run_resumed"),
        ("all", "run_resumed"),
        ("steps", "step_aborted"),
        ("all", "step_aborted"),
    ]


def test_a_type_that_does_not_exist_is_refused() -> None:
    """A misspelled type would never match an event, so it is an error with the nearest one."""
    with pytest.raises(UsageError, match="unknown event type 'step_finish'") as caught:
        two_events({"step_finish": print})
    assert caught.value.hint == "did you mean 'step_finished'?"


def test_every_type_can_be_listened_to() -> None:
    """The types are those of the engine and those of videos, each once."""
    assert len(types()) == len(set(types()))
    assert {"run_started", "voice_generated", "validation_error"} <= set(types())
    assert "event" not in types()
