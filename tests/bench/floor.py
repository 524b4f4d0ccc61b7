"""The least a case could take: the parts of frames that differ, and what it takes to compose and encode a frame.

A build encodes bands of rows, each only when something in it changes. One frame is a full background with one layer
that moves over it, converted and encoded by x264 as it comes.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vidbuild.api.engine import engine_of
from vidbuild.api.plan import plan_of, store_of
from vidbuild.engine.graph.graph import Product, Step
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.schedule.target import Target
from vidbuild.media.render.changed_frames import changed_frames
from vidbuild.media.render.drawing import Layer, Layers
from vidbuild.media.render.motion import Motion
from vidbuild.steps.render import FACTS

from . import measure

FEW, MANY = 60, 300


@dataclass(frozen=True, slots=True)
class Frame:
    """Processor seconds that one frame takes."""

    composing: float
    encoding: float

    @property
    def both(self) -> float:
        """Composed and encoded."""
        return self.composing + self.encoding


@dataclass(frozen=True, slots=True)
class Filmed:
    """One step's pictures: its motion's frames, and those among them that differ from the one before."""

    frames: int
    differing: tuple[int, ...]


def processors() -> int:
    """How many there are for us."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def filmed(spec: Path) -> list[Filmed]:
    """What the scenes of a spec that has been built show, in order; its transitions are not in it."""
    found = []
    for step, report in films(spec):
        with tempfile.TemporaryDirectory() as folder:
            layers = _drawing(step, report, Path(folder))
        motion = _motion(step, report)
        found.append(Filmed(motion.frames, changed_frames(layers, motion)))
    return found


def differing(spec: Path) -> int:
    """How many frames of a spec that has been built differ from the one before."""
    return sum(len(each.differing) for each in filmed(spec))


def coded(spec: Path) -> float:
    """How many frames of a spec that has been built are encoded: a band counts as its share of a frame's height."""
    facts = (json.loads(report.path(step.id, FACTS).read_text(encoding="utf-8")) for step, report in films(spec))
    return sum(float(each["coded"]) for each in facts)


def frame(spec: Path) -> Frame:
    """What a frame takes: the first scene's widest layer but the background, moving over that."""
    step, report = next(films(spec))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        layers = _drawing(step, report, folder)
        ground, *others = layers.layers
        mover = max(others, key=lambda layer: layer.width)
        seconds = {
            (frames, coded): measure.run(_command(folder, ground, mover, frames, coded=coded), folder).cpu
            for frames in (FEW, MANY)
            for coded in (False, True)
        }
    composing = (seconds[MANY, False] - seconds[FEW, False]) / (MANY - FEW)
    return Frame(composing, (seconds[MANY, True] - seconds[FEW, True]) / (MANY - FEW) - composing)


def _command(folder: Path, ground: Layer, mover: Layer, frames: int, *, coded: bool) -> list[str]:
    held = "loop=loop=-1:size=1,setpts=N/30/TB"
    graph = (
        f"[0:v]format=rgb24,{held}[ground];[1:v]format=rgba,{held}[mover];"
        f"[ground][mover]overlay=x={mover.x}:y='{mover.y}-mod(n,24)':format=rgb,scale=out_color_matrix=bt709,"
        "format=yuv420p[out]"
    )
    x264 = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-bf", "0", "-threads:v", "1", "-f", "h264"]
    return measure.plain(
        *("-i", str(folder / ground.file), "-i", str(folder / mover.file)),
        *("-filter_complex_threads", "1", "-filter_complex", graph, "-map", "[out]", "-frames:v", str(frames)),
        *(x264 if coded else ["-f", "null"]),
        str(folder / "out.h264") if coded else "-",
    )


def films(spec: Path) -> Iterator[tuple[Step, BuildReport]]:
    """Each step that films a scene of a spec that has been built, in order, and the report that knows its outputs."""
    store = store_of(spec, None)
    plan = plan_of(spec, store=store)
    (report,) = engine_of(store).build([Target(plan.graph, build_name=plan.entry, goals=plan.targets)])
    for step in plan.graph.steps.values():
        if step.kind == "render":
            yield step, report


def _drawing(step: Step, report: BuildReport, folder: Path) -> Layers:
    drawn = step.inputs["layers"]
    assert isinstance(drawn, Product)
    for name in report.steps[drawn.step].outputs:
        (folder / name).symlink_to(report.path(drawn.step, name))
    return Layers.read(folder)


def _motion(step: Step, report: BuildReport) -> Motion:
    made = step.inputs["motion"]
    assert isinstance(made, Product)
    file = "render.json"  # with all frames of its holds, which the step itself is without
    return Motion.from_json(report.path(made.step, file).read_text(encoding="utf-8"))
