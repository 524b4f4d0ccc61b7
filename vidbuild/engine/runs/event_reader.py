"""Reads events from the lines of a log, also from those that other versions wrote."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from vidbuild.engine.runs import events
from vidbuild.engine.runs.events import Event
from vidbuild.errors import Failure
from vidbuild.frozen import values


def event_of(data: Mapping[str, Any]) -> Event | None:
    """Return the event that a line of a log holds; None for a type that is not the engine's, or not of this version."""
    kind = _kinds().get(str(data.get("type")))
    if kind is None:
        return None
    known = {name: data[name] for name in kind.record_names if name in data}
    try:
        if isinstance(known.get("failure"), dict):
            known["failure"] = failure_of(known["failure"])
        event: Event = kind(**known)
    except TypeError:
        return None
    return event


def failure_of(data: Mapping[str, Any]) -> Failure:
    """Return a failure that a line of a log holds."""
    lists = {name: tuple(data.get(name, ())) for name in ("command", "log")}
    return Failure(**{name: value for name, value in {**data, **lists}.items() if name in values(Failure(""))})


@cache
def _kinds() -> dict[str, Any]:
    found = [each for each in vars(events).values() if isinstance(each, type) and issubclass(each, Event)]
    return {each.type: each for each in found}
