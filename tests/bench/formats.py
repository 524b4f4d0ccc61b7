"""What other formats than MP4 cost: from nothing, and after an edit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from . import measure
from .cases import Case, edited
from .measure import Cost
from .table import Row

if TYPE_CHECKING:
    from .aims import Bench

LOOPING = Case(
    scenes=12,
    types=("title", "list", "command"),
    seconds=9.0,
    reveals=3,
    transition=0.4,
    output={"format": "webp", "fps": 15, "width": 800, "max_bytes": "20MB"},
)
VIDEO = Case(types=("title", "list", "command"), seconds=9.0, reveals=3, transition=0.4)
EDITS = (1, 5, 9)
TURNS = 2


def webp(bench: Bench) -> Iterator[Row]:
    """One word of one scene in twelve changed, of an animated WebP."""
    project = bench.project("webp", LOOPING)
    whole, costs = project.cold(), []
    for scene in EDITS:
        costs.append(project.edit(scene))
        project.case = edited(project.case, scene)
    found = measure.median(costs)
    share = found.wall / whole.wall
    measured = f"1/{1 / share:.0f} ({found.wall:.2f} s of {whole.wall:.1f} s)"
    yield Row("webp", "at most 1/5 of the cold build", 1 / 5, share, measured, "1/12")


def webm(bench: Bench) -> Iterator[Row]:
    """A WebM from nothing, and after one word of one scene changed, beside the MP4, in turns, in CPU time."""
    mp4, other = bench.project("mp4", VIDEO), bench.project("webm", replace(VIDEO, output={"format": "webm"}))
    webms, mp4s = measure.alternately(TURNS, other.cold, mp4.cold)
    _, ratio = measure.ratio(webms, mp4s)
    ours, theirs = measure.median(webms), measure.median(mp4s)
    measured = f"{ratio:.2f} x ({ours.cpu:.1f} s against {theirs.cpu:.1f} s)"
    yield Row("webm", "at most 3.5 x the CPU time of the MP4", 3.5, ratio, measured, "1 x: the MP4")
    costs: tuple[list[Cost], list[Cost]] = ([], [])
    for scene in EDITS[:2]:
        for project, found in zip((other, mp4), costs, strict=True):
            found.append(project.edit(scene))
            project.case = edited(project.case, scene)
    one, two = map(measure.median, costs)
    share = one.cpu / ours.cpu
    measured = f"1/{1 / share:.1f} of the cold build ({one.cpu:.1f} s; the MP4 {two.cpu:.1f} s)"
    yield Row("webm-edit", "at most 2/5 of its cold build's CPU time", 0.4, share, measured, "1/6, and two transitions")
