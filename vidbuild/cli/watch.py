"""Builds again after every edit: `vidbuild build --watch`."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.api.options import BuildOptions, Control
from vidbuild.cli import console, result_output
from vidbuild.cli.progress import BuildObserver, view_of
from vidbuild.cli.signals import Interrupt
from vidbuild.errors import UsageError, VidbuildError

if TYPE_CHECKING:
    from vidbuild.api.loaded_code import LoadedCode
    from vidbuild.api.result import Result
    from vidbuild.engine.runs.events import Listener
    from vidbuild.report.live import Live
    from vidbuild.report.plain import Lines
    from vidbuild.serve.edits import Edits

PACKAGES = ("watchfiles",)
SERVER_PACKAGES = ("starlette", "uvicorn", *PACKAGES)


def require(packages: Sequence[str], what: str) -> None:
    """Raise UsageError if packages of the extra are missing; what: needs them."""
    from importlib.util import find_spec

    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        names = ", ".join(f"'{each}'" for each in missing)
        raise UsageError(f"{what} needs {names}", hint="pip install 'vidbuild[serve]'")


def watch(
    specs: Sequence[Path],
    options: BuildOptions,
    interrupt: Interrupt,
    show: Callable[[Sequence[Result]], int],
    *,
    quiet: bool,
    verbose: bool,
) -> int:
    """Build specs, and again whatever was edited, until a signal comes; return its exit code.

    show: prints the results of one build.
    """
    require(PACKAGES, "--watch")
    from vidbuild.api.engine import keep_workers
    from vidbuild.api.loaded_code import LoadedCode
    from vidbuild.cli import restart
    from vidbuild.serve.edits import Edits

    interrupt.graceful = True
    code = LoadedCode()
    looks = _Looks(code, restart.POLL)
    workers = keep_workers()
    try:
        with Edits(specs, options) as edits:
            edited: Sequence[Path] = specs
            while edited:
                view = None if quiet else view_of(edited, options, verbose=verbose)
                is_done = _build(edited, options, _Observer(view, interrupt, edits), view, show)
                if is_done and not interrupt.stop_requested():
                    console.message("watching for changes; Ctrl-C ends it")
                edited = edits.wait(lambda: looks.stale() or interrupt.stop_requested(), () if is_done else edited)
                if looks.stale(now=True):
                    break
    finally:
        workers.close()
    if looks.stale():
        restart.start_again(code, interrupt.stop_requested)
    return int(interrupt.code)


class _Looks:
    """Looks at the installed code now and then. seconds: between two looks."""

    def __init__(self, code: LoadedCode, seconds: float) -> None:
        self._code, self._seconds = code, seconds
        self._next = 0.0
        self._stale = False

    def stale(self, *, now: bool = False) -> bool:
        """Return whether code has changed that this process has loaded. now: look in any case."""
        if not self._stale and (now or time.monotonic() >= self._next):
            self._stale = bool(self._code.changed())
            self._next = time.monotonic() + self._seconds
        return self._stale


def _build(
    specs: Sequence[Path],
    options: BuildOptions,
    observer: _Observer,
    view: Lines | Live | None,
    show: Callable[[Sequence[Result]], int],
) -> bool:
    """Build specs and print their results; return False if a newer edit cancelled that."""
    from vidbuild.api.build import build_all

    present = [each for each in specs if each.is_file()]
    for each in specs:
        if each not in present:
            console.message(f"waiting for '{each}', which does not exist")
    if not present:
        return True
    try:
        with view or contextlib.nullcontext():
            results = build_all(present, options, on_event=observer, control=observer)
    except VidbuildError as error:
        for line in result_output.error_lines(error):
            console.message(line)
        return True
    if observer.is_replaced and any(each.status == "cancelled" for each in results):
        return False
    show(results)
    return True


class _Observer(BuildObserver):
    """Also cancels a build that a newer edit made useless."""

    def __init__(self, view: Lines | Live | None, interrupt: Interrupt, edits: Edits) -> None:
        listeners: list[Listener] = [view] if view is not None else []
        super().__init__(listeners, view, interrupt)
        self._edits = edits
        self.is_replaced = False

    def requested(self) -> Control:
        """Return CANCEL after a signal, or a newer edit."""
        if self._edits.pending:
            self.is_replaced = True
            return Control.CANCEL
        return super().requested()
