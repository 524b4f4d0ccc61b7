"""Reads a batch and finds all that is wrong with it; the specs that it names are read when they are built."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from vidbuild.batches import matrix, topics
from vidbuild.batches.row import Origin, Row, id_of
from vidbuild.diagnostic import Diagnostic
from vidbuild.json_types import Json
from vidbuild.project import OUTPUT_FOLDER, name_of, root_of
from vidbuild.spec import paths, reader, schema, templates, validate, wording
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.diagnostics import SpecError, tidy
from vidbuild.spec.document import Document
from vidbuild.spec.document import Path as FieldPath
from vidbuild.spec.files import similar_file
from vidbuild.spec.own_files import own_content, why_unreadable
from vidbuild.spec.variables import lost_digits
from vidbuild.suggest import did_you_mean

DEFAULT = "batch.yaml"
MAX_BYTES = 2_000_000
CREATED = "specs"  # folder of the specs that rows create
MAX_NAME = 200  # characters, of the names of files


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that has no errors.

    path: its file.
    folder: of all outputs.
    rows: in order, at least one.
    warnings: what its author probably did not intend.
    """

    path: Path
    folder: Path
    rows: tuple[Row, ...]
    warnings: tuple[Diagnostic, ...] = ()


def read(path: Path) -> Batch:
    """Read a batch. Raises SpecError with all of its errors."""
    document, problems = _document(path)
    collector = DiagnosticCollector(document, problems)
    faults = [_with_hint(each) for each in validate.validate(document, "batch")]
    collector.diagnostics.extend(validate.diagnose(document, faults))
    batch = None if collector.has_errors else _batch(document, path, collector)
    if batch is None or collector.has_errors:
        errors = [each for each in collector.diagnostics if each.severity == "error"]
        raise SpecError(tidy(errors), {document.name: document.text})
    return replace(batch, warnings=tuple(tidy([*collector.diagnostics, *_lost_digits(document)])))


def _lost_digits(document: Document) -> Iterator[Diagnostic]:
    """Yield a warning for each number of the rows' variables that loses digits as text."""
    data: Any = document.data
    lists: list[tuple[FieldPath, Any]] = [
        *((("videos", index, "vars"), each.get("vars", {})) for index, each in enumerate(data.get("videos", ()))),
        *((("matrix", "vars", index), each) for index, each in enumerate(data.get("matrix", {}).get("vars", ()))),
    ]
    for place, values in lists:
        found = (lost_digits(document, (*place, name), value) for name, value in values.items())
        yield from (each for each in found if each is not None)


def _document(path: Path) -> tuple[Document, list[Diagnostic]]:
    """Return the document of a batch, and warnings about its YAML."""
    name = os.fspath(path)
    try:
        raw = own_content(path, root_of(path), MAX_BYTES)
    except (OSError, ValueError, paths.InputError) as error:
        hint = similar_file(path, name, (".yaml", ".yml")) if isinstance(error, FileNotFoundError) else None
        message = f"cannot read the batch: {why_unreadable(error)}"
        raise SpecError([Diagnostic("error", message, name, hint=hint)]) from error
    if len(raw) > MAX_BYTES:
        raise SpecError([Diagnostic("error", f"the batch is too large: the maximum is {MAX_BYTES} bytes", name)])
    text, problems = reader.decode(raw, name)
    document = None
    if not problems:
        document, problems = reader.read(text, name)
    if document is None or any(each.severity == "error" for each in problems):
        raise SpecError(tidy(problems), {name: text})
    return document, list(problems)


def _with_hint(fault: validate.Fault) -> validate.Fault:
    """Return a fault of an unknown field with a hint about the fields of a batch, not about those of specs."""
    if not fault.at_key or not fault.path:
        return fault
    node: Any = schema.definition("batch")
    for part in fault.path[:-1]:
        below = node.get("items", {}) if isinstance(part, int) else node.get("properties", {}).get(part, {})
        node = next((each for each in schema.branches(below) if each.get("type") in {"object", "array"}), {})
    known = [each for each in node.get("properties", ()) if each != "$schema"]
    return replace(fault, hint=did_you_mean(str(fault.path[-1]), known) or f"use {', '.join(known)}")


def _batch(document: Document, path: Path, collector: DiagnosticCollector) -> Batch | None:
    data: Mapping[str, Json] = document.data
    folder = _inside(path, data.get("output", OUTPUT_FOLDER), ("output",), collector)
    if folder is None:
        return None
    if not data.keys() & {"videos", "matrix"}:
        collector.error((), "missing 'videos' or 'matrix'", "add 'videos: [{spec: video.yaml}]'")
    for index, each in enumerate(data.get("videos", ())):
        _check_source(each, ("videos", index), collector)
    written: list[tuple[FieldPath, Mapping[str, Json]]] = [
        *((("videos", index), each) for index, each in enumerate(data.get("videos", ()))),
        *matrix.rows(data, collector),
    ]
    if collector.has_errors:
        return None
    every = ((place, each) for place, row in written for each in topics.expanded(path, place, row, collector))
    expanded = list(itertools.islice(every, matrix.MAX_ROWS + 1))
    if len(expanded) > matrix.MAX_ROWS:
        collector.error((), f"the batch has more than {matrix.MAX_ROWS} rows", "write several batches")
        return None
    rows = [row for place, each in expanded if (row := _row(path, folder, place, each, collector)) is not None]
    _check_distinct(rows, collector)
    return Batch(path, folder, tuple(rows))


def _check_source(row: Mapping[str, Json], place: FieldPath, collector: DiagnosticCollector) -> None:
    """Report a row with neither a spec nor a source of one, or with both."""
    if "spec" in row and "create" in row:
        collector.error((*place, "create"), "a row has either 'spec' or 'create'", "remove one of them", key=True)
    elif not row.keys() & {"spec", "create"}:
        collector.error(place, "missing row field 'spec'", "or 'create', with a source that a spec is written from")


def _row(
    path: Path, folder: Path, place: FieldPath, data: Mapping[str, Json], collector: DiagnosticCollector
) -> Row | None:
    """Return a row; None if it has an error."""
    own = str(data.get("id") or id_of(data))
    create = data.get("create")
    options = dict(create) if isinstance(create, Mapping) else {"from": create}
    written = str(options.pop("from"))
    origin = Origin(_source(path.parent, written), written, options) if create is not None else None
    default = f"{CREATED}/{own}.yaml"
    where = (*place, "spec") if place[0] == "videos" and origin is None else place
    file = str(data["spec"]) if origin is None else str(options.pop("into", default))
    spec = _inside(path, file, where, collector)
    template = data.get("name", collector.document.data.get("name", "{{ id }}"))
    known = {"id": own, "spec": name_of(spec or Path(own)), "brand": data.get("brand", ""), **data.get("vars", {})}
    at: FieldPath = (*place, "name") if "name" in data else (*place, "id")
    if "name" not in data and "name" in collector.document.data:
        at = ("name",)
    name = _expanded(template, known, at, collector)
    if spec is None or name is None:
        return None
    location = collector.document.value(place)
    relative = PurePosixPath(name)
    return Row(
        own,
        relative.name,
        folder / relative.parent,
        spec,
        replace(origin, options=options) if origin else None,
        data.get("brand", ""),
        data.get("vars", {}),
        tuple(data.get("languages", ())),
        tuple(data.get("outputs", ())),
        data.get("publish", collector.document.data.get("publish", "")),
        location,
    )


def _inside(path: Path, written: str, place: FieldPath, collector: DiagnosticCollector) -> Path | None:
    """Return a path of the batch as messages show it; None if it leaves the project, which is reported."""
    found = path.parent / written
    root = root_of(path)
    if Path(written).is_absolute() or not Path(os.path.normpath(found.absolute())).is_relative_to(root):
        message = f"'{written}' is outside the project '{root.name}'"
        collector.error(place, message, "use a path inside the project")
        return None
    return found


def _source(folder: Path, written: str) -> str:
    """Return a source as seen from the current folder: KIND:SOURCE, or a file relative to the batch."""
    kind, colon, rest = written.partition(":")
    if (folder / written).exists():
        return os.fspath(folder / written)
    return f"{kind}:{folder / rest}" if colon and rest and (folder / rest).exists() else written


def _expanded(text: str, variables: Mapping[str, Any], place: FieldPath, collector: DiagnosticCollector) -> str | None:
    """Return the name of a row's files; None if it is none, which is reported."""
    try:
        name = templates.expand(text, variables)
    except templates.TemplateProblemError as error:
        for problem in error.problems:
            hint = problem.hint
            if problem.message.endswith(" is not defined") and not (hint or "").startswith("did you"):
                hint = "add it to 'vars' of every row"
            collector.error(place, problem.message, hint, token=problem.token, nth=problem.nth)
        return None
    parts = name.split("/")
    if any(part.strip(". ") == "" or not part.isprintable() for part in parts) or len(name) > MAX_NAME:
        message = f"'{wording.short(name)}' cannot be the name of files"
        message += f": it has {len(name)} characters" if len(name) > MAX_NAME else ""
        collector.error(place, message, f"use at most {MAX_NAME} characters, with '/' between folders")
        return None
    return name


def _check_distinct(rows: list[Row], collector: DiagnosticCollector) -> None:
    """Report rows with one id, with one output, or that create one spec from different sources."""
    created = [row for row in rows if row.origin is not None]
    checks: Sequence[tuple[list[Row], Callable[[Row], str], str, str]] = (
        (rows, lambda row: row.id, "have the same id '{}'", "give one of them another 'id'"),
        (created, lambda row: os.fspath(row.spec), "create '{}' from different sources", "change 'into'"),
    )
    for among, key, message, hint in checks:
        first: dict[str, Row] = {}
        for row in among:
            value = key(row)
            other = first.setdefault(value.casefold(), row)
            if other is not row and not (among is created and other.origin == row.origin):
                text = f"the rows in {_lines(other, row)} {message.format(value)}"
                collector.diagnostics.append(Diagnostic("error", text, row.location.file, row.location, hint))
        if collector.has_errors:
            return
    _check_files(rows, collector)


def _check_files(rows: list[Row], collector: DiagnosticCollector) -> None:
    """Report rows whose files have one name, unless they are of other languages or outputs, which names have too."""
    named: dict[str, list[Row]] = {}
    for row in rows:
        value = os.fspath(row.folder / row.name)
        others = named.setdefault(value.casefold(), [])
        other = next((each for each in others if _may_overlap(each, row)), None)
        if other is not None:
            text = f"the rows in {_lines(other, row)} write the same files '{value}'"
            item = Diagnostic("error", text, row.location.file, row.location, "use '{{ id }}' in 'name'")
            collector.diagnostics.append(item)
        others.append(row)


def _may_overlap(first: Row, second: Row) -> bool:
    """Return whether two rows of one name can have a video in common, as far as the batch shows that."""
    if first.spec != second.spec:
        return True  # a spec with one video has neither in its files' names
    pairs = ((first.languages, second.languages), (first.outputs, second.outputs))
    return all(not one or not other or bool({*one} & {*other}) for one, other in pairs)


def _lines(*rows: Row) -> str:
    lines = [str(each.location.line) for each in rows]
    return f"lines {' and '.join(lines)}" if len(set(lines)) > 1 else f"line {lines[0]}"
