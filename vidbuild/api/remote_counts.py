"""What a run had of the remote cache, as plain values."""

from __future__ import annotations

from typing import Any

from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class RemoteCounts:
    """What a run had of the shared cache.

    hits, misses: results that were fetched, and steps for which there was none.
    rejected: results that were not used: wrongly signed, or with other bytes.
    written: results that were added; kept: results of others that were there first.
    is_read_only: whether nothing was to be written.
    trouble: why it was not used, or not to the end; "" without trouble.
    """

    hits: int = 0
    misses: int = 0
    rejected: int = 0
    written: int = 0
    kept: int = 0
    is_read_only: bool = True
    trouble: str = ""

    @property
    def is_used(self) -> bool:
        """Whether anything was asked for or written."""
        return any((self.hits, self.misses, self.rejected, self.written, self.kept))

    def line(self) -> str:
        """Return what happened, in one line."""
        wrote = "0 written (read-only)" if self.is_read_only else f"{self.written} written"
        there = f", {self.kept} there before" if self.kept else ""
        hits = f"{self.hits} hit{'' if self.hits == 1 else 's'}"
        return f"remote cache: {hits}, {self.misses} missed, {self.rejected} rejected, {wrote}{there}"

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "hits": self.hits,
            "misses": self.misses,
            "rejected": self.rejected,
            "written": self.written,
            "kept": self.kept,
            "read_only": self.is_read_only,
            "trouble": self.trouble or None,
        }
