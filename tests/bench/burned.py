"""What captions in the picture cost: a cold build with them, beside one without, as CPU time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from . import measure
from .cases import Case
from .table import Row

if TYPE_CHECKING:
    from .aims import Bench

TURNS = 3
LIMIT = 1.35
LISTS = Case(scenes=4)
MIXED = Case(scenes=6, types=("title", "list", "code", "image", "command", "number"), transition=0.4)
CLIPS = Case(scenes=2, types=("clip",))
STYLES = ("plain", "box", "karaoke")


def burn(bench: Bench) -> Iterator[Row]:
    """Lists in each style, and other scenes with each word lit."""
    cases: Mapping[str, tuple[Case, tuple[str, ...]]] = {
        "lists": (LISTS, STYLES),
        "six types": (MIXED, ("karaoke",)),
        "clips": (CLIPS, ("plain", "karaoke")),
    }
    found: dict[str, float] = {}
    for name, (case, styles) in cases.items():
        burned = [replace(case, spec={"captions": {"burn": True, "style": style}}) for style in styles]
        projects = [bench.project(f"burn-{name}-{number}", each) for number, each in enumerate([case, *burned])]
        plain, *others = measure.alternately(TURNS, *(project.cold for project in projects))
        found |= {f"{name} {style}": measure.ratio(own, plain)[1] for style, own in zip(styles, others, strict=True)}
    listed = ", ".join(f"{ratio:.2f} x {name}" for name, ratio in sorted(found.items(), key=lambda item: -item[1]))
    yield Row("burn", f"at most {LIMIT} x the same without", LIMIT, max(found.values()), listed, "1 x")


CASES = {"burn": burn}
