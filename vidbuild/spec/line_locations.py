"""Where the lines of a scene's texts begin, for messages of steps that name a line and a column: "body:3:14".

The location of "body:" is that of the text's first character. It is known if the text is a file, or stands in the spec
as it is: in a literal block (`|`), or plainly in one line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vidbuild.location import Location
from vidbuild.spec import scene_problems, schema
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Document, Path


def of_scene(kind: str, fields: Mapping[str, Any], path: Path, collector: DiagnosticCollector) -> dict[str, Location]:
    """Return field -> the location of its text's beginning, for the fields whose lines steps name.

    fields: the scene's own, with the texts of its files.
    """
    return dict(_origins(kind, fields, path, collector))


def _origins(
    kind: str, fields: Mapping[str, Any], path: Path, collector: DiagnosticCollector
) -> Iterator[tuple[str, Location]]:
    for name, node in schema.definition(f"scene_{kind}")["properties"].items():
        if node.get("x-lines") and name in fields:
            source = scene_problems.file_field(kind, name, fields)
            if source:
                yield f"{name}:", _start(scene_problems.shown_name((*path, source), collector))
            elif (origin := _in_spec(fields[name], (*path, name), collector.document)) is not None:
                yield f"{name}:", origin
        if "x-path" in node.get("items", {}):
            for index in range(len(fields[name])):
                yield f"{name}.{index}:", _start(scene_problems.shown_name((*path, name, index), collector))


def _start(file: str) -> Location:
    return Location(file, 1, 1, 2)


def _in_spec(text: str, path: Path, document: Document) -> Location | None:
    """Return where a text begins in the spec; None if its lines are written otherwise there."""
    span = document.spans.get(path)
    if span is None:
        return None
    written = document.text[span.start : span.end]
    if not written.startswith("|"):
        at = span.start + (written[:1] in ("'", '"'))
        return document.range(at, at + 1) if document.text.startswith(text, at) and "\n" not in text else None
    _, _, block = written.partition("\n")
    lines, shown = block.split("\n"), text.split("\n")
    indents = {len(line) - len(own) for line, own in zip(lines, shown, strict=False) if own and line.endswith(own)}
    if len(indents) != 1:
        return None
    first = document.range(span.start, span.start + 1)
    column = indents.pop() + 1
    return Location(first.file, first.line + 1, column, column + 1)
