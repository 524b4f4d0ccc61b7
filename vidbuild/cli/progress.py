"""Whoever listens to a build: a view or plain lines, and a file of events. It knows nothing of how things are built."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from vidbuild.cli import console
from vidbuild.engine.runs.events import Event, Listener, RunStarted, StepAborted, StepFailed, StepFinished, StepStarted
from vidbuild.errors import UsageError, VidbuildError
from vidbuild.frozen import dataclass

if TYPE_CHECKING:
    from vidbuild.cli.signals import Interrupt
    from vidbuild.report.live import Live
    from vidbuild.report.plain import Lines


class Watching:
    """Hands each event to all who listen, and says on their stream what becomes of signals."""

    def __init__(self, listeners: Sequence[Listener], view: Lines | Live | None, interrupt: Interrupt) -> None:
        self._listeners = listeners
        self._view = view
        self._interrupt = interrupt
        self._running: set[str] = set()
        self._said = False

    def __call__(self, event: Event) -> None:
        """Tell everybody."""
        match event:
            case RunStarted():
                self._running.clear()
            case StepStarted():
                self._running.add(event.step)
            case StepFinished() | StepFailed() | StepAborted():
                self._running.discard(event.step)
            case _:
                pass
        for listener in self._listeners:
            listener(event)

    def cancelled(self) -> bool:
        """Whether the build is to end; the first time that it is, that is said."""
        asked = self._interrupt.asked()
        if asked and not self._said:
            self._said = True
            if self._view is not None:
                self._view.stopping(len(self._running))
        return asked

    def halted(self) -> Callable[[], None] | None:
        """What to do while everything of the build stands still, where Ctrl-Z asked for that."""
        return self._stand_still if self._interrupt.stand_still_asked() else None

    def _stand_still(self) -> None:
        if self._view is not None:
            self._view.stand_still()
        try:
            self._interrupt.stand_still()
        finally:
            if self._view is not None:
                self._view.go_on()


@contextlib.contextmanager
def watching(events: Path | None, view: Lines | Live | None, interrupt: Interrupt) -> Iterator[Watching]:
    """Everybody who listens, while the block runs."""
    with contextlib.ExitStack() as stack:
        listeners: list[Listener] = []
        if events is not None:
            try:
                file = events.open("w", encoding="utf-8", errors="surrogatepass", buffering=1)
            except OSError as error:
                raise UsageError(f"cannot write events to '{events}': {error.strerror}") from error
            stack.callback(_close, file)
            listeners.append(_Noted(file))
        if view is not None:
            stack.enter_context(view)
            listeners.append(view)
        yield Watching(listeners, view, interrupt)


@dataclass(frozen=True, slots=True)
class _Noted:
    """Writes each event down, so that the file can be followed."""

    file: TextIO

    def __call__(self, event: Event) -> None:
        try:
            self.file.write(event.to_line())
        except BrokenPipeError:
            raise  # whoever read them has gone
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise VidbuildError(f"cannot write events to '{self.file.name}': {why}") from error


def _close(file: TextIO) -> None:
    with contextlib.suppress(OSError):  # each line was written at once, or its error told
        file.close()


def progress(paths: Sequence[Path], variables: Mapping[str, str], only: Sequence[str]) -> Lines | Live:
    """The view of a build of these specs on a terminal, plain lines elsewhere."""
    several = len(paths) > 1
    if not console.is_terminal(sys.stderr):
        from vidbuild.report.plain import Lines

        return Lines(console.say, several=several)
    from vidbuild.report.live import Live

    return Live(sys.stderr, partial(_scenes, paths, variables, only), several=several)


def _scenes(paths: Sequence[Path], variables: Mapping[str, str], only: Sequence[str], entry: str) -> Sequence[str]:
    """The scenes of the build that is running, for the view alone: a view never ends a build."""
    from vidbuild.api.graph import scene_ids
    from vidbuild.api.plan import entry_of

    try:
        path = next(path for path in paths if entry_of(path, only) == entry)
        return scene_ids(path, variables=variables, only=only)
    except (StopIteration, VidbuildError):
        return ()
