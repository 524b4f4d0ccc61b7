"""What a build, a check or an explanation gives back, as plain values; it knows nothing of how they came about."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.frozen import dataclass, field
from vidbuild.location import Location

if TYPE_CHECKING:
    from vidbuild.diagnostic import Diagnostic


def diagnosis(item: Diagnostic) -> dict[str, Any]:
    """A diagnostic as JSON values; line and column count from 1, 0 where there are none."""
    return {
        "severity": item.severity,
        "message": item.message,
        "file": item.path,
        "line": item.line,
        "column": item.column,
        "hint": item.hint,
    }


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file a build left beside the spec. kind: "video", "captions", "report" (page and timings) or "poster"."""

    kind: str
    path: Path
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class FailedStep:
    """A step that failed, with what is needed to mend it. fault: "step", "spec", "unreachable" or "bug"."""

    step: str
    error: str
    hint: str | None = None
    place: Location | None = None
    log: tuple[str, ...] = ()
    command_file: Path | None = None
    fault: str = "step"


@dataclass(frozen=True, slots=True)
class Steps:
    """What became of a build's steps. ran is in the graph's order; reasons tells why each of them ran.

    retried: attempts that failed of what may pass and were repeated.
    """

    total: int
    ran: tuple[str, ...] = ()
    cached: int = 0
    failed: tuple[FailedStep, ...] = ()
    aborted: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    retried: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell the user that stops nothing. place: where in the spec, if it is about a place there."""

    message: str
    place: Location | None = None
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One spec's build. status: "built", "up-to-date", "failed" or "cancelled".

    In a dry run status is "built" where something would run, steps.ran is what would and steps.reasons says why.
    diagnostics: what is wrong with the spec, if that is why it failed; video_seconds is 0 where nothing was made.
    """

    status: str
    spec: Path
    run: str
    outputs: tuple[OutputFile, ...]
    steps: Steps
    video_seconds: float
    wall_seconds: float
    warnings: tuple[Notice, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the outputs are what the spec says."""
        return self.status in {"built", "up-to-date"}

    def to_json(self) -> dict[str, Any]:
        """As `vidbuild build --json` prints it."""
        return {
            "status": self.status,
            "spec": str(self.spec),
            "run": self.run,
            "outputs": [
                {"kind": each.kind, "path": str(each.path), "bytes": each.bytes, "sha256": each.sha256}
                for each in self.outputs
            ],
            "steps": {
                "total": self.steps.total,
                "ran": list(self.steps.ran),
                "cached": self.steps.cached,
                "failed": [{"step": each.step, "error": each.error} for each in self.steps.failed],
                "aborted": len(self.steps.aborted),
                "retried": self.steps.retried,
            },
            "errors": [diagnosis(each) for each in self.diagnostics],
            "video_seconds": self.video_seconds,
            "wall_seconds": self.wall_seconds,
        }
