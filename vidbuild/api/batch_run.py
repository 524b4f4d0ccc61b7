"""The builds of one call of a batch: all rows are checked, then built in windows, so that memory stays flat.

Videos are sent beside the builds of the next window. The rows of one window are whole at nearly the same time, since
the steps with the most work after them run first: there would be little to send beside their own build.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from vidbuild.api.batch_publishing import Sender
from vidbuild.api.batch_result import RowResult
from vidbuild.api.build import build_rows
from vidbuild.api.build_command import BuildRow
from vidbuild.api.build_result import failed
from vidbuild.api.options import BuildOptions, Control, RunControl
from vidbuild.api.plan import plans_of, store_of
from vidbuild.api.result import Result
from vidbuild.batches.reader import Batch
from vidbuild.batches.row import Row
from vidbuild.diagnostic import Diagnostic
from vidbuild.engine.runs.events import Listener
from vidbuild.errors import UsageError, VidbuildError
from vidbuild.frozen import replaced
from vidbuild.spec.diagnostics import SpecError, read_sources

WINDOW = 16  # rows of one run: what is in memory at a time

OnEnded = Callable[[RowResult, Result | None], None]


class BatchRun:
    """The builds of one call.

    on_ended: called with the result of each row, and of its build if it was reached.
    found: id -> result of each row that has ended.
    was_cancelled: whether rows were not built or sent because of a request to cancel.
    """

    def __init__(
        self,
        read: Batch,
        options: BuildOptions,
        control: RunControl,
        on_ended: OnEnded | None,
        on_event: Listener | None,
        sender: Sender | None,
    ) -> None:
        self._sender = sender
        self.control = control
        self.found: dict[str, RowResult] = {}
        self._batch = read
        self._options = options
        self._on_ended = on_ended
        self._on_event = on_event
        self._sending: list[tuple[Row, Result]] = []
        self.was_cancelled = False

    def results(self, rows: Sequence[Row]) -> Iterator[tuple[Row, RowResult]]:
        """Check all rows, build those that have no errors, and yield each row with its result, once it has ended."""
        ready = yield from self._checked(rows)
        for first in range(0, len(ready), WINDOW):
            window = ready[first : first + WINDOW]
            if self._is_over():
                yield from ((row, self._ended(row, None)) for row in window)
                continue
            sending = self._sending
            try:
                built = build_rows(
                    [self._build_row(row) for row in window], self._options, self._on_event, self.control
                )
            except VidbuildError:
                yield from self._sent(sending)
                raise
            self._sending = []
            ended = [each for each in zip(window, built, strict=True) if not self._is_sending(*each)]
            yield from self._sent(sending)
            yield from ((row, self._ended(row, result)) for row, result in ended)
            if not self._options.keep_going:
                yield from self._sent(self._sending)
                self._sending = []
        yield from self._sent(self._sending)

    def _checked(self, rows: Sequence[Row]) -> Generator[tuple[Row, RowResult], None, list[Row]]:
        """Check all rows, yield those that are wrong or are not reached with their results, and return the others."""
        ready: list[Row] = []
        files: dict[str, Row] = {}
        for row in rows:
            if self._is_cancelled():
                yield row, self._ended(row, None)
                continue
            try:
                self._create(row)
                self.check(row, files)
            except VidbuildError as error:
                yield row, self._ended(row, failed(row.spec, located(error, row)))
            else:
                ready.append(row)
        return ready

    def _is_over(self) -> bool:
        stopped = self._is_cancelled()
        return stopped or (not self._options.keep_going and not all(each.ok for each in self.found.values()))

    def _is_cancelled(self) -> bool:
        """Return whether rows that were not reached stay so because of a request to cancel."""
        self.was_cancelled = self.was_cancelled or self.control.requested() == Control.CANCEL
        return self.was_cancelled

    def _is_sending(self, row: Row, result: Result) -> bool:
        """Begin to send a row's videos if they are built and that was asked for; return whether it was begun."""
        if self._sender is None or not result.ok:
            return False
        self._sender.start(row, result)
        self._sending.append((row, result))
        return True

    def _sent(self, sending: Iterable[tuple[Row, Result]]) -> Iterator[tuple[Row, RowResult]]:
        """Wait until the videos of rows are sent, and yield each row with its result."""
        yield from ((row, self._ended(row, result, self._sender)) for row, result in sending)

    def _create(self, row: Row) -> None:
        """Write a row's spec if it is to be created and is not there yet."""
        if row.origin is None or self._options.dry_run or os.path.lexists(row.spec):
            return
        from vidbuild.api.create import Choices, Commission, create

        given = row.origin.options
        choices = Choices(given.get("length"), given.get("scenes"), given.get("section", ""))
        writer = given.get("writer")
        commission = Commission(writer, given.get("seed"), lambda _line: None) if writer else None
        head = {"brand": row.brand or None, "language": given.get("language")}
        create(row.origin.source, row.spec, choices, head, None, commission).write()

    def check(self, row: Row, files: dict[str, Row]) -> list[Path]:
        """Return a row's videos. Raises the errors of its spec, and SpecError if another row writes one of its files.

        files: the videos of the rows before, to which those of this row are added.

        The plans are remembered by the cache, so that the build makes none again, and nothing of them is kept here.
        """
        if row.origin is not None and self._options.dry_run and not os.path.lexists(row.spec):
            return []
        options = self._own_options(row)
        plans = plans_of(
            row.spec,
            store=store_of(row.spec, options.cache),
            languages=options.language,
            output_names=options.output_name,
            variables=options.variables,
            brand=options.brand,
            remember=not options.dry_run,
            base=options.name,
        )
        found = [row.folder / f"{plan.name}{plan.outputs[0].suffix}" for plan in plans]
        for file in found:
            other = files.setdefault(os.fspath(file).casefold(), row)
            if other is not row:
                message = f"'{file}' is an output of the row in line {other.location.line} too"
                item = Diagnostic("error", message, os.fspath(self._batch.path), row.location, "change 'name' or 'id'")
                raise SpecError([item], read_sources([item]))
        return found

    def _own_options(self, row: Row) -> BuildOptions:
        return replaced(
            self._options,
            output=self._batch.folder,
            name=(row.folder / row.name).relative_to(self._batch.folder).as_posix(),
            variables=dict(row.variables),
            brand=row.brand or None,
            language=row.languages,
            output_name=row.outputs,
        )

    def _build_row(self, row: Row) -> BuildRow:
        return BuildRow(row.spec, row.id, self._own_options(row))

    def _ended(self, row: Row, result: Result | None, sender: Sender | None = None) -> RowResult:
        """Return a row's result, and report it.

        result: None if the row was not reached. sender: of its videos, if they are being sent.
        """
        made = RowResult(row.id, row.spec, "aborted") if result is None else _row_result(row, result)
        if sender is not None:
            made = sender.finish(row, made)
        self.was_cancelled = self.was_cancelled or made.status == "cancelled"
        self.found[row.id] = made
        if self._on_ended is not None:
            self._on_ended(made, result)
        return made


def _row_result(row: Row, result: Result) -> RowResult:
    return RowResult(
        row.id,
        row.spec,
        result.status,
        tuple(video.outputs[0].path for video in result.videos if video.outputs),
        result.run,
        result.video_seconds,
        result.wall_seconds,
        tuple(errors_of(result)),
        hints=hints_of(result),
    )


def located(error: VidbuildError, row: Row) -> VidbuildError:
    """Return an error with the row's place in the batch for what has no place: it is about the row's values."""
    if isinstance(error, UsageError):
        item = Diagnostic("error", error.message, row.location.file, row.location, error.hint)
        return SpecError([item], read_sources([item]))
    if not isinstance(error, SpecError):
        return error
    found = [
        each if each.line else replace(each, message=_about(each), file=row.location.file, location=row.location)
        for each in error.diagnostics
    ]
    return SpecError(found, {**error.sources, **read_sources(found)})


def _about(item: Diagnostic) -> str:
    """Return the message of a problem that has a file and no place in it."""
    return f"{item.path}: {item.message}"


def errors_of(result: Result) -> Iterator[str]:
    """Yield what failed in a build, a line each."""
    for each in result.diagnostics:
        yield f"{each.path}:{each.line}:{each.column}: {each.message}" if each.line else each.message
    for step in result.steps.failed:
        yield f"{step.step}: {step.error}"


def hints_of(result: Result) -> tuple[str, ...]:
    """Return what can be done about that, each once."""
    hints = [*(each.hint for each in result.diagnostics), *(each.hint for each in result.steps.failed)]
    return tuple(dict.fromkeys(filter(None, hints)))
