"""A generated project that is built again and again through the real command."""

from __future__ import annotations

import json
import shutil
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import cases, measure
from .cases import Case
from .counted import Counts, counted
from .measure import Cost

VIDBUILD = (sys.executable, "-m", "vidbuild")
WITHOUT = (sys.executable, str(Path(__file__).with_name("without.py")))
EVENTS = "events.jsonl"


@dataclass(slots=True)
class Project:
    """A case's spec and its cache, in a folder of their own."""

    folder: Path
    case: Case

    @classmethod
    def made(cls, folder: Path, case: Case) -> Project:
        """Written, not yet built."""
        cases.write(case, folder)
        return cls(folder, case)

    @property
    def spec(self) -> Path:
        """The spec's path."""
        return self.folder / cases.SPEC

    @property
    def video(self) -> Path:
        """The finished video."""
        return self.folder / "build" / "video.mp4"

    def cold(self) -> Cost:
        """Build with neither cache nor outputs."""
        self.forget()
        return self.build("--events", EVENTS)

    def forget(self) -> None:
        """Remove cache and outputs."""
        for name in (".vidbuild", "build"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def build(self, *args: str) -> Cost:
        """Build, whatever is there."""
        return measure.run([*VIDBUILD, "build", *args], self.folder)

    def without(self, what: str, *, cold: bool) -> Cost:
        """Build with something left out that is there for safety (see without.py)."""
        if cold:
            self.forget()
        return measure.run([*WITHOUT, what, "build"], self.folder)

    def edit(self, scene: int, times: int = 1) -> Cost:
        """Change a word of one scene, and build."""
        cases.write(cases.edited(self.case, scene, times), self.folder)
        return self.build("--events", EVENTS)

    def null(self) -> Counts:
        """Build what is up to date, and count."""
        return counted(self.folder, "build", workers=False)

    def seconds(self) -> list[tuple[str, int, float]]:
        """Of the last build that noted its events: each kind of step, how many ran, and their seconds together."""
        return seconds(self.folder / EVENTS)


@dataclass(slots=True)
class Several:
    """Specs of one project, each in a folder of its own; the cache is the project's."""

    folder: Path
    specs: Sequence[str]

    @classmethod
    def made(cls, folder: Path, several: Sequence[Case]) -> Several:
        """Written, not yet built."""
        names = [f"v{number:02}" for number in range(len(several))]
        for name, case in zip(names, several, strict=True):
            cases.write(case, folder / name)
            (folder / name / "vidbuild.toml").unlink()
        (folder / "vidbuild.toml").touch()
        return cls(folder, names)

    def together(self) -> Cost:
        """Build all from nothing in one command."""
        self._forget()
        return measure.run([*VIDBUILD, "build", *self.specs], self.folder)

    def apart(self) -> Cost:
        """Build all from nothing, a command each."""
        self._forget()
        each = [measure.run([*VIDBUILD, "build", name], self.folder) for name in self.specs]
        return Cost(sum(cost.wall for cost in each), sum(cost.cpu for cost in each), max(cost.peak for cost in each))

    def _forget(self) -> None:
        for folder in (".vidbuild", *(f"{name}/build" for name in self.specs)):
            shutil.rmtree(self.folder / folder, ignore_errors=True)


def seconds(events: Path) -> list[tuple[str, int, float]]:
    """Kind of step, how many ran, and their seconds together, from a file that `vidbuild build --events` wrote."""
    spent: dict[str, list[float]] = defaultdict(list)
    for line in events.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        if event["type"] == "step_finished":
            spent[event["step"].partition(":")[0].rpartition("/")[2]].append(event["seconds"])
    return [(kind, len(each), sum(each)) for kind, each in spent.items()]
