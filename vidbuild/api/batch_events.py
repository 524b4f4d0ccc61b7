"""Emits the events of a batch: its start, the end of each row, and its end, whatever ends it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from vidbuild.api.batch_result import BatchResult, RowResult
from vidbuild.api.events import BatchFinished, BatchStarted, RowFinished, event_of
from vidbuild.engine.runs.events import Event, Listener
from vidbuild.engine.runs.run_log import new_id
from vidbuild.errors import code_of


class BatchEvents:
    """The events of one call. Their `run` is an id of the batch, since its rows are built in several runs."""

    def __init__(self, listener: Listener | None, batch: Path, cancel_exit_code: Callable[[], int]) -> None:
        self._listener = listener
        self._batch = os.fspath(batch)
        self._cancel_exit_code = cancel_exit_code
        self._id = new_id()
        self._began = time.monotonic()
        self._left: dict[str, str] = {}  # rows that have not ended: id -> spec
        self._done = self._failed = 0
        self._has_started = self._has_ended = False

    def start(self, rows: Sequence[tuple[str, Path]]) -> None:
        """Emit the start. rows: the id and the spec of each."""
        self._has_started = True
        self._left = {row: os.fspath(spec) for row, spec in rows}
        self._emit(BatchStarted(run=self._id, time=time.time(), batch=self._batch, rows=tuple(self._left)))

    def row(self, row: RowResult) -> None:
        """Emit the end of a row."""
        self._left.pop(row.id, None)
        self._done += row.ok
        self._failed += not row.ok
        self._emit(
            RowFinished(
                run=self._id,
                time=time.time(),
                row=row.id,
                spec=os.fspath(row.spec),
                status=row.status,
                files=tuple(map(os.fspath, row.files)),
                build=row.run,
                video_seconds=row.video_seconds,
                seconds=row.seconds,
                errors=row.errors,
                urls=row.urls,
                hints=row.hints,
            )
        )

    def finish(self, result: BatchResult) -> None:
        """Emit the end of a batch that has a result."""
        self._finish(self._cancel_exit_code() if result.was_cancelled else int(not result.ok))

    def fail(self, error: BaseException) -> None:
        """Emit the end of a batch that an error ends, with what is wrong and the rows that were not reached."""
        if self._has_ended:
            return
        if not self._has_started:
            self.start(())
        for diagnostic in getattr(error, "diagnostics", ()):
            self._emit(event_of(self._id, diagnostic))
        for row, spec in list(self._left.items()):
            self.row(RowResult(row, Path(spec), "aborted"))
        self._finish(self._cancel_exit_code() if isinstance(error, KeyboardInterrupt) else code_of(error))

    def _finish(self, code: int) -> None:
        self._has_ended = True
        rows = self._done + self._failed
        self._emit(
            BatchFinished(
                run=self._id,
                time=time.time(),
                batch=self._batch,
                success_count=self._done,
                failure_count=self._failed,
                success_rate=round(self._done / rows, 4) if rows else 1.0,
                seconds=round(time.monotonic() - self._began, 3),
                code=code,
            )
        )

    def _emit(self, event: Event) -> None:
        if self._listener is not None:
            self._listener(event)


@contextlib.contextmanager
def emitting(listener: Listener | None, batch: Path, cancel_exit_code: Callable[[], int]) -> Iterator[BatchEvents]:
    """Yield what emits the events of a batch; emit its end if the block raises."""
    events = BatchEvents(listener, batch, cancel_exit_code)
    try:
        yield events
    except BaseException as error:
        with contextlib.suppress(Exception):  # the error that is being raised counts, also if it is a listener's
            events.fail(error)
        raise
