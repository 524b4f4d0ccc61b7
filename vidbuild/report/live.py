"""Progress on a terminal: an inline view below the lines about steps that ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live as RichLive
from rich.table import Table
from rich.text import Text

from vidbuild.engine.graph.step_id import StepId
from vidbuild.engine.runs.events import (
    Event,
    RunEnded,
    RunEstimated,
    RunPaused,
    RunResumed,
    RunStarted,
    StateRestored,
    StepFailed,
    StepFinished,
    StepRetried,
    StepStarted,
)
from vidbuild.engine.runs.run_progress import Running, RunProgress
from vidbuild.report import humanize, progress_text

Scenes = Callable[[str], Sequence[str]]

_STEPS = 6  # running steps that have a row each
_BAR = 12
_NARROW = 50  # columns below which there are no bars and no estimates
_REFRESHES_PER_SECOND = 8


class Live:
    """The view.

    scenes: returns the ids of the scenes of the video with a build name; called only if a run has one video.
    width: of the view in columns; None for the terminal's.
    """

    def __init__(self, stream: TextIO, scenes: Scenes, *, width: int | None = None) -> None:
        self._console = Console(file=stream, highlight=False, markup=False, emoji=False, width=width)
        self._scenes_of = scenes
        self._lock = threading.Lock()
        self._progress = RunProgress()
        self._scenes: Sequence[str] = ()
        self._reasons: dict[str, str] = {}
        self._first = False
        self._retries = progress_text.FailureFilter()
        self._live = self._new_view()

    def _new_view(self) -> RichLive:
        return RichLive(
            get_renderable=self._view, console=self._console, refresh_per_second=_REFRESHES_PER_SECOND, transient=True
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def stopping(self, running: int) -> None:
        """Print that the build ends as soon as its running steps have finished."""
        self._print(Text(progress_text.stopping(running), "yellow"))

    def suspend(self) -> None:
        """Remove the view and show the cursor, since another program uses the terminal meanwhile."""
        self._live.stop()

    def resume(self) -> None:
        """Draw the view again."""
        self._live = self._new_view()
        self._live.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the view; the lines above it stay."""
        with self._lock:
            self._progress = RunProgress()
        self._live.stop()

    def __call__(self, event: Event) -> None:
        """Apply an event to the view."""
        shows_scenes = isinstance(event, RunEstimated) and event.ahead and len(self._progress.targets) == 1
        scenes = self._scenes_of(self._progress.entry) if shows_scenes else None
        with self._lock:
            if isinstance(event, RunStarted):
                self._progress, self._scenes, self._first = RunProgress(), (), event.first
                self._retries = progress_text.FailureFilter()
            if scenes is not None:
                self._scenes = scenes
            if isinstance(event, StepStarted):
                self._reasons[event.step] = progress_text.reason(event, first=self._first)
            self._progress.apply(event)
        line = self._line(event)
        if line is not None:
            self._print(line)
        if isinstance(event, RunEnded):
            self._live.refresh()

    def _print(self, line: Text) -> None:
        self._console.print(line, soft_wrap=True)

    def _line(self, event: Event) -> Text | None:
        """Return the line about an event that stays above the view, if it has one."""
        match event:
            case StepFinished():
                took, reason = humanize.elapsed(event.seconds), self._reasons.pop(event.step, "")
                return _step(event.step).append(f"  {reason}" if reason else "").append(f"  {took}", "dim")
            case StepFailed():
                return _step(event.step).append("  failed: ", "bold red").append(event.failure.message)
            case StepRetried() if self._retries.accepts(event):
                return Text(progress_text.retried(event), "yellow")
            case RunEstimated() if self._first and event.ahead:
                return Text(progress_text.first_build(event, self._progress.cached))
            case RunPaused() | RunResumed() | StateRestored():
                return Text(progress_text.run(event), "yellow" if isinstance(event, RunPaused) else "")
            case _:
                return None

    def _view(self) -> RenderableType:
        with self._lock:
            progress, width = self._progress, self._console.width
            if not progress.steps or progress.ended >= progress.steps:
                return Text()
            now = time.time()
            rows = _running(progress, now, width)
            marks = _videos(progress, width) if len(progress.targets) > 1 else _scenes(self._scenes, progress, width)
            return Group(*rows, marks, _total(progress, len(self._scenes), now, width))


def _step(name: str) -> Text:
    step = StepId.parse(name)
    video, scene = f"{step.video}/" if step.video else "", f":{step.scene}" if step.scene else ""
    return Text().append(video, "dim").append(step.kind, "cyan").append(scene, "bold")


def _running(progress: RunProgress, now: float, width: int) -> list[RenderableType]:
    steps = list(progress.running.items())[:_STEPS]
    if not steps:
        return []
    grid = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(3):
        grid.add_column(no_wrap=True, overflow="ellipsis")
    for name, running in steps:
        bar = _bar(running.fraction(now)) if width >= _NARROW else Text()
        grid.add_row(_step(name), bar, _since(running, now))
    hidden = len(progress.running) - len(steps)
    return [grid, Text(f"...and {hidden} more", "dim")] if hidden else [grid]


def _since(running: Running, now: float) -> Text:
    """Return how long a step has run, or how long it waits for its next attempt."""
    if running.due > now:
        return Text(f"attempt {running.attempt} in {humanize.clock(running.due - now)}", "yellow")
    again = f", attempt {running.attempt}" if running.attempt > 1 else ""
    return Text(f"{humanize.elapsed(max(0.0, now - running.since))}{again}", "dim")


def _bar(fraction: float | None) -> Text:
    full = round(_BAR * (fraction or 0))
    return Text("━" * full, "cyan").append("━" * (_BAR - full), "bright_black")


def _scenes(scenes: Sequence[str], progress: RunProgress, width: int) -> Text:
    """Return a mark for each scene: rendered, in progress, or to do."""
    if not scenes or len(scenes) + len("scenes  ") > width:
        return Text("", end="")
    busy = {StepId.parse(step).scene for step in progress.running}
    row = Text().append("scenes  ", "dim")
    for scene in scenes:
        if scene in progress.rendered:
            row.append("■", "green")
        else:
            row.append("■" if scene in busy else "□", "cyan" if scene in busy else "bright_black")
    return row


def _videos(progress: RunProgress, width: int) -> Text:
    """Return a mark for each video: finished, failed, in progress, or to do."""
    if len(progress.targets) + len("videos  ") > width:
        return Text("", end="")
    busy = {StepId.parse(step).video for step in progress.running}
    row = Text().append("videos  ", "dim")
    for name, status in progress.targets.items():
        if status:
            row.append("■", "green" if status in {"built", "up-to-date"} else "red")
        else:
            row.append("■" if name in busy else "□", "cyan" if name in busy else "bright_black")
    return row


def _total(progress: RunProgress, scenes: int, now: float, width: int) -> Text:
    rendered = min(len(progress.rendered), scenes)
    parts = [f"{progress.ended} of {humanize.count(progress.steps, 'step')}"]
    if scenes and width >= _NARROW:
        parts.append(f"{rendered} of {humanize.count(scenes, 'scene')}")
    parts.append(humanize.clock(now - progress.began))
    remaining = progress.remaining(now)
    if progress.paused is not None:
        return Text(", ".join([*parts, "paused"]), "yellow", no_wrap=True, overflow="ellipsis")
    if remaining is not None and width >= _NARROW:
        parts.append(f"about {humanize.clock(remaining)} left" if remaining >= 1 else "nearly done")
    return Text(", ".join(parts), no_wrap=True, overflow="ellipsis")
