"""What each step of a project entry was last, in a record that may be thrown away; it knows nothing of graphs.

It lets explain compare the old material with the new, gives expected times, and spares a null build the reading of
one trace per step: a row that still stands says the same as the trace it was made from.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild.engine.disk import checksummed, durable
from vidbuild.engine.graph.context import StepWarning
from vidbuild.engine.store.blobs import Blob, Signature
from vidbuild.engine.store.trace import outputs_from_data, outputs_to_data, warnings_from_data, warnings_to_data
from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """The last key of a step, and what its trace said then.

    trace: the signature of the trace file, by which a row is known to stand still.
    reason: why it last ran, in short; "" where it never did here.
    unchanged: whether its last run gave the output it had before.
    """

    key: str
    outputs: Mapping[str, Blob]
    seconds: float
    trace: Signature
    warnings: Sequence[StepWarning] = ()
    reason: str = ""
    unchanged: bool = False

    def to_data(self) -> list[Any]:
        """The row as JSON values."""
        return [
            self.key,
            outputs_to_data(self.outputs),
            self.seconds,
            list(self.trace),
            warnings_to_data(self.warnings),
            self.reason,
            self.unchanged,
        ]

    @classmethod
    def from_data(cls, data: Sequence[Any]) -> Row:
        """The inverse of to_data."""
        key, outputs, seconds, trace, warnings, reason, unchanged = data[:7]  # a newer vidbuild may say more
        return cls(
            key,
            outputs_from_data(outputs),
            seconds,
            Signature(*trace),
            warnings_from_data(warnings),
            reason,
            unchanged,
        )


class Index:
    """The rows of one project entry; rows are made from the file only when asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        data = checksummed.read(path)
        steps = data.get("steps") if isinstance(data, dict) else None
        self._raw: dict[str, Any] = steps if isinstance(steps, dict) else {}
        self._rows: dict[str, Row | None] = {}
        self._changed = False

    @staticmethod
    def location(home: Path, entry: str) -> Path:
        """Where the entry's index is, in a store's folder."""
        return home / "index" / hashlib.sha256(entry.encode("utf-8", "surrogateescape")).hexdigest()[:32]

    @property
    def empty(self) -> bool:
        """Whether nothing of the entry was ever built here."""
        return not self._raw

    def row(self, step: str) -> Row | None:
        """The step's row, or None where it was never built here."""
        if step not in self._rows:
            self._rows[step] = _row(self._raw.get(step))
        return self._rows[step]

    def put(self, step: str, row: Row) -> None:
        """Remember a step's newest state; nothing is written yet."""
        if self._rows.get(step) != row:
            self._rows[step] = row
            self._raw[step] = row.to_data()
            self._changed = True

    def save(self, entry: str, steps: Mapping[str, object]) -> str:
        """Write the rows of the steps that still are; what went wrong, "" for nothing.

        An unchanged index is only touched, to tell that it is used.
        """
        kept = {step: data for step, data in self._raw.items() if step in steps}
        if self._changed or len(kept) != len(self._raw):
            return durable.try_write(self._path, checksummed.dumps({"entry": entry, "steps": kept}))
        with contextlib.suppress(OSError):
            os.utime(self._path)
        return ""


def _row(data: Any) -> Row | None:  # noqa: ANN401 - JSON of unknown make
    try:
        return Row.from_data(data) if data is not None else None
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
