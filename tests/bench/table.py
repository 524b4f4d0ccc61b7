"""Rows of figures beside their aims, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEAD = ("case", "aim", "measured", "verdict", "physical floor")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure and its target. measured: the figure as printed; floor: the least it could be."""

    case: str
    aim: str
    limit: float
    value: float
    measured: str
    floor: str

    @property
    def verdict(self) -> str:
        """Whether the aim is met, or by how much it is missed."""
        if self.value <= self.limit:
            return "met"
        return f"missed by {self.value / self.limit - 1:.0%}" if self.limit else f"missed by {self.value:g}"


def of_rows(rows: Iterable[Row]) -> str:
    """The table of aims."""
    return _table(HEAD, [(row.case, row.aim, row.measured, row.verdict, row.floor) for row in rows])


def of_kinds(seconds: Sequence[tuple[str, int, float]]) -> str:
    """The table of (kind of step, how many, seconds), the dearest first."""
    whole = sum(each for _, _, each in seconds) or 1.0
    dearest = sorted(seconds, key=lambda item: -item[2])
    cells = [(kind, str(count), f"{each:.2f}", f"{each / whole:.0%}") for kind, count, each in dearest]
    return _table(("step", "ran", "seconds in workers", "share"), cells)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    lines = [head, ["-" * width for width in widths], *rows]
    return "".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |\n"
        for line in lines
    )
