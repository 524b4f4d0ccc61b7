"""Data: CSV, JSON records, OpenAPI, patches and diagrams as text."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from importlib import import_module

from vidbuild.create.source.outline import Outline
from vidbuild.create.source.protocol import Source, SourceError

# Ending -> the module that reads such files.
_READERS = {
    **dict.fromkeys((".csv", ".tsv"), "csv_file"),
    **dict.fromkeys((".jsonl", ".ndjson"), "records"),
    **dict.fromkeys((".yaml", ".yml"), "openapi"),
    **dict.fromkeys((".patch", ".diff"), "patch"),
    **dict.fromkeys((".mmd", ".mermaid", ".dot", ".gv"), "diagram"),
}


class DataImporter:
    """One reader for each kind of file."""

    name = "data"
    summary = "CSV, JSON records, OpenAPI, patches, Mermaid and DOT"
    endings: Collection[str] = (*_READERS, ".json")
    network = False

    def recognizes(self, source: Source) -> bool:
        """All but JSON and YAML of other kinds; with the kind given, every file."""
        if source.kind == self.name or source.path.suffix.lower() not in {".json", ".yaml", ".yml"}:
            return True
        try:
            return _json_reader(source) != ""
        except SourceError:
            return source.path.suffix.lower() == ".json"  # to report what is wrong with it

    def read(self, source: Source) -> Outline:
        """Return tables, charts, changes and diagrams."""
        name = _READERS.get(source.path.suffix.lower()) or _json_reader(source) or "records"
        module = import_module(f"vidbuild.create.importers.data.{name}")
        read: Callable[[Source], Outline] = module.read
        return read(source)


def _json_reader(source: Source) -> str:
    """Return which module reads a JSON or YAML file; "" if none does."""
    from vidbuild.create.importers.data import openapi, records

    data = openapi.load(source)
    if isinstance(data, Mapping) and openapi.is_one(data):
        return "openapi"
    return "records" if source.path.suffix.lower() == ".json" and records.found(data) else ""
