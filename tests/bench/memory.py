"""The largest process of a build of each type of scene: in the usual size, and in the largest at the highest rate.

`python -m tests.bench memory` for all of them; `python -m tests.bench memory 2160p60 chart diff` for some.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from . import measure
from .cases import TYPES, Case
from .project import Project
from .table import Row

MEGA = 1_000_000
SIZES: Mapping[str, tuple[str, int, int]] = {"1080p30": ("1080p", 30, 280), "2160p60": ("2160p", 60, 600)}
"""Name -> the size, the frames per second, and how many MB a process may have."""

ALL = (*((kind,) for kind in TYPES), ("image", "clip"))
TRANSITION = 0.4


def rows(folder: Path, sizes: Sequence[str] = tuple(SIZES), types: Sequence[tuple[str, ...]] = ALL) -> Iterator[Row]:
    """Build two scenes of each type with a fade between them from nothing, and yield the largest process of all."""
    for name in sizes:
        size, fps, most = SIZES[name]
        peaks: dict[str, int] = {}
        for each in types:
            case = Case(scenes=2, types=each, size=size, fps=fps, transition=TRANSITION)
            project = Project.made(folder / f"memory-{name}-{'-'.join(each)}", case)
            peaks[" and ".join(each)] = project.cold().peak
            project.forget()
        peak, least = max(peaks.values()), _plain(folder, fps, size)
        listed = ", ".join(
            f"{kind} {bytes_ / MEGA:.0f}" for kind, bytes_ in sorted(peaks.items(), key=lambda item: -item[1])
        )
        measured = f"{peak / MEGA:.0f} MB ({listed})"
        floor = f"{least / MEGA:.0f} MB: plain ffmpeg, one thread"
        yield Row(f"memory: {name}", f"at most {most} MB in any process", most * MEGA, peak, measured, floor)


def _plain(folder: Path, fps: int, size: str) -> int:
    """Return the peak of plain ffmpeg that encodes a blank video."""
    pixels = {"1080p": "1920x1080", "2160p": "3840x2160"}[size]
    blank = ("-f", "lavfi", "-i", f"color=black:s={pixels}:r={fps}:d=2", "-pix_fmt", "yuv420p")
    coder = ("-c:v", "libx264", "-preset", "veryfast", "-threads", "1", "-f", "null", "-")
    return measure.run(measure.plain(*blank, *coder), folder).peak
