"""What other formats than MP4 cost after an edit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from . import measure
from .cases import Case, edited
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
EDITS = (1, 5, 9)


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
