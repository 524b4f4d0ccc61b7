"""What the commands must print, and what is typed then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vidbuild.record.settle import printed


class Dialog:
    """The expectations of a scene. Each looks only at what is printed after the one before it was met.

    met: how many of them are met.
    """

    def __init__(self, entries: Sequence[str | Mapping[str, Any]]) -> None:
        self._entries = [{"text": entry} if isinstance(entry, str) else entry for entry in entries]
        self.met = 0
        self._since = ""  # what was printed since the last one was met

    @property
    def pending(self) -> tuple[int, str] | None:
        """The index and text of the expectation that is to be met next; None once all are met."""
        return (self.met, self._entries[self.met]["text"]) if self.met < len(self._entries) else None

    def read(self, output: str) -> None:
        """Add what was printed, control sequences included."""
        if self.pending is not None:
            self._since += output

    def answer(self) -> str | None:
        """Return the next line to type; None if none is due."""
        while self.pending is not None:
            wanted = " ".join(self.pending[1].split())
            _, found, after = printed(self._since).partition(wanted)
            if not found:
                return None
            self._since = after
            self.met += 1
            if "send" in self._entries[self.met - 1]:
                self._since = ""  # the program waits: what it printed before is on the screen already
                return str(self._entries[self.met - 1]["send"])
        return None
