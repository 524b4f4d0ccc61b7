"""Measures builds of this checkout beside those of another one, such as a `git worktree` of an older commit, in turns.

`python -m tests.bench against PATH [CASE...]`. Each side has projects and caches of its own, with the same specs.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tests.support.paths import ROOT

from . import cases, measure
from .cases import Case
from .measure import BenchError, Cost
from .project import VIDBUILD
from .table import Row

SIX, SIXTY, THOUSAND = Case(), Case(scenes=60), Case(scenes=1000)
SMALL_THOUSAND = replace(THOUSAND, size="160x90", fps=24, seconds=0.5, reveals=2, narrated=False)
QUICKSTART = ROOT / "examples" / "quickstart"
MB = 1_000_000
FEW, EDITS, NULLS = 3, 7, 9
_TITLE = re.compile(r"^  title: .*$", re.MULTILINE)  # of a scene
_OUTPUT = re.compile(r"^output: .*$", re.MULTILINE)


@dataclass
class Side:
    """One checkout, and the projects that are built with it.

    folder: where the projects are. turns: how often a spec was edited, by its name.
    """

    checkout: Path
    folder: Path

    def __post_init__(self) -> None:
        """See that it is a checkout."""
        if not (self.checkout / "vidbuild" / "__init__.py").is_file():
            raise BenchError(f"'{self.checkout}' is no checkout of vidbuild")
        self._cases: dict[str, Case] = {}

    def build(self, name: str, *args: str) -> Cost:
        """Run `vidbuild build` in a project."""
        command = ["env", f"PYTHONPATH={self.checkout}", *VIDBUILD, "build", *args]
        return measure.run(command, self.folder / name)

    def made(self, name: str, case: Case) -> None:
        """Make a project of a case, not yet built."""
        if name not in self._cases:
            self._cases[name] = case
            cases.write(case, self.folder / name)

    def copied(self, name: str, source: Path, **output: str) -> None:
        """Make a project of an example, with other fields of `output`."""
        target = self.folder / name
        if not target.exists():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("build", ".vidbuild"))
            (target / "vidbuild.toml").touch()
            spec = target / cases.SPEC
            if output:
                fields = ", ".join(f"{field}: {value}" for field, value in output.items())
                spec.write_text(_OUTPUT.sub(f"output: {{{fields}}}", spec.read_text("utf-8")), "utf-8")

    def cold(self, name: str, *args: str) -> Cost:
        """Build with neither cache nor outputs."""
        for each in (".vidbuild", "build"):
            shutil.rmtree(self.folder / name / each, ignore_errors=True)
        return self.build(name, *args)

    def word(self, name: str, number: int, *args: str) -> Cost:
        """Change a word of a scene's narration, and build."""
        self._cases[name] = cases.edited(self._cases[name], number)
        cases.write(self._cases[name], self.folder / name)
        return self.build(name, *args)

    def title(self, name: str, number: int) -> Cost:
        """Change the first title of the spec, and build."""
        spec = self.folder / name / cases.SPEC
        spec.write_text(_TITLE.sub(f"  title: Another title, {number}", spec.read_text("utf-8"), count=1), "utf-8")
        return self.build(name)


@dataclass(frozen=True)
class Comparison:
    """A case: what is done before, what is measured in turns and how often, and the ratio that is aimed at.

    by: the figure of a Cost that is compared.
    """

    aim: float
    turns: int
    prepare: Callable[[Side], object]
    run: Callable[[Side, int], Cost]
    by: str = "cpu"


def _built(name: str, case: Case, side: Side) -> None:
    side.made(name, case)
    if not (side.folder / name / "build").exists():
        side.build(name)
    side.build(name)
    side.build(name)  # a null build may leave a record for the next ones


def _quickstart(name: str, side: Side, **output: str) -> None:
    side.copied(name, QUICKSTART, **output)
    for _ in range(3):
        side.build(name)


def _planned(side: Side) -> None:
    side.made("planned", THOUSAND)
    side.build("planned", "--dry-run")


COMPARISONS: Mapping[str, Comparison] = {
    "null, quickstart": Comparison(
        0.55, NULLS, partial(_quickstart, "quickstart"), lambda side, _: side.build("quickstart")
    ),
    "null, 60 scenes": Comparison(0.55, NULLS, partial(_built, "sixty", SIXTY), lambda side, _: side.build("sixty")),
    "null, 1,000 scenes": Comparison(
        0.6, NULLS, partial(_built, "thousand", SMALL_THOUSAND), lambda side, _: side.build("thousand")
    ),
    "a word of 60 scenes": Comparison(
        0.5, EDITS, partial(_built, "sixty", SIXTY), lambda side, turn: side.word("sixty", 7 * turn)
    ),
    "a title of 60 scenes": Comparison(
        0.5, EDITS, partial(_built, "titles", SIXTY), lambda side, turn: side.title("titles", turn)
    ),
    "planning 1,000 scenes": Comparison(0.7, EDITS, _planned, lambda side, _: side.cold("planned", "--dry-run")),
    "planning after an edit": Comparison(
        0.25, EDITS, _planned, lambda side, turn: side.word("planned", 7 * turn, "--dry-run")
    ),
    "cold, six lists": Comparison(
        1.0, FEW, lambda side: side.made("six", SIX), lambda side, _: side.cold("six"), "wall"
    ),
    "cold, 2160p60 quickstart": Comparison(
        0.6,
        FEW,
        lambda side: side.copied("large", QUICKSTART, size="2160p", fps="60"),
        lambda side, _: side.cold("large"),
        "wall",
    ),
}


def rows(folder: Path, checkout: Path, names: Sequence[str]) -> Iterator[Row]:
    """Measure the named cases, or all. Raises BenchError for a name that there is not."""
    unknown = [name for name in names if name not in COMPARISONS]
    if unknown:
        raise BenchError(f"there is no case '{unknown[0]}': {', '.join(COMPARISONS)}")
    before, now = (Side(each, folder / name) for name, each in (("before", checkout.resolve()), ("now", ROOT)))
    for name in names or COMPARISONS:
        comparison = COMPARISONS[name]
        for side in (before, now):
            comparison.prepare(side)
        turns: list[tuple[Cost, Cost]] = []
        for turn in range(comparison.turns):
            first, second = (before, now) if turn % 2 else (now, before)
            found = {side.folder.name: comparison.run(side, turn) for side in (first, second)}
            turns.append((found["now"], found["before"]))
        yield _row(name, comparison, [now for now, _ in turns], [before for _, before in turns])


def _row(name: str, comparison: Comparison, ours: Sequence[Cost], theirs: Sequence[Cost]) -> Row:
    wall, cpu = measure.ratio(ours, theirs)
    now, before = measure.median(ours), measure.median(theirs)
    measured = (
        f"{wall:.2f} x of time ({now.wall:.3f} s against {before.wall:.3f} s), "
        f"{cpu:.2f} x of CPU time ({now.cpu:.3f} s against {before.cpu:.3f} s), "
        f"{now.peak / MB:.0f} MB against {before.peak / MB:.0f} MB"
    )
    value = cpu if comparison.by == "cpu" else wall
    what = "CPU time" if comparison.by == "cpu" else "time"
    return Row(name, f"at most {comparison.aim:g} x of {what}", comparison.aim, value, measured, "")
