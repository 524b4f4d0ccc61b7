"""Progress on a terminal: one inline view below the lines of what ran. It knows nothing of what a step is for."""

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

_SHOWN = 6  # running steps that are told one by one
_BAR = 12
_NARROW = 50  # columns below which bars and estimates give way
_PER_SECOND = 8


class Live:
    """The view. scenes: returns the ids of the scenes of the video with this build name; called for a run of one."""

    def __init__(self, stream: TextIO, scenes: Scenes, *, width: int | None = None) -> None:
        self._console = Console(file=stream, highlight=False, markup=False, emoji=False, width=width)
        self._scenes_of = scenes
        self._lock = threading.Lock()
        self._progress = RunProgress()
        self._scenes: Sequence[str] = ()
        self._reasons: dict[str, str] = {}
        self._first = False
        self._faults = progress_text.Faults()
        self._live = self._new_view()

    def _new_view(self) -> RichLive:
        return RichLive(
            get_renderable=self._view, console=self._console, refresh_per_second=_PER_SECOND, transient=True
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def stopping(self, running: int) -> None:
        """Say that the build was asked to end."""
        self._print(Text(progress_text.stopping(running), "yellow"))

    def suspend(self) -> None:
        """Take the view away and show the cursor: somebody else has the terminal meanwhile."""
        self._live.stop()

    def resume(self) -> None:
        """Draw the view again."""
        self._live = self._new_view()
        self._live.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the view away; the lines above it stay."""
        with self._lock:
            self._progress = RunProgress()
        self._live.stop()

    def __call__(self, event: Event) -> None:
        """Show what an event changes."""
        shows_scenes = isinstance(event, RunEstimated) and event.ahead and len(self._progress.targets) == 1
        scenes = self._scenes_of(self._progress.entry) if shows_scenes else None
        with self._lock:
            if isinstance(event, RunStarted):
                self._progress, self._scenes, self._first = RunProgress(), (), event.first
                self._faults = progress_text.Faults()
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
        """What stays above the view."""
        match event:
            case StepFinished():
                took, reason = humanize.elapsed(event.seconds), self._reasons.pop(event.step, "")
                return _step(event.step).append(f"  {reason}" if reason else "").append(f"  {took}", "dim")
            case StepFailed():
                return _step(event.step).append("  failed: ", "bold red").append(event.failure.message)
            case StepRetried() if self._faults.worth_telling(event):
                return Text(progress_text.retried(event), "yellow")
            case RunEstimated() if self._first and event.ahead:
                return Text(progress_text.first_build(event))
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
    shown = list(progress.running.items())[:_SHOWN]
    if not shown:
        return []
    grid = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(3):
        grid.add_column(no_wrap=True, overflow="ellipsis")
    for name, running in shown:
        bar = _bar(running.fraction(now)) if width >= _NARROW else Text()
        grid.add_row(_step(name), bar, _since(running, now))
    left = len(progress.running) - len(shown)
    return [grid, Text(f"...and {left} more", "dim")] if left else [grid]


def _since(running: Running, now: float) -> Text:
    """How long a step has run; of one that waits for its next attempt, how long that is."""
    if running.due > now:
        return Text(f"attempt {running.attempt} in {humanize.clock(running.due - now)}", "yellow")
    again = f", attempt {running.attempt}" if running.attempt > 1 else ""
    return Text(f"{humanize.elapsed(max(0.0, now - running.since))}{again}", "dim")


def _bar(fraction: float | None) -> Text:
    full = round(_BAR * (fraction or 0))
    return Text("━" * full, "cyan").append("━" * (_BAR - full), "bright_black")


def _scenes(scenes: Sequence[str], progress: RunProgress, width: int) -> Text:
    """One mark for each scene: rendered, being worked on, still to come."""
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
    """One mark for each video: in its place, failed, being worked on, still to come."""
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
    left = progress.remaining(now)
    if progress.paused is not None:
        return Text(", ".join([*parts, "paused"]), "yellow", no_wrap=True, overflow="ellipsis")
    if left is not None and width >= _NARROW:
        parts.append(f"about {humanize.clock(left)} left" if left >= 1 else "nearly done")
    return Text(", ".join(parts), no_wrap=True, overflow="ellipsis")
