"""Build results made by hand, for tests of how they are printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from vidbuild.api.result import FailedStep, Notice, OutputFile, Result, Steps
from vidbuild.location import Location


def result(status: str = "built", spec: str = "video.yaml", **changes: Any) -> Result:
    """A build in which two of three steps ran."""
    outputs = (
        OutputFile("video", Path("build/video.mp4"), 1000, "0" * 64),
        OutputFile("captions", Path("build/video.srt"), 10, "1" * 64),
    )
    steps = Steps(3, ("render:one", "mux"), 1, reasons={"render:one": "title changed", "mux": "title changed"})
    facts: dict[str, Any] = {
        "status": status,
        "spec": Path(spec),
        "run": "r1",
        "outputs": outputs,
        "steps": steps,
        "video_seconds": 64.2,
        "wall_seconds": 1.84,
    }
    return Result(**{**facts, **changes})


def up_to_date(spec: str = "video.yaml") -> Result:
    """A build with nothing to do."""
    return result("up-to-date", spec, steps=Steps(3, (), 3), wall_seconds=0.108)


def failed(fault: str = "step", count: int = 1, **changes: Any) -> Result:
    """A build in which steps failed."""
    place = Location("video.yaml", 14, 3, 9)
    broken = tuple(
        FailedStep(
            f"render:s{index}", "ffmpeg stopped", "try again", place, ("log line",), Path("runs/r1/film.sh"), fault
        )
        for index in range(count)
    )
    return result("failed", outputs=(), steps=Steps(count + 2, (), 1, failed=broken, aborted=("mux",)), **changes)


def aborted(spec: str) -> Result:
    """A build that was not finished because another one failed."""
    return result("aborted", spec, outputs=(), steps=Steps(0), run="")


def warned(*messages: str) -> Result:
    """Return a build that succeeded with warnings."""
    place = Location("video.yaml", 3, 5, 9)
    return result(warnings=tuple(Notice(message, place, "a hint") for message in messages))


def fake(monkeypatch: pytest.MonkeyPatch, name: str, answer: Callable[..., Any]) -> list[dict[str, Any]]:
    """Replace a function of the API by an answer; return its calls, one by one."""
    calls: list[dict[str, Any]] = []

    def called(*args: Any, **kwargs: Any) -> Any:
        calls.append({"args": args, **kwargs})
        return answer(*args, **kwargs)

    monkeypatch.setattr(f"vidbuild.api.{name}", called)
    return calls


def fake_build(monkeypatch: pytest.MonkeyPatch, *results: Result) -> list[dict[str, Any]]:
    """Let `build_all` give these results."""
    answer: Sequence[Result] = list(results)
    return fake(monkeypatch, "build.build_all", lambda *_, **__: answer)
