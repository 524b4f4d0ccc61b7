"""What the steps and the driver of a real build take, for the simulation: measured, and kept in step_costs.json."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vidbuild.api.plan import plan_of, store_of
from vidbuild.engine.runs.event_reader import event_of
from vidbuild.engine.runs.events import StepFinished

from . import cases
from .cases import Case
from .project import Project

COSTS = Path(__file__).with_name("step_costs.json")
CASE = Case(scenes=7, types=("title", "list", "image", "code", "command"), size="720p", seconds=7.0, reveals=3)
DRIVEN = (1, 4)  # videos whose driver is measured
DRIVER = """\
import resource, vidbuild
assert vidbuild.batch().ok
print(resource.getrusage(resource.RUSAGE_SELF).ru_utime + resource.getrusage(resource.RUSAGE_THREAD).ru_stime)
"""


@dataclass(frozen=True, slots=True)
class Costs:
    """What was measured of one video.

    seconds: step -> in its worker; needs: step -> steps whose outputs it reads; files: step -> outputs.
    driver: seconds of processor that the driver takes for a step, its share of reading and planning included. Of the
        threads that write records, only Python's own time counts: while they wait for the disk, the driver goes on.
    """

    seconds: Mapping[str, float]
    needs: Mapping[str, Sequence[str]]
    files: Mapping[str, int]
    driver: float

    def ranks(self) -> dict[str, float]:
        """Step -> seconds until the end of its video, which decides what goes first."""
        after: dict[str, list[str]] = {step: [] for step in self.seconds}
        for step, needed in self.needs.items():
            for each in needed:
                after[each].append(step)
        found: dict[str, float] = {}

        def rank(step: str) -> float:
            if step not in found:
                found[step] = self.seconds[step] + max(map(rank, after[step]), default=0.0)
            return found[step]

        return {step: rank(step) for step in self.seconds}


def load(path: Path = COSTS) -> Costs:
    """Read what was measured."""
    return Costs(**json.loads(path.read_text(encoding="utf-8")))


def measured() -> Costs:
    """Build a video from nothing with one job, and several in a batch; return what the steps and the driver take.

    On a busy machine a step takes longer than its own processor time, so all are scaled to what was used together.
    """
    with tempfile.TemporaryDirectory(prefix="vidbuild-simulate-") as folder:
        project = Project.made(Path(folder) / "video", CASE)
        project.forget()
        cost = project.build("--events", "events.jsonl", "--jobs", "1")
        lines = (project.folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
        ended = [event for event in map(event_of, map(json.loads, lines)) if isinstance(event, StepFinished)]
        store = store_of(project.spec, None)
        graph = plan_of(project.spec, store=store).graph
        traces = {event.step: store.trace(event.key) for event in ended}
        used = min(1.0, cost.cpu / sum(event.seconds for event in ended))
        seconds = {event.step: round(used * event.seconds, 4) for event in ended}
        return Costs(
            seconds,
            {step: sorted({*graph.steps[step].needs()} & seconds.keys()) for step in seconds},
            {step: len(trace.outputs) if trace else 1 for step, trace in traces.items()},
            round(_driver_seconds(Path(folder), len(seconds)), 5),
        )


def _driver_seconds(folder: Path, steps: int) -> float:
    """Return what the driver alone takes for a step of a batch: reading, planning, keys, records and outputs."""
    used = []
    for count in DRIVEN:
        place = folder / f"driven-{count}"
        for number in range(count):
            cases.write(replace(CASE, first=number * CASE.scenes), place)
            (place / cases.SPEC).rename(place / f"v{number}.yaml")
        rows = "".join(f"  - {{spec: v{number}.yaml}}\n" for number in range(count))
        (place / "batch.yaml").write_text(f"batch: 1\nvideos:\n{rows}", encoding="utf-8")
        done = subprocess.run([sys.executable, "-c", DRIVER], cwd=place, check=True, capture_output=True, text=True)
        used.append(float(done.stdout.split()[-1]))
    return (used[1] - used[0]) / (DRIVEN[1] - DRIVEN[0]) / steps
