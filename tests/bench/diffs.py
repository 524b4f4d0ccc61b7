"""What it costs to compare two builds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.media.ffmpeg import ffmpeg

from . import measure
from .cases import edited
from .project import VIDBUILD
from .table import Row

if TYPE_CHECKING:
    from .aims import Bench

TURNS = 5


def sixty(bench: Bench) -> Iterator[Row]:
    """Two builds of sixty scenes, of which one has changed, are compared."""
    project, _ = bench.sixty
    outputs = project.folder / "build"
    before = bench.folder / "sixty-before"
    shutil.copytree(outputs, before)
    project.edit(project.case.scenes // 2)
    project.case = edited(project.case, project.case.scenes // 2)
    command = [*VIDBUILD, "diff", str(before), str(outputs)]
    found = measure.median([measure.run(command, project.folder) for _ in range(TURNS)])
    listing = ("-i", str(project.video), "-map", "0", "-c", "copy", "-f", "framehash", str(bench.folder / "hashes"))
    least = measure.run(measure.plain(*listing), bench.folder)
    measured = f"{found.cpu:.2f} s ({found.wall:.2f} s passed)"
    aim = "under 2 s of CPU time"
    yield Row("diff", aim, 2.0, found.cpu, measured, f"{2 * least.cpu:.2f} s: ffmpeg reads both videos")
    runs = _ffmpeg_runs(bench.folder, project.folder, command)
    encoded = sum("libx264" in run for run in runs)
    yield Row("diff", "0 videos encoded", 0, encoded, f"{encoded}, in {len(runs)} runs of ffmpeg", "0")


def _ffmpeg_runs(place: Path, folder: Path, command: Sequence[str]) -> list[str]:
    """Run a command in a folder, and return the command lines of ffmpeg in it. place: for a program that notes them."""
    program, notes = place / "ffmpeg", place / "runs"
    program.write_text(f'#!/bin/sh\necho "$*" >>"{notes}"\nexec "{ffmpeg.executable()}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    notes.touch()
    measure.run(["env", f"VIDBUILD_FFMPEG={program}", "VIDBUILD_SANDBOX=off", *command], folder)
    return notes.read_text(encoding="utf-8").splitlines()
