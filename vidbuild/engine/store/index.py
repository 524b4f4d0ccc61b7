"""The last result of each step under one build name, in a file that can be thrown away.

It lets explain compare the old material with the new, gives expected times, and spares a null build the reading of
one trace per step: while a trace file's signature is the same, its row can be used in its place.
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
    """The last key of a step, and what is in its trace.

    trace: the signature of the trace file; while it is the same, the row is current.
    reason: why the step last ran, in short; "" if it never ran here.
    unchanged: whether its last run reproduced its previous output.
    """

    key: str
    outputs: Mapping[str, Blob]
    seconds: float
    trace: Signature
    warnings: Sequence[StepWarning] = ()
    reason: str = ""
    unchanged: bool = False

    def to_data(self) -> list[Any]:
        """Return the row as JSON values."""
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
        """Return the inverse of to_data."""
        key, outputs, seconds, trace, warnings, reason, unchanged = data[:7]  # a newer vidbuild may write more
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
    """The rows of one build name; each is decoded when it is first used."""

    def __init__(self, path: Path) -> None:
        self._path = path
        data = checksummed.read(path)
        steps = data.get("steps") if isinstance(data, dict) else None
        self._raw: dict[str, Any] = steps if isinstance(steps, dict) else {}
        self._rows: dict[str, Row | None] = {}
        self._changed = False

    @staticmethod
    def location(home: Path, build_name: str) -> Path:
        """Return where the build name's index is in a store's folder."""
        return home / "index" / hashlib.sha256(build_name.encode("utf-8", "surrogateescape")).hexdigest()[:32]

    @property
    def empty(self) -> bool:
        """Whether nothing was ever built here under the name."""
        return not self._raw

    def row(self, step: str) -> Row | None:
        """Return the step's row, or None if it was never built here."""
        if step not in self._rows:
            self._rows[step] = _row(self._raw.get(step))
        return self._rows[step]

    def put(self, step: str, row: Row) -> None:
        """Remember a step's newest result; `save` writes it."""
        if self._rows.get(step) != row:
            self._rows[step] = row
            self._raw[step] = row.to_data()
            self._changed = True

    def save(self, build_name: str, steps: Mapping[str, object]) -> str:
        """Write the rows of the steps that still exist; return the error message, "" for none.

        An unchanged index is only touched, to mark it as used.
        """
        kept = {step: data for step, data in self._raw.items() if step in steps}
        if self._changed or len(kept) != len(self._raw):
            return durable.try_write(self._path, checksummed.dumps({"entry": build_name, "steps": kept}))
        with contextlib.suppress(OSError):
            os.utime(self._path)
        return ""


def _row(data: Any) -> Row | None:  # noqa: ANN401 - JSON of unknown form
    try:
        return Row.from_data(data) if data is not None else None
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
