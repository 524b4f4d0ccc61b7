"""Build the rows of a batch: check them all, then build them, equal steps once, with memory that stays flat."""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vidbuild.api.batch_events import BatchEvents, emitting
from vidbuild.api.batch_publishing import Sender
from vidbuild.api.batch_result import BatchResult, RowResult
from vidbuild.api.batch_run import BatchRun, OnEnded, errors_of, hints_of, located
from vidbuild.api.build_result import failed
from vidbuild.api.executor import sharing_cluster
from vidbuild.api.listeners import Listeners, listening
from vidbuild.api.options import BuildOptions, Control, RunControl, options_of
from vidbuild.api.result import Result
from vidbuild.api.strict import refusal
from vidbuild.batches import ledger, reader
from vidbuild.batches.reader import Batch
from vidbuild.batches.row import Row
from vidbuild.diagnostic import Diagnostic
from vidbuild.engine.disk import durable
from vidbuild.engine.disk.lock import Lock
from vidbuild.errors import UsageError, VidbuildError, os_error_text
from vidbuild.frozen import dataclass
from vidbuild.project import cache_of, name_of, root_of
from vidbuild.suggest import did_you_mean

PATIENCE = 0.2  # s between attempts to take the lock of a batch
OnRow = Callable[[RowResult, Result], None]
OWN = frozenset({"spec", "output", "name", "only", "variables", "brand", "language", "output_name", "resume"})


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows of a batch are built.

    only: ids of rows, or patterns such as 'acme-*'; none stands for all.
    brand: only rows of this brand.
    count: at most as many rows.
    next: the next rows that are not done, by the batch's ledger, which then records those that are built.
    """

    only: Sequence[str] = ()
    brand: str | None = None
    count: int | None = None
    next: int | None = None


def batch(
    path: str | os.PathLike[str] = reader.DEFAULT,
    selection: Selection | None = None,
    options: BuildOptions | None = None,
    *,
    on_row: OnRow | None = None,
    on_event: Listeners | None = None,
    control: RunControl | None = None,
    overlap: bool = True,
    publish: bool = False,
    **changes: Any,  # noqa: ANN401 - the values of any fields of BuildOptions
) -> BatchResult:
    """Build rows of a batch. A row that fails stops no other one, unless `keep_going=False`.

    on_row: called with each row's result, once the rows that are built together, at most 16, have ended, and its videos
        are sent.
    on_event: as for `build`: `batch_started`, the events of the runs, `row_finished` for each row, `batch_finished`.
    overlap: wait for another run of the batch to end; False raises UsageError instead.
    publish: send the videos of rows that are built, beside the builds of the next ones; a row of which this fails has
        failed.

    Raises SpecError if the batch is wrong, UsageError if it cannot begin, and RemoteError if an address to publish to
    cannot be used, before anything is built.
    """
    began = time.monotonic()
    options = options_of(options or BuildOptions(keep_going=True), changes)
    selection, control = selection or Selection(), control or RunControl()
    with (
        listening(None if options.dry_run else on_event) as listener,
        emitting(listener, Path(path), control.cancel_exit_code) as events,
    ):
        _refuse_own(options)
        read = reader.read(Path(path))
        _check(read, selection)
        if options.strict and read.warnings:
            raise refusal(read.warnings)
        with sharing_cluster(options), _alone(read.path, options, control, overlap=overlap) as is_alone:
            book = ledger.read(read.path)  # only now: a run that was waited for has done rows
            rows = select(read, selection, book)
            contents = {row.id: row.content() for row in rows}  # as built: a spec edited meanwhile is due again
            sender = Sender(read, rows, control) if publish and is_alone and not options.dry_run else None
            warnings = (*read.warnings, *(_tried(sender, options) if sender else ()))
            run = BatchRun(read, options, control, _reporting(events, on_row), listener, sender)
            events.start([(row.id, row.spec) for row in rows])
            for row, result in run.results(rows):
                is_counted = not options.dry_run and result.status not in {"cancelled", "aborted"}
                if is_counted and (book.path.exists() or selection.next):
                    book.record(row.id, contents[row.id], ok=result.ok)
            results = tuple(run.found[row.id] for row in rows)
            seconds = round(time.monotonic() - began, 3)
            made = BatchResult(read.path, results, seconds, run.was_cancelled or not is_alone, warnings)
            if is_alone and not options.dry_run:
                _write(read, made)
        events.finish(made)
    return made


def _tried(sender: Sender, options: BuildOptions) -> tuple[Diagnostic, ...]:
    """Try where the videos are to be sent, and return the warnings about that, which a strict batch refuses."""
    if options.strict and sender.warnings:
        raise refusal(sender.warnings)
    sender.probe()
    return sender.warnings


def _reporting(events: BatchEvents, on_row: OnRow | None) -> OnEnded:
    """Return what is called when a row has ended; on_row is called for those that were reached."""

    def ended(row: RowResult, result: Result | None) -> None:
        events.row(row)
        if on_row is not None and result is not None:
            on_row(row, result)

    return ended


@dataclass(frozen=True, slots=True)
class RowPlan:
    """What a row would write.

    files: its videos; none if its spec is not created yet, or is wrong.
    is_done: whether the ledger has it as it is now.
    hints: what can be done about the errors, each once.
    """

    row: Row
    files: tuple[Path, ...]
    errors: tuple[str, ...]
    is_done: bool
    hints: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "id": self.row.id,
            "spec": str(self.row.spec),
            "brand": self.row.brand or None,
            "variables": dict(self.row.variables),
            "files": [str(each) for each in self.files],
            "errors": list(self.errors),
            "hints": list(self.hints),
            "done": self.is_done,
            "line": self.row.location.line,
        }


def planned(path: str | os.PathLike[str] = reader.DEFAULT, selection: Selection | None = None) -> list[RowPlan]:
    """Return what each row would write, without building. Raises SpecError if the batch is wrong, and UsageError."""
    read = reader.read(Path(path))
    book = ledger.read(read.path)
    run = BatchRun(read, BuildOptions(dry_run=True), RunControl(), None, None, None)
    found: list[RowPlan] = []
    files: dict[str, Row] = {}
    for row in select(read, selection or Selection(), book):
        try:
            found.append(RowPlan(row, tuple(run.check(row, files)), (), book.is_done(row)))
        except VidbuildError as error:
            wrong = failed(row.spec, located(error, row))
            found.append(RowPlan(row, (), tuple(errors_of(wrong)), book.is_done(row), hints_of(wrong)))
    return found


def batch_warnings(path: str | os.PathLike[str] = reader.DEFAULT) -> tuple[Diagnostic, ...]:
    """Return the warnings about a batch's own file. Raises SpecError if the batch is wrong."""
    return reader.read(Path(path)).warnings


def _check(read: Batch, selection: Selection) -> None:
    """Raise UsageError for an id, a pattern or a brand of no row."""
    for wanted in selection.only:
        if not any(fnmatch.fnmatchcase(row.id, wanted) for row in read.rows):
            hint = did_you_mean(wanted, [row.id for row in read.rows]) or "--list shows the ids"
            raise UsageError(f"'{read.path}' has no row '{wanted}'", hint=hint)
    known = list(dict.fromkeys(row.brand for row in read.rows if row.brand))
    if selection.brand is not None and selection.brand not in known:
        near = did_you_mean(selection.brand, known) or f"there are {', '.join(known)}"
        message = f"no row of '{read.path}' has the brand '{selection.brand}'"
        raise UsageError(message, hint=near if known else None)


def select(read: Batch, selection: Selection, book: ledger.Ledger) -> list[Row]:
    """Return the rows that are meant. Raises UsageError for an id, a pattern or a brand of no row."""
    _check(read, selection)
    rows = list(read.rows)
    if selection.only:
        rows = [row for row in rows if any(fnmatch.fnmatchcase(row.id, wanted) for wanted in selection.only)]
    if selection.brand is not None:
        rows = [row for row in rows if row.brand == selection.brand]
    if selection.next is not None:
        rows = book.next_rows(rows, selection.next)
    return rows if selection.count is None else rows[: selection.count]


def _refuse_own(options: BuildOptions) -> None:
    """Raise UsageError for an option that each row has for itself."""
    default = BuildOptions()
    for name in sorted(OWN):
        if getattr(options, name, None) != getattr(default, name, None):
            raise UsageError(f"'{name}' is no option of a batch", hint="each row has its own")


@contextmanager
def _alone(path: Path, options: BuildOptions, control: RunControl, *, overlap: bool) -> Iterator[bool]:
    """Hold the lock of a batch in the block, so that two runs of it do not build the same rows at once.

    Yields whether it is held: not if the run is cancelled while it waits for another one.
    """
    if options.dry_run:
        yield True
        return
    root = root_of(path)
    digest = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:16]
    file = (options.cache.absolute() if options.cache else cache_of(root)) / f"batch-{digest}.lock"
    try:
        lock = Lock.attempt(file)
        if lock is None and not overlap:
            raise UsageError(f"another run of '{path}' is going on", hint="without --no-overlap, this one waits for it")
        while lock is None:
            if control.requested() == Control.CANCEL:
                break
            time.sleep(PATIENCE)
            lock = Lock.attempt(file)
    except OSError as error:
        raise UsageError(f"cannot lock the batch with '{file}': {os_error_text(error)}") from error
    try:
        yield lock is not None
    finally:
        if lock is not None:
            lock.release(remove=True)


def _write(read: Batch, result: BatchResult) -> None:
    """Write the result beside the outputs."""
    path = read.folder / f"{name_of(read.path)}.json"
    text = json.dumps(result.to_json(), ensure_ascii=False, indent=1)
    try:
        durable.make_folder(path.parent)
        durable.write(path, f"{text}\n".encode())
    except OSError as error:
        raise UsageError(f"cannot write '{path}': {os_error_text(error)}") from error
