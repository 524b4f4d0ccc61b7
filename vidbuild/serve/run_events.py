"""Adds the events of a run to the stream, except for those that come in thousands."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from vidbuild.engine.runs.events import Event, StepCached, StepProgress
from vidbuild.serve.catalog import Video
from vidbuild.serve.stream import Stream

_PROGRESS = 0.25  # seconds between two reports of a step's progress
_ENDS = ("run_finished", "run_failed", "run_cancelled")
_LEFT_OUT = ("key", "reasons")  # fields that the page does not show


class RunEvents:
    """A listener of a build of videos."""

    def __init__(self, stream: Stream, videos: Sequence[Video]) -> None:
        self._stream = stream
        self._videos = list(videos)
        self._progress: dict[str, float] = {}

    def __call__(self, event: Event) -> None:
        """Add an event; that a step was cached is in the counts of `/api/runs/RUN`."""
        if event.type == "run_started":
            self._set_run(event.run)
        elif event.type in _ENDS:
            self._set_run("")
        if isinstance(event, StepCached):
            return
        if isinstance(event, StepProgress):
            now = time.monotonic()
            if now - self._progress.get(event.step, 0.0) < _PROGRESS and event.done != event.total:
                return
            self._progress[event.step] = now
        data: dict[str, Any] = {name: value for name, value in event.to_data().items() if name not in _LEFT_OUT}
        self._stream.add("run", {**data, "videos": [each.id for each in self._videos]})

    def _set_run(self, run: str) -> None:
        for video in self._videos:
            video.run = run
