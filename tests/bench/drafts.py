"""What a draft costs beside its video."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from . import measure
from .measure import Cost
from .table import Row

if TYPE_CHECKING:
    from .aims import Bench

TURNS = 3


def six(bench: Bench) -> Iterator[Row]:
    """The six scenes as a draft, from nothing, beside their video, from nothing and in turns."""

    def quick() -> Cost:
        bench.six.forget()
        return bench.six.build("--draft")

    drafts, videos = measure.alternately(TURNS, quick, bench.six.cold)
    wall, cpu = measure.ratio(drafts, videos)
    ours, theirs = measure.median(drafts), measure.median(videos)
    measured = f"{cpu:.2f} x ({ours.cpu:.2f} s against {theirs.cpu:.2f} s; {wall:.2f} x of the time that passed)"
    floor_text = f"{bench.start.cpu / theirs.cpu:.2f} x: Python with click"
    yield Row("draft", "at most 0.35 x the CPU time of the video", 0.35, cpu, measured, floor_text)
