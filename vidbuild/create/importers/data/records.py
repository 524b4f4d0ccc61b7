"""JSON records: a list of objects, alone or in an object, and JSON Lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vidbuild.create.importers.data import summary
from vidbuild.create.importers.data.csv_file import MAX_COLUMNS, MAX_ROWS
from vidbuild.create.source import json_text
from vidbuild.create.source.outline import Omission, Outline
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.json_types import Json
from vidbuild.location import Location

Record = Mapping[str, Any]


def read(source: Source) -> Outline:
    """Return the records as a table, and charts of what is worth one."""
    text = source.text()
    records = found(_value(text, source))
    if not records:
        expected = "expected a list of objects, alone or in one object"
        raise SourceError(f"the file has no records: {expected}", Location(source.address, 1, 1, 1))
    if len(records) > MAX_ROWS:
        message = f"the file has {len(records)} records: the maximum is {MAX_ROWS}"
        raise SourceError(message, Location(source.address, 1, 1, 1))
    flat = [_flat(each) for each in records]
    names = list(dict.fromkeys(name for each in flat for name in each))
    if len(names) > MAX_COLUMNS:
        message = f"the records have {len(names)} fields: the maximum is {MAX_COLUMNS}"
        raise SourceError(message, Location(source.address, 1, 1, 1))
    # A list is no cell.
    nested = [name for name in names if any(isinstance(each.get(name), list) for each in flat)]
    kept = [name for name in names if name not in nested]
    if not kept:
        raise SourceError("the records have no field with a text or number", Location(source.address, 1, 1, 1))
    rows = [[_cell(each.get(name)) for name in kept] for each in flat]
    outline = summary.outline(kept, rows, text, source)
    omissions = tuple(Omission(f"the field '{name}', which has lists") for name in nested)
    return Outline(outline.title, outline.sections, omissions=omissions)


def found(data: Json) -> Sequence[Record]:
    """Return the records of a value; none if it has none."""
    if isinstance(data, dict):
        lists = [value for value in data.values() if isinstance(value, list) and found(value)]
        return found(lists[0]) if len(lists) == 1 else []
    is_records = isinstance(data, list) and data and all(isinstance(each, dict) and each for each in data)
    return data if is_records else []


def _value(text: str, source: Source) -> Json:
    if source.path.suffix.lower() == ".json":
        return json_text.parse(text, source.address)
    lines = [(nth, line) for nth, line in enumerate(text.split("\n"), 1) if line.strip()]
    return [json_text.parse(line, source.address, nth) for nth, line in lines]


def _flat(record: Record) -> dict[str, Any]:
    """Return a record with the fields of the objects in it, named "object.field"."""
    flat: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{key}": each if not isinstance(each, dict) else [each] for key, each in value.items()}
        else:
            flat[name] = value
    return flat


def _cell(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(str(value).split())
