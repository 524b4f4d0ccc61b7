"""Adds the events of a run to the stream, except for those that come in thousands."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from vidbuild.engine.runs.events import Event, StepCached, StepProgress, StepStarted
from vidbuild.serve.stream import Stream

_PROGRESS = 0.25  # seconds between two reports of a step's progress
_LEFT_OUT = ("key", "reasons")  # fields that the page does not show


class RunEvents:
    """A listener of a build; videos: ids of the videos that it builds."""

    def __init__(self, stream: Stream, videos: Sequence[str]) -> None:
        self._stream = stream
        self._videos = list(videos)
        self._progress: dict[str, float] = {}
        self._reasons: dict[str, str] = {}
        self.run = ""

    def __call__(self, event: Event) -> None:
        """Add an event; that a step was cached is in the counts of `/api/runs/RUN`."""
        self.run = event.run
        if isinstance(event, StepCached):
            return
        if isinstance(event, StepProgress):
            now = time.monotonic()
            if now - self._progress.get(event.step, 0.0) < _PROGRESS and event.done != event.total:
                return
            self._progress[event.step] = now
        if isinstance(event, StepStarted):
            self._reasons[event.step] = event.reason
        data: dict[str, Any] = {name: value for name, value in event.to_data().items() if name not in _LEFT_OUT}
        self._stream.add("run", {**data, "videos": self._videos})

    def reasons(self, video: str) -> dict[str, str]:
        """Return why scenes were built: scene -> reason of the first of its steps that had one of its own."""
        prefix = f"{video}/" if video else ""
        found: dict[str, str] = {}
        for step, reason in self._reasons.items():
            kind, _, scenes = step.removeprefix(prefix).partition(":")
            if step.startswith(prefix) and scenes and "/" not in kind and reason:
                for scene in scenes.split("+"):
                    found.setdefault(scene, reason)
        return found
