"""The rows of a batch that are done, in a file beside the batch that can be committed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vidbuild.batches.row import Row
from vidbuild.engine.disk import durable
from vidbuild.errors import UsageError, os_error_text
from vidbuild.json_types import mapping

VERSION = 1


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
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["ledger"] != VERSION:
            raise UsageError(f"'{path}' is of another version of vidbuild", hint="update vidbuild, or remove the file")
        rows: Mapping[str, object] = data["rows"]
        entries = {name: mapping(entry) for name, entry in rows.items()}
        done = {name: str(entry["done"]) for name, entry in entries.items() if "done" in entry}
        failures = {name: int(entry["failures"]) for name, entry in entries.items() if "failures" in entry}
    except FileNotFoundError:
        return Ledger(path)
    except OSError as error:
        raise UsageError(f"cannot read the ledger '{path}': {os_error_text(error)}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "restore it, or remove it: then no row is done"
        raise UsageError(f"'{path}' is no ledger of a batch", hint=hint) from error
    return Ledger(path, done, failures)
