"""The chart scene. Layers: heading, axes; part-i-past and part-i for each series, label or slice; mark-k; caption."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vidbuild import inline
from vidbuild.model import Scene
from vidbuild.scenes.chart import checks, data, plot
from vidbuild.scenes.csv_text import CsvError
from vidbuild.scenes.defaults import SceneDefaults, rising, texts
from vidbuild.scenes.named import index_of
from vidbuild.scenes.protocol import Reveal, SceneProblem

_ENTER = {"bar": "wipe", "stacked": "wipe", "line": "draw", "area": "draw", "pie": "fade", "donut": "fade"}


class ChartScene(SceneDefaults):
    """A chart in the theme's colors, whose series or labels appear one by one, and whose values are called out."""

    name = "chart"
    modules = ("common", "marks", "axes", "round")
    summary = "bars, lines, areas, a pie or a donut, from the spec or a CSV file, revealed series by series"
    follows_language = True
    spec_fields: Mapping[str, str] = {
        "file_labels": "file",
        "file_series": "file",
        "labels.*.text": "labels.*",
        "ticks": "axis",
        "axis_title": "axis.title",
        "by": "reveal",
        "points": "series",
        "slices": "labels",
        "marks": "highlight",
    }

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Require numbers from one source, no more than can be read, and names that the chart has."""
        sources = [name for name in ("series", "values", "data") if fields.get(name)]
        if not sources:
            yield SceneProblem("", "a chart scene needs 'series', 'values' or 'file'")
            return
        if len(sources) > 1 or (fields.get("data") is not None and fields["labels"]):
            names = [
                name if name != "data" else "file" for name in (*sources, *(["labels"] if fields["labels"] else []))
            ]
            yield SceneProblem(names[0], f"'{names[-1]}' and '{names[0]}' cannot both be given", "remove one of them")
            return
        problem = next(checks.columns(fields), None)
        if problem:
            yield problem
            return
        try:
            read = data.read(fields)
        except CsvError as error:
            yield SceneProblem("data", error.message, error.hint, error.span)
            return
        yield from checks.problems(fields, read)

    def lint(self, scene: Scene) -> Iterator[SceneProblem]:
        """Warn of fields that have no effect."""
        fields = scene.fields
        unused = {
            "horizontal": fields["horizontal"] and fields["kind"] not in {"bar", "stacked"},
            "axis": fields["axis"] and fields["kind"] in data.ROUND,
            "columns": fields["columns"] and fields.get("data") is None,
        }
        for name, is_unused in unused.items():
            if is_unused:
                where = "without a 'file'" if name == "columns" else f"on a {fields['kind']} chart"
                yield SceneProblem(name, f"'{name}' has no effect {where}", code="VB325")

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return the visible content as JSON values: see plot.drawing."""
        fields = scene.fields
        return {**texts(fields, "title", "caption"), **plot.drawing(fields, data.read(fields))}

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the axes come with everything that has no reveal of its own."""
        later = {layer for reveal in _parts(scene) for layer in reveal.enter}
        shown = [f"part-{index}" for index in _units(scene) if f"part-{index}" not in later]
        axes = [] if scene.fields["kind"] in data.ROUND else ["axes"]
        return {
            **rising(scene.fields, {"heading": "title"}),
            **dict.fromkeys((*axes, *shown), "fade"),
            **rising(scene.fields, {"caption": "caption"}),
        }

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Reveal series or labels, the current one the most prominent; then let the others step back for a value."""
        read = data.read(scene.fields)
        parts = _parts(scene)
        marks = []
        units = list(_units(scene))
        pasts = {layer for reveal in parts for layer in reveal.enter if layer.endswith("-past")}
        for index, item in enumerate(scene.fields["highlight"]):
            name = f"mark-{index}"
            dimmed = {f"part-{unit}-past": "cut" for unit in units if f"part-{unit}-past" not in pasts}
            marks.append(
                Reveal(
                    f"highlight.{index}",
                    item.get("at"),
                    inline.plain(_words(item, read)),
                    {**(dimmed if index == 0 else {}), name: "fade"},
                    leave=tuple(f"part-{unit}" for unit in units if _stays(unit, parts)) if index == 0 else (),
                    until_next=(name,),
                )
            )
        return [*parts, *marks]


def _stays(unit: int, parts: list[Reveal]) -> bool:
    """Return whether the prominent look of a unit is visible until a highlight, as no reveal takes its place."""
    return all(f"part-{unit}" not in reveal.until_next for reveal in parts)


def _units(scene: Scene) -> range:
    read = data.read(scene.fields)
    if scene.fields["kind"] in data.ROUND:
        return range(sum(1 for _ in plot.slices(read)))
    return range(len(read.labels if data.is_by_label(scene.fields) else read.series))


def _parts(scene: Scene) -> list[Reveal]:
    """Return the reveals of series or labels."""
    fields, read = scene.fields, data.read(scene.fields)
    reveal = fields["reveal"]
    if reveal == "none":
        return []
    by_label = data.is_by_label(fields)
    names = read.labels if by_label else [each.name for each in read.series]
    drawn = [label for *_, label in plot.slices(read)] if fields["kind"] in data.ROUND else list(range(len(names)))
    if isinstance(reveal, str):
        listed: list[tuple[str, Mapping[str, Any], int]] = [("reveal", {}, index) for index in drawn]
    else:
        listed = [
            (f"reveal.{nth}", item, index)
            for nth, item in enumerate(reveal)
            if (index := index_of(item["label" if by_label else "series"], names)) is not None
        ]
    made = []
    for field, item, index in listed:
        part = f"part-{drawn.index(index)}"
        enter = {part: _ENTER[fields["kind"]], f"{part}-past": "under"}
        made.append(Reveal(field, item.get("at"), inline.plain(names[index]), enter, until_next=(part,)))
    return made


def _words(item: Mapping[str, Any], read: data.Data) -> str:
    label = index_of(item["label"], read.labels)
    return read.labels[label] if label is not None else ""


SCENE = ChartScene()
