"""The results of builds, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from vidbuild.frozen import dataclass, field
from vidbuild.location import Location

if TYPE_CHECKING:
    from vidbuild.api.remote_counts import RemoteCounts
    from vidbuild.diagnostic import Diagnostic
    from vidbuild.engine.runs.build_report import Status


def diagnosis(item: Diagnostic) -> dict[str, Any]:
    """Return a diagnostic as JSON values; line and column count from 1, and are 0 without a location."""
    return {
        "severity": item.severity,
        "code": item.code,
        "message": item.message,
        "file": item.path,
        "line": item.line,
        "column": item.column,
        "hint": item.hint,
        **({"log": list(item.log)} if item.log else {}),
    }


@dataclass(frozen=True, slots=True)
class OutputFile:
    """An output of a build.

    kind: as in vidbuild.plan.outputs.Output.
    loops: how often it plays, 0 for ever; None for a file that does not loop.
    encoding: of one with `max_bytes`, how it was encoded to be small enough: "way" of so many "ways", from 1 on;
        "quality" or "colors"; "rate", images a second at the most; "width" and "height".
    """

    kind: str
    path: Path
    bytes: int
    sha256: str
    loops: int | None = None
    encoding: Mapping[str, int] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values; `loops` is a number or "forever"."""
        more: dict[str, Any] = {} if self.loops is None else {"loops": self.loops or "forever"}
        if self.encoding:
            more["encoding"] = dict(self.encoding)
        return {"kind": self.kind, "path": str(self.path), "bytes": self.bytes, "sha256": self.sha256, **more}


@dataclass(frozen=True, slots=True)
class FailedStep:
    """A step that failed.

    location: of the error in the spec, if known.
    log: the last lines of the tool's log.
    command_file: a script with the command that failed, if there was one.
    fault: "step", "spec", "unreachable" or "bug".
    """

    step: str
    error: str
    hint: str | None = None
    location: Location | None = None
    log: tuple[str, ...] = ()
    command_file: Path | None = None
    fault: str = "step"


@dataclass(frozen=True, slots=True)
class Steps:
    """How the steps of a build ended.

    ran: ids, in the graph's order.
    would_run: in a dry run, the ids of the steps that would run, in the graph's order.
    cached: the number of cached steps.
    reasons: step -> why it ran, or would run.
    retried: the number of attempts that failed for a transient reason and were repeated.
    """

    total: int
    ran: tuple[str, ...] = ()
    cached: int = 0
    failed: tuple[FailedStep, ...] = ()
    aborted: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    retried: int = 0
    would_run: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the user should know and that fails nothing.

    location: in the spec, if it is about the spec.
    code: of the lint that warns, as in vidbuild/lints.json; "" in results of earlier versions.
    """

    message: str
    location: Location | None = None
    hint: str | None = None
    code: str = ""

    def to_json(self, spec: Path) -> dict[str, Any]:
        """Return it as JSON values, in the form of a spec's diagnostics."""
        return {
            "severity": "warning",
            "code": self.code,
            "message": self.message,
            **position_to_json(self.location, spec),
            "hint": self.hint,
        }


def position_to_json(location: Location | None, spec: Path) -> dict[str, Any]:
    """Return a location as JSON values; without one, the spec's file with line and column 0."""
    if location is None:
        return {"file": str(spec), "line": 0, "column": 0}
    return {"file": location.file, "line": location.line, "column": location.column}


@dataclass(frozen=True, slots=True)
class Result:
    """The result of building one spec: of its video, or of all of its videos together.

    status: "aborted" if the build was not finished, or not begun, because another spec's failed; "would-build" if it is
        the result of a dry run, and a step would run: then steps.would_run has these steps, and steps.reasons why.
    run: the id of the run, "" if there was none.
    video_seconds: the video's duration, 0 if it was not built.
    diagnostics: the errors in the spec, if the build failed because of them.
    draft: whether it is a draft, and no video to show.
    name, output, language: which of the spec's videos; of several together, and of a spec that has one, "".
    parts: the results of several videos; see `videos`.
    remote: what the run had of the remote cache, in the result of its first video; None without one.
    filename: of the video that was or would have been built, such as "talk.de.webm"; "" if it is not known.
    """

    status: Status | Literal["would-build"]
    spec: Path
    run: str
    outputs: tuple[OutputFile, ...]
    steps: Steps
    video_seconds: float
    wall_seconds: float
    warnings: tuple[Notice, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    name: str = ""
    output: str = ""
    language: str = ""
    parts: tuple[Result, ...] = ()
    remote: RemoteCounts | None = None
    draft: bool = False
    filename: str = ""

    @property
    def videos(self) -> tuple[Result, ...]:
        """The result of each video that was asked for."""
        return self.parts or (self,)

    @property
    def ok(self) -> bool:
        """Whether the outputs are those of the spec, or would be after a dry run."""
        return self.status in {"built", "up-to-date", "would-build"}

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values, as `vidbuild build --json` prints them."""
        return {
            "status": self.status,
            "spec": str(self.spec),
            "draft": self.draft,
            "run": self.run,
            "outputs": [each.to_json() for each in self.outputs],
            "steps": {
                "total": self.steps.total,
                "ran": list(self.steps.ran),
                "would_run": list(self.steps.would_run),
                "cached": self.steps.cached,
                "failed": [
                    {
                        "step": each.step,
                        "error": each.error,
                        **position_to_json(each.location, self.spec),
                        "hint": each.hint,
                    }
                    for each in self.steps.failed
                ],
                "aborted": len(self.steps.aborted),
                "retried": self.steps.retried,
            },
            "errors": [diagnosis(each) for each in self.diagnostics],
            "warnings": [each.to_json(self.spec) for each in self.warnings],
            "video_seconds": self.video_seconds,
            "wall_seconds": self.wall_seconds,
            "videos": [each.video_to_json() for each in self.videos],
            **({"remote_cache": self.remote.to_json()} if self.remote else {}),
        }

    def video_to_json(self) -> dict[str, Any]:
        """Return what a result says of its video alone, as JSON values."""
        return {
            "name": self.name,
            "output": self.output,
            "language": self.language,
            "status": self.status,
            "video_seconds": self.video_seconds,
            "outputs": [str(each.path) for each in self.outputs],
        }
