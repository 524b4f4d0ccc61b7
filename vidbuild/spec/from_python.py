"""Turns a spec made in Python into a Document of plain data, whose locations are the names of the fields."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.json_types import Json
from vidbuild.location import Location
from vidbuild.spec.document import Document, Path, field_name
from vidbuild.spec.node_data import MAX_ENTRIES, MAX_KEY
from vidbuild.spec.reader import MAX_DEPTH, MAX_NODES, MAX_TEXT

MAX_PROBLEMS = 20  # data that contains itself has a problem at every level


def document(data: object, name: str) -> tuple[Document, list[Diagnostic]]:
    """Return a copy of the data as JSON values, and the problems of all other values.

    name: the spec's file name in messages.
    """
    converter = _Converter(name)
    plain = converter.plain(data, ())
    return Document(name, "", plain, converter.values, converter.values), converter.problems


class _Converter:
    def __init__(self, name: str) -> None:
        self.name = name
        self.values: dict[Path, Location] = {}
        self.problems: list[Diagnostic] = []

    def plain(self, data: object, path: Path) -> Json:
        self.values[path] = Location(field_name(path), 0, 0, 0)
        if isinstance(data, Mapping | list | tuple):
            return self._collection(data, path)
        if isinstance(data, str):
            return self._text(data, path)
        if data is None or isinstance(data, bool):
            return data
        if isinstance(data, int | float):
            return self._number(data, path)
        if isinstance(data, os.PathLike):
            return os.fsdecode(data)
        return self._problem(path, f"a spec cannot contain a value of type {type(data).__name__}")

    def _collection(self, data: Mapping[Any, Any] | list[Any] | tuple[Any, ...], path: Path) -> Json:
        if len(path) > MAX_DEPTH:
            return self._problem(path, f"nested too deeply: the maximum is {MAX_DEPTH} levels")
        if len(data) > MAX_ENTRIES:
            what = "mapping" if isinstance(data, Mapping) else "list"
            return self._problem(path, f"too many entries in one {what}: the maximum is {MAX_ENTRIES}")
        if len(self.values) > MAX_NODES:
            return self._problem(path, f"too many values: the maximum is {MAX_NODES}")
        if isinstance(data, Mapping):
            return {key: self.plain(value, (*path, key)) for key, value in data.items() if self._is_key(key, path)}
        return [self.plain(item, (*path, index)) for index, item in enumerate(data)]

    def _text(self, data: str, path: Path) -> Json:
        if len(data) > MAX_TEXT:
            return self._problem(path, f"text of {len(data)} characters: the maximum is {MAX_TEXT}")
        return str(data)

    def _number(self, data: float, path: Path) -> Json:
        if isinstance(data, float) and not math.isfinite(data):
            return self._problem(path, f"{data} is not a finite number")
        return float(data) if isinstance(data, float) else int(data)

    def _is_key(self, key: object, path: Path) -> bool:
        if not isinstance(key, str):
            self._problem(path, f"a key must be text, not {key!r}")
        elif len(key) > MAX_KEY:
            self._problem(path, f"key of {len(key)} characters: the maximum is {MAX_KEY}")
            return False
        return isinstance(key, str)

    def _problem(self, path: Path, message: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Diagnostic("error", message, self.name, self.values[path]))
