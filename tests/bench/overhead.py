"""What the engine itself takes for a step."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from . import measure
from .measure import Cost
from .table import Row

TURNS = 3
NOOPS = (10, 510)
NOOP = Path(__file__).with_name("noops.py")


def rows(folder: Path) -> Iterator[Row]:
    """What a step that does nothing costs, driver and worker together, beside one file that is made to stay."""
    few, many, kept = measure.alternately(
        TURNS, *(partial(_noops, folder, count) for count in NOOPS)
    ) + measure.alternately(TURNS, partial(_kept, folder))
    more = NOOPS[1] - NOOPS[0]
    wall = (measure.median(many).wall - measure.median(few).wall) / more
    cpu = (measure.median(many).cpu - measure.median(few).cpu) / more
    measured = f"{wall * 1e3:.1f} ms per step, {1 / wall:.0f} steps per second (CPU time {cpu * 1e3:.1f} ms)"
    least = measure.median(kept).wall / NOOPS[1]
    floor_text = f"{least * 1e3:.1f} ms: writing one file durably"
    yield Row("overhead", "under 10 ms per step that does nothing", 0.01, wall, measured, floor_text)


def _noops(folder: Path, count: int) -> Cost:
    """Build so many steps that do nothing."""
    place = folder / "noops"
    shutil.rmtree(place, ignore_errors=True)
    return measure.run([sys.executable, str(NOOP), str(count), str(place)], folder)


def _kept(folder: Path) -> Cost:
    """Write as many files and wait for each to be on the disk, as plainly as can be."""
    place = folder / "kept"
    place.mkdir(exist_ok=True)
    writing = (
        "import os, sys\nfolder = os.open('kept', os.O_RDONLY)\n"
        "for n in range(int(sys.argv[1])):\n"
        "    with open(f'kept/{n}.temp', 'wb') as file:\n"
        "        file.write(b'made'); file.flush(); os.fsync(file.fileno())\n"
        "    os.replace(f'kept/{n}.temp', f'kept/{n}'); os.fsync(folder)\n"
    )
    return measure.run([sys.executable, "-c", writing, str(NOOPS[1])], folder)
