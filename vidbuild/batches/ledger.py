"""The rows of a batch that are done, in a file beside the batch that can be committed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vidbuild.batches.row import Row
from vidbuild.engine.disk import durable
from vidbuild.errors import UsageError, os_error_text
from vidbuild.project import root_of
from vidbuild.spec.own_files import own_content, why_unreadable
from vidbuild.spec.paths import InputError

VERSION = 1
MAX_BYTES = 10_000_000


@dataclass
class Ledger:
    """What is known of rows.

    done: id -> content of the row that was built last.
    failures: id -> how often its build failed since.
    """

    path: Path
    done: dict[str, str] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)

    def is_done(self, row: Row) -> bool:
        """Return whether a row was built as it is now: with the same values and the same text of its spec."""
        return self.done.get(row.id) == row.content()

    def next_rows(self, rows: Sequence[Row], count: int) -> list[Row]:
        """Return the next rows that are not done, in order; those that failed most often come last."""
        left = [row for row in rows if not self.is_done(row)]
        return sorted(left, key=lambda row: self.failures.get(row.id, 0))[:count]

    def record(self, name: str, content: str, *, ok: bool) -> None:
        """Record how a row ended, at once: what was done stays done if the run is killed.

        name: the row's id; content: of the row when its build began.
        """
        if ok:
            self.done[name] = content
            self.failures.pop(name, None)
        else:
            self.failures[name] = self.failures.get(name, 0) + 1
        self._write()

    def _write(self) -> None:
        names = sorted({*self.done, *self.failures})
        lines = [f"  {json.dumps(name)}: {json.dumps(self._entry(name))}" for name in names]
        text = f'{{"ledger": {VERSION}, "rows": {{\n' + ",\n".join(lines) + "\n}}\n"
        try:
            durable.write(self.path, text.encode())
        except OSError as error:
            raise UsageError(f"cannot write the ledger '{self.path}': {os_error_text(error)}") from error

    def _entry(self, name: str) -> dict[str, object]:
        entry: dict[str, object] = {}
        if name in self.done:
            entry["done"] = self.done[name]
        if name in self.failures:
            entry["failures"] = self.failures[name]
        return entry


def path_of(batch: Path) -> Path:
    """Return the path of a batch's ledger."""
    return batch.with_suffix(".ledger.json")


def read(batch: Path) -> Ledger:
    """Return a batch's ledger, an empty one if it has none. Raises UsageError for a file that is no ledger."""
    path = path_of(batch)
    try:
        raw = own_content(path, root_of(path), MAX_BYTES)
    except FileNotFoundError:
        return Ledger(path)
    except (OSError, ValueError, InputError) as error:
        raise UsageError(f"cannot read the ledger '{path}': {why_unreadable(error)}") from error
    found = _found(raw) if len(raw) <= MAX_BYTES else None
    if found is None:
        raise UsageError(f"'{path}' is no ledger of a batch", hint="restore it, or remove it: then no row is done")
    if found["ledger"] != VERSION:
        raise UsageError(f"'{path}' is of another version of vidbuild", hint="update vidbuild, or remove the file")
    rows: Mapping[str, Mapping[str, Any]] = found["rows"]
    done = {name: entry["done"] for name, entry in rows.items() if "done" in entry}
    return Ledger(path, done, {name: entry["failures"] for name, entry in rows.items() if "failures" in entry})


def _found(raw: bytes) -> Mapping[str, Any] | None:
    """Return what a ledger has; None if it is none, also after a merge that left its marks, or an edit by hand."""
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    version = data.get("ledger") if isinstance(data, dict) else None
    if not _is_count(version):
        return None
    rows = data.get("rows")
    is_ledger = version != VERSION or (isinstance(rows, dict) and all(map(_is_entry, rows.values())))
    return data if is_ledger else None


def _is_entry(entry: object) -> bool:
    if not isinstance(entry, dict):
        return False
    return isinstance(entry.get("done", ""), str) and _is_count(entry.get("failures", 0))


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
