"""Locates the problems that scene types report: in the spec, or in the file that a scene takes a text from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from vidbuild.diagnostic import Diagnostic, Severity
from vidbuild.location import Location
from vidbuild.scenes.protocol import SceneProblem
from vidbuild.spec import schema, switched_off
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Document, Path
from vidbuild.spec.value_hints import value_of

OF_PLUGIN = "VB499"  # the code of the warnings of a plug-in's scene type that have none


def report(
    problems: Iterable[SceneProblem],
    scene: tuple[Path, str, Mapping[str, Any]],
    collector: DiagnosticCollector,
    severity: Severity,
) -> None:
    """Add the problems of a scene to the diagnostics.

    scene: its path, its type and its own fields, with the texts of its files.
    """
    path, kind, fields = scene
    for problem in problems:
        parts = (int(part) if part.isdigit() else part for part in (problem.field or "id").split("."))
        location = _location((*path, *parts), problem, kind, fields, collector)
        code = (problem.code or OF_PLUGIN) if severity == "warning" else ""
        if code and code in switched_off.codes(collector.document.data, int(path[1])):
            continue  # here, since it can be in another file than the scene
        item = Diagnostic(severity, problem.message, collector.document.name, location, hint=problem.hint, code=code)
        collector.diagnostics.append(item)


def shown_name(path: Path, collector: DiagnosticCollector) -> str:
    """Return the name in diagnostics of the file that the field at a path names."""
    written = value_of(collector.document.data, path)
    return os.path.normpath(collector.document.folder(path) / str(written))


def _location(
    path: Path, problem: SceneProblem, kind: str, fields: Mapping[str, Any], collector: DiagnosticCollector
) -> Location:
    document = collector.document
    source = file_field(kind, problem.field, fields)
    if problem.span is None:
        return document.value((*path[:2], source) if source else path)
    start, end = problem.span
    text = fields[problem.field]
    if source:
        return Document(shown_name((*path[:2], source), collector), text, None).range(start, end)
    token = text[start:end].split("\n", maxsplit=1)[0]
    return document.token(path, token, _occurrences(token, text, start))


def file_field(kind: str, name: str, fields: Mapping[str, Any]) -> str | None:
    """Return the field that names the file from which a field has its text; None if the spec has the text."""
    source: str
    for source, node in schema.definition(f"scene_{kind}")["properties"].items():
        if name and node.get("x-path", {}).get("into") == name and source in fields:
            return source
    return None


def _occurrences(token: str, text: str, before: int) -> int:
    """Count how often a token begins in a text before an offset."""
    return sum(text.startswith(token, at) for at in range(before)) if token else 0
