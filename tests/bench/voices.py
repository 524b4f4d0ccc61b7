"""What the natural voice costs beside espeak, which loads nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tests.support.paths import ROOT

from . import measure
from .cases import Case
from .measure import Cost
from .project import VIDBUILD, Project
from .table import Row

if TYPE_CHECKING:
    from .aims import Bench

NATURAL, ESPEAK = "natural:heart", "espeak:en-us"
TURNS = 3
QUICKSTART = ROOT / "examples" / "quickstart" / "video.yaml"
SIXTY = Case(scenes=60, size="640x360", fps=24, seconds=14.0)


def quickstart(bench: Bench) -> Iterator[Row]:
    """The example of the quickstart from nothing, with the natural voice and with espeak."""
    ours, theirs = measure.alternately(TURNS, *(partial(_cold, bench, voice) for voice in (NATURAL, ESPEAK)))
    wall, cpu = measure.ratio(ours, theirs)
    natural, espeak = measure.median(ours), measure.median(theirs)
    measured = f"{wall:.2f} x ({natural.wall:.2f} s against {espeak.wall:.2f} s; CPU time {cpu:.2f} x)"
    yield Row("voice: cold", "at most 1.35 x the same with espeak", 1.35, wall, measured, "1")
    peak = natural.peak / 1e6
    yield Row(
        "voice: memory", "under 350 MB in any process", 350, peak, f"{peak:.0f} MB", f"{espeak.peak / 1e6:.0f} MB"
    )


def _cold(bench: Bench, voice: str) -> Cost:
    folder = bench.folder / f"quickstart-{voice.partition(':')[0]}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "vidbuild.toml").touch()
    (folder / "video.yaml").write_text(f"{QUICKSTART.read_text(encoding='utf-8')}voice: {voice}\n", encoding="utf-8")
    return measure.run([*VIDBUILD, "build"], folder)


def edit(bench: Bench) -> Iterator[Row]:
    """One word of one scene in sixty changed, the model not loaded, with both voices."""
    projects = [_built(bench, voice) for voice in (NATURAL, ESPEAK)]
    ours, theirs = (
        measure.median([project.edit(scene, 1) for scene in range(0, SIXTY.scenes, SIXTY.scenes // TURNS)])
        for project in projects
    )
    more = ours.wall - theirs.wall
    measured = (
        f"{more:.2f} s ({ours.wall:.2f} s against {theirs.wall:.2f} s; CPU time {ours.cpu - theirs.cpu:.2f} s more)"
    )
    yield Row("voice: edit", "at most 1.0 s over espeak", 1.0, more, measured, "0 s")


def _built(bench: Bench, voice: str) -> Project:
    project = bench.project(f"sixty-{voice.partition(':')[0]}", replace(SIXTY, voice=voice))
    project.cold()
    return project
