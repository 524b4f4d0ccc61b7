"""Observes builds for the command line: a view or plain lines, a file of events, and signals."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from vidbuild.api.options import BuildOptions, Control, RunControl
from vidbuild.cli import console
from vidbuild.cli.options import STANDARD
from vidbuild.engine.runs.events import Event, Listener, RunStarted, StepAborted, StepFailed, StepFinished, StepStarted
from vidbuild.errors import UsageError, VidbuildError, os_error_text
from vidbuild.frozen import dataclass

if TYPE_CHECKING:
    from vidbuild.api.spec_args import SpecLike
    from vidbuild.cli.signals import Interrupt
    from vidbuild.report.live import Live
    from vidbuild.report.plain import Lines


class BuildObserver(RunControl):
    """Hands each event to its listeners, and turns signals into requests to the run.

    view: the progress that the user sees, if any.
    """

    def __init__(self, listeners: Sequence[Listener], view: Lines | Live | None, interrupt: Interrupt) -> None:
        self._listeners = listeners
        self._view = view
        self._interrupt = interrupt
        self._running: set[str] = set()
        self._stopping = False

    def __call__(self, event: Event) -> None:
        """Hand the event to every listener."""
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

    def requested(self) -> Control:
        """Return CANCEL once a signal has come; the view shows that the first time."""
        if not self._interrupt.stop_requested():
            return Control.RUN
        if not self._stopping:
            self._stopping = True
            if self._view is not None:
                self._view.stopping(len(self._running))
        return Control.CANCEL

    def kill_now(self) -> bool:
        """Return whether a second signal has come."""
        return self._interrupt.kill_requested()

    def suspend(self) -> Callable[[], None] | None:
        """Return what suspends this process, if Ctrl-Z asked for that."""
        return self._suspend if self._interrupt.suspend_requested() else None

    def cancel_exit_code(self) -> int:
        """Return the exit code for the signal that came."""
        return int(self._interrupt.code)

    def _suspend(self) -> None:
        if self._view is not None:
            self._view.suspend()
        try:
            self._interrupt.suspend()
        finally:
            if self._view is not None:
                self._view.resume()


@contextlib.contextmanager
def observing(events: Path | None, view: Lines | Live | None, interrupt: Interrupt) -> Iterator[BuildObserver]:
    """Observe builds in the block; events: the file that events are written to, if any; "-" for stdout."""
    with contextlib.ExitStack() as stack:
        listeners: list[Listener] = []
        if events == STANDARD:
            listeners.append(_standard_output)
        elif events is not None:
            try:
                file = events.open("w", encoding="utf-8", errors="surrogatepass", buffering=1)
            except OSError as error:
                raise UsageError(f"cannot write events to '{events}': {os_error_text(error)}") from error
            stack.callback(_close, file)
            listeners.append(_EventFile(file))
        if view is not None:
            stack.enter_context(view)
            listeners.append(view)
        yield BuildObserver(listeners, view, interrupt)


def _standard_output(event: Event) -> None:
    """Write an event to stdout at once."""
    sys.stdout.write(event.to_line().encode("utf-8", "replace").decode())
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class _EventFile:
    """Writes each event to a file at once, so that the file can be followed."""

    file: TextIO

    def __call__(self, event: Event) -> None:
        try:
            self.file.write(event.to_line())
        except BrokenPipeError:
            raise  # the reader of the file is gone
        except OSError as error:
            raise VidbuildError(f"cannot write events to '{self.file.name}': {os_error_text(error)}") from error


def _close(file: TextIO) -> None:
    with contextlib.suppress(OSError):  # each line was written at once, or its error raised
        file.close()


def view_of(specs: Sequence[SpecLike], options: BuildOptions, *, verbose: bool = False) -> Lines | Live:
    """Return the view of a build of these specs: live on a terminal, plain lines elsewhere.

    verbose: plain lines everywhere, for every step, with all reasons.
    """
    if verbose or not console.is_terminal(sys.stderr):
        from vidbuild.report.plain import Lines

        return Lines(console.message, verbose=verbose)
    from vidbuild.report.live import Live

    return Live(sys.stderr, partial(_scenes, specs, options))


def _scenes(specs: Sequence[SpecLike], options: BuildOptions, build_name: str) -> Sequence[str]:
    """Return the ids of a video's scenes; () if they cannot be found, since a view must not fail a build."""
    from vidbuild.api.graph import scene_ids
    from vidbuild.api.plan_cache import entry_of
    from vidbuild.api.spec_args import path_of

    try:
        spec = next(spec for spec in specs if f"{build_name} ".startswith(f"{entry_of(path_of(spec))} "))
        return scene_ids(
            spec,
            variables=options.variables,
            brand=options.brand,
            only=options.only,
            build_name=build_name,
            draft=options.draft,
        )
    except (StopIteration, VidbuildError):
        return ()
