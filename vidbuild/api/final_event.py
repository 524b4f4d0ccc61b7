"""Emits the end of a build that fails before the engine begins it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

from vidbuild.engine.runs.events import Event, Listener, RunCancelled, RunEnded, RunFailed, RunStarted
from vidbuild.engine.runs.run_log import RunLog, RunTarget, new_id
from vidbuild.engine.store.store import Store
from vidbuild.errors import code_of


class FinalEvent:
    """Passes events on, and records whether the run's end was among them."""

    def __init__(self, listener: Listener | None) -> None:
        self._listener = listener
        self._over = False

    def __call__(self, event: Event) -> None:
        """Pass an event on."""
        self._over = self._over or isinstance(event, RunEnded)
        if self._listener is not None:
            self._listener(event)

    def end(self, error: BaseException, entry: str, store: Store, cancel_exit_code: Callable[[], int]) -> None:
        """Emit the events of a build that this error ended, unless its end was emitted already.

        entry: the build name.
        The errors of a spec are recorded as a run too, if the project has a cache already.
        """
        if self._over:
            return
        recorded = getattr(error, "diagnostics", ()) and store.home.is_dir()
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            log = stack.enter_context(contextlib.closing(_log(store, entry))) if recorded else None
            self._emit(log.id if log else new_id(), log, error, entry, cancel_exit_code)

    def _emit(
        self,
        run: str,
        log: Listener | None,
        error: BaseException,
        entry: str,
        cancel_exit_code: Callable[[], int],
    ) -> None:
        cancelled = isinstance(error, KeyboardInterrupt)
        code = cancel_exit_code() if cancelled else code_of(error)
        ended = RunCancelled if cancelled else RunFailed
        counts: dict[str, Any] = {"ran": 0, "cached": 0, "failed": 0, "aborted": 0, "seconds": 0.0}
        events: list[Event] = [RunStarted(run=run, time=time.time(), entry=entry, steps=0, jobs=0)]
        if diagnostics := getattr(error, "diagnostics", ()):
            from vidbuild.api.events import event_of

            events += [event_of(run, diagnostic) for diagnostic in diagnostics]
        events.append(ended(run=run, time=time.time(), code=code, **counts))
        for event in events:
            for listener in filter(None, (log, self._listener)):
                with contextlib.suppress(Exception):  # the error that is being raised counts
                    listener(event)


def _log(store: Store, entry: str) -> RunLog:
    return RunLog(store.root / "runs", [RunTarget("", entry)])
