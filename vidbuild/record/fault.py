"""The error of a recording."""

from __future__ import annotations

from collections.abc import Sequence


class RecordError(Exception):
    """Commands that cannot be recorded.

    field: the scene's field that the message is about ("commands.1").
    log: the last lines that were printed.
    """

    def __init__(self, field: str, message: str, hint: str | None = None, log: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.field, self.message, self.hint, self.log = field, message, hint, tuple(log)
