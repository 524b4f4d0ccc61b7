"""What it costs to send steps through a Dask cluster on this machine, beside the pool of processes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from . import measure
from .cases import Case
from .measure import Cost
from .project import Project
from .table import Row

if TYPE_CHECKING:
    from .aims import Bench

TURNS = 3
JOBS = "2"
SCENES = 24


def dask(bench: Bench) -> Iterator[Row]:
    """Builds from nothing by two processes of a cluster beside two of the pool, in turns; the cluster starts each time.

    The aim is for a build of some length: a cluster takes some two seconds of CPU time to start and to end.
    """
    yield from _against_local("dask", bench.project("dask", Case(scenes=SCENES)), 1.15)


def _against_local(name: str, project: Project, aim: float) -> Iterator[Row]:
    def cold(*options: str) -> Cost:
        project.forget()
        return project.build("-j", JOBS, *options)

    through, local = measure.alternately(TURNS, lambda: cold("--executor", "dask"), cold)
    wall, cpu = measure.ratio(through, local)
    ours, theirs = measure.median(through), measure.median(local)
    measured = f"{cpu:.2f} x ({ours.cpu:.1f} s against {theirs.cpu:.1f} s; {wall:.2f} x of the time that passed)"
    more = f"{ours.cpu - theirs.cpu:.1f} s more for {project.case.scenes} scenes"
    yield Row(name, f"at most {aim} x the CPU time of -j {JOBS}", aim, cpu, measured, more)
