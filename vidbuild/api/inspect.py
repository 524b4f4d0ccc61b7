"""Inspect a video or a recording, made by vidbuild or not."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild.api.contained_call import contained_call
from vidbuild.errors import UsageError
from vidbuild.inspection import captions, chapters
from vidbuild.inspection.limits import STRICT, Limits, problems
from vidbuild.inspection.measure import measure
from vidbuild.platforms import require_posix
from vidbuild.project import TIMING_SUFFIX

__all__ = ["STRICT", "Inspection", "Limits", "inspect"]

SECONDS = 600.0
SPANS = {"black": 0.5, "frozen": 2.0, "silent": 1.0}  # the shortest that are listed, in seconds
_CAPTIONS = (".srt", ".vtt")


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file has.

    facts: see docs/inspect.md. problems: what is beyond the limits, as `limit` and `message`.
    """

    path: Path
    facts: Mapping[str, Any]
    problems: Sequence[Mapping[str, str]]

    @property
    def ok(self) -> bool:
        """Whether all is within the limits."""
        return not self.problems

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        status = "ok" if self.ok else "failed"
        return {
            "status": status,
            "path": str(self.path),
            **self.facts,
            "problems": [dict(each) for each in self.problems],
        }


def inspect(
    path: str | os.PathLike[str],
    limits: Limits | None = None,
    *,
    timing: Path | None = None,
    sidecars: Sequence[Path] = (),
    seconds: float = SECONDS,
) -> Inspection:
    """Inspect a file, in a sandboxed process.

    timing: its timing file; None for NAME.timing.json beside it, if there is one.
    sidecars: files of captions, beside NAME.srt and NAME.vtt.
    seconds: the time limit for all of it.
    Raises UsageError if it is no video or audio file, or if a file beside it is wrong.
    """
    require_posix()
    file, limits = Path(path), limits or Limits()
    _require_file(file)
    listed = [*dict.fromkeys([*sidecars, *_beside(file)])]
    timing = timing if timing is not None else _existing(file.with_name(file.stem + TIMING_SUFFIX))
    for each in (*listed, *([timing] if timing else [])):
        _require_file(each)
    request = {
        "seconds": seconds,
        "captions": list(map(str, listed)),
        "timing": str(timing) if timing else None,
        **{name: min(shortest, _limit(limits, name, shortest)) for name, shortest in SPANS.items()},
    }
    facts = contained_call(measure, file, [*listed, *([timing] if timing else [])], seconds, json.dumps(request))
    found = _with_rules(facts)
    return Inspection(file, found, problems(found, limits))


def _require_file(path: Path) -> None:
    if not path.is_file():
        raise UsageError(f"cannot read '{path}': {'is a folder' if path.is_dir() else 'no such file'}")


def _limit(limits: Limits, name: str, shortest: float) -> float:
    limit = getattr(limits, f"max_{name}")
    return shortest if limit is None else float(limit)


def _beside(file: Path) -> list[Path]:
    found = (_existing(file.with_name(file.stem + suffix)) for suffix in _CAPTIONS)
    return [each for each in found if each is not None and each != file]


def _existing(path: Path) -> Path | None:
    return path if path.is_file() else None


def _with_rules(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts with the rules that captions and chapters break, and how speech fits the timing file."""
    found = {name: value for name, value in facts.items() if name not in {"timing", "onsets"}}
    video, timing = facts["video"], facts["timing"]
    fps = video["fps"] if video else 0.0
    found["captions"] = [
        {
            "source": track["source"],
            "language": track["language"],
            "checked": track["checked"],
            "cues": len(track["cues"]),
            "problems": [each._asdict() for each in captions.problems(track["cues"], facts["duration"], fps)],
        }
        for track in facts["captions"]
    ]
    found["chapter_problems"] = chapters.problems(facts["chapters"], facts["duration"])
    found["sync"] = [_sync(each) for each in facts["onsets"]]
    found["timing_problem"] = _timing_problem(timing, facts["duration"]) if timing else None
    return found


def _sync(onset: Mapping[str, Any]) -> dict[str, Any]:
    offset = None if onset["found"] is None else round(onset["found"] - onset["expected"], 2)
    return {**onset, "offset": offset}


def _timing_problem(timing: Mapping[str, Any], duration: float) -> str | None:
    """Return how a timing file is that of another video; None if it may be this one's."""
    frame = 1 / timing["fps"] if timing["fps"] else 0.0
    if abs(timing["duration"] - duration) > frame + 0.1:
        return f"the timing file is of a video of {timing['duration']:.3f} s: this one lasts {duration:.3f} s"
    return None
