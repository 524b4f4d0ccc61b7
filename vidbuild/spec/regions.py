"""The regions of a scene's picture, code or table that its callouts point at: by their place, or by a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vidbuild.frozen import dataclass, field
from vidbuild.json_types import Json
from vidbuild.media.image.region import in_pixels, outside, written
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path
from vidbuild.suggest import nearest

Region = Mapping[str, Any]
BOX, POINT = 4, 2  # numbers of a region, and of a point
FORMS = {
    "pixels": "[x, y, width, height] in pixels or percent",
    "lines": "lines such as '4-9'",
    "cells": "a row, a column or a cell such as {row: 2, column: 3}",
}


@dataclass(frozen=True, slots=True)
class Regions:
    """What a scene's callouts can point at.

    unit: what its regions are made of (SceneType.points_at).
    extent: how far they reach (SceneType.extent).
    named: name -> region, None if it is wrong.
    used: the names that callouts use.
    """

    unit: str
    extent: tuple[int, int] | None
    collector: DiagnosticCollector
    named: dict[str, Region | None] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    @classmethod
    def of(
        cls,
        unit: str,
        extent: tuple[int, int] | None,
        named: Mapping[str, Json],
        path: Path,
        collector: DiagnosticCollector,
    ) -> Regions:
        """Read the named regions of a scene; wrong ones are errors. named: its `regions`, valid; path: theirs."""
        found = cls(unit, extent, collector)
        for name, value in named.items():
            found.named[name] = None
            found.named[name] = found.read(value, (*path, name))
        return found

    def read(self, value: Json, path: Path) -> Region | None:
        """Return a region, or None after adding an error."""
        if isinstance(value, str) and value[:1].isalpha():
            return self._by_name(value, path)
        unit = "pixels" if isinstance(value, list) else "cells" if isinstance(value, Mapping) else "lines"
        if unit != self.unit:
            message = f"not a region of this scene: expected {FORMS[self.unit]}, got {FORMS[unit].split(' such')[0]}"
            self.collector.error(path, message)
            return None
        if isinstance(value, list):
            problem = next(self._box(value), None)
        else:
            problem = next(self._cells(value) if isinstance(value, Mapping) else self._lines(value), None)
        if problem:
            self.collector.error(path, *problem)
            return None
        if unit == "lines":
            first, last = _range(value)
            return {"from": first, "to": last}
        return {"box": list(value)} if unit == "pixels" else dict(value)

    def unused(self) -> Iterator[str]:
        """Yield the names that no callout uses."""
        yield from (name for name in self.named if name not in self.used)

    def _by_name(self, name: str, path: Path) -> Region | None:
        if name in self.named:
            self.used.add(name)
            return self.named[name]
        similar = nearest(name, self.named)
        if similar is not None:
            self.used.add(similar)
        hint = f"did you mean '{similar}'?" if similar else f"add '{name}' to the scene's 'regions'"
        self.collector.error(path, f"unknown region '{name}'", hint)
        return None

    def _box(self, value: list[Json]) -> Iterator[tuple[str, str | None]]:
        """Yield what is wrong with [x, y, width, height]."""
        if len(value) != BOX:  # as a cursor, which can be a list of regions, may be written
            point = f"write {written([*value, 1, 1])}" if len(value) == POINT else None
            yield f"a region must be {FORMS['pixels']}, not {written(value)}", point
            return
        sides = [float(str(each).removesuffix("%")) for each in value]
        width, height = sides[2:]
        if 0 < max(width, height) < 1 and max(sides) <= 1 and value == sides:
            shares = f"write {written([f'{100 * side:g}%' for side in sides])}"
            yield f"region {written(value)} is smaller than a pixel: expected pixels or percent", shares
            return
        if width <= 0 or height <= 0:
            yield f"region {written(value)} is empty: its width and height must be more than 0", None
        if self.extent is None:  # of a clip, the step that draws the scene knows the size
            return
        size = self.extent
        if message := outside(value, size):
            x, y, width, height = in_pixels(value, size)
            left, top = max(0.0, x), max(0.0, y)
            right, bottom = min(float(size[0]), x + width), min(float(size[1]), y + height)
            part = written([round(each) for each in (left, top, right - left, bottom - top)])
            yield message, f"write {part}" if right - left >= 1 and bottom - top >= 1 else None

    def _lines(self, value: str | int) -> Iterator[tuple[str, str | None]]:
        first, last = _range(value)
        if first > last:
            yield f"lines '{value}' end before they start", f"write {last}-{first}"
        if self.extent is not None and (first < self.extent[0] or last > self.extent[1]):
            named = f"lines {first} to {last} are" if last > first else f"line {first} is"
            yield f"{named} outside the code that is shown, lines {self.extent[0]} to {self.extent[1]}", None

    def _cells(self, value: Mapping[str, int]) -> Iterator[tuple[str, str | None]]:
        if self.extent is None:
            return
        for name, most in zip(("column", "row"), self.extent, strict=True):
            if value.get(name, 0) > most:
                yield f"{name} {value[name]} is outside the table: it has {most} {name}s", f"write {most}"


def _range(value: str | int) -> tuple[int, int]:
    first, _, last = str(value).partition("-")
    return int(first), int(last or first)
