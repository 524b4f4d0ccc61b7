"""How the rows of a batch ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild.api.result import diagnosis
from vidbuild.diagnostic import Diagnostic

OK = frozenset({"built", "up-to-date", "would-build"})


@dataclass(frozen=True, slots=True)
class RowResult:
    """How one row ended.

    status: as that of a build's result; "aborted" if it was not reached.
    files: the videos, of which a row can have several.
    video_seconds: of all its videos together, 0 if they were not built.
    errors: what failed, in the words that its build has for it.
    urls: where its videos were sent.
    unsent: why its videos could not be sent, as the fault of a step; "" if they were, or need not be.
    hints: what can be done about the errors, each once.
    """

    id: str
    spec: Path
    status: str
    files: tuple[Path, ...] = ()
    run: str = ""
    video_seconds: float = 0.0
    seconds: float = 0.0
    errors: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    unsent: str = ""
    hints: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether its videos are there, or would be after a dry run."""
        return self.status in OK

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "id": self.id,
            "spec": str(self.spec),
            "status": self.status,
            "files": [str(each) for each in self.files],
            "run": self.run,
            "video_seconds": self.video_seconds,
            "seconds": self.seconds,
            "errors": list(self.errors),
            "urls": list(self.urls),
            "hints": list(self.hints),
        }


@dataclass(frozen=True, slots=True)
class BatchResult:
    """How a batch ended.

    batch: its file.
    results: of the rows that were asked for, in order.
    total_seconds: from the start to the end.
    was_cancelled: whether rows were not built or sent because the run was cancelled.
    warnings: about the batch's file, and where its videos are sent.
    """

    batch: Path
    results: tuple[RowResult, ...]
    total_seconds: float
    was_cancelled: bool = False
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def success_count(self) -> int:
        """How many rows are done."""
        return sum(each.ok for each in self.results)

    @property
    def failure_count(self) -> int:
        """How many rows are not done."""
        return len(self.results) - self.success_count

    @property
    def success_rate(self) -> float:
        """The share of rows that are done, from 0 to 1; 1 without rows."""
        return self.success_count / len(self.results) if self.results else 1.0

    @property
    def ok(self) -> bool:
        """Whether all rows are done."""
        return not self.failure_count

    def to_json(self) -> Mapping[str, Any]:
        """Return it as JSON values, as `vidbuild batch --json` prints them and `batch.json` keeps them."""
        return {
            "batch": str(self.batch),
            "success_count": self.success_count,
            "failure_count": self.failure_count,
            "success_rate": round(self.success_rate, 4),
            "total_seconds": self.total_seconds,
            "cancelled": self.was_cancelled,
            "results": [each.to_json() for each in self.results],
            "warnings": [diagnosis(each) for each in self.warnings],
        }
