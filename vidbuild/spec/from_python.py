"""A spec made in Python -> Document: plain data whose places are the fields' names; it knows nothing of specs."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.location import Location
from vidbuild.spec.document import Document, Path, field_name
from vidbuild.spec.reader import MAX_DEPTH, MAX_ENTRIES, MAX_KEY, MAX_NODES, MAX_TEXT


def document(data: object, name: str) -> tuple[Document, list[Diagnostic]]:
    """A copy of the data in which there is nothing but mappings, lists, text, numbers, truth values and None."""
    maker = _Maker(name)
    plain = maker.plain(data, ())
    return Document(name, "", plain, maker.values, maker.values), maker.problems


class _Maker:
    def __init__(self, name: str) -> None:
        self.name = name
        self.values: dict[Path, Location] = {}
        self.problems: list[Diagnostic] = []

    def plain(self, data: object, path: Path) -> Any:  # noqa: ANN401 - any value of a spec
        self.values[path] = Location(field_name(path), 0, 0, 0)
        if isinstance(data, Mapping | list | tuple):
            return self._collection(data, path)
        if isinstance(data, str):
            long = len(data) > MAX_TEXT
            return self._wrong(path, f"a text of {len(data)} characters, more than {MAX_TEXT}") if long else str(data)
        if data is None or isinstance(data, bool):
            return data
        if isinstance(data, int | float):
            return self._number(data, path)
        if isinstance(data, os.PathLike):
            return os.fsdecode(data)
        return self._wrong(path, f"a {type(data).__name__} cannot be in a spec")

    def _collection(self, data: Mapping[Any, Any] | list[Any] | tuple[Any, ...], path: Path) -> Any:  # noqa: ANN401 - data made by anybody
        if len(path) > MAX_DEPTH:
            return self._wrong(path, f"nested more than {MAX_DEPTH} deep")
        if len(data) > MAX_ENTRIES:
            what = "mapping" if isinstance(data, Mapping) else "list"
            return self._wrong(path, f"a {what} of more than {MAX_ENTRIES} entries")
        if len(self.values) > MAX_NODES:
            return self._wrong(path, f"more than {MAX_NODES} values")
        if isinstance(data, Mapping):
            return {key: self.plain(value, (*path, key)) for key, value in data.items() if self._is_key(key, path)}
        return [self.plain(item, (*path, index)) for index, item in enumerate(data)]

    def _number(self, data: float, path: Path) -> Any:  # noqa: ANN401 - data made by anybody
        if isinstance(data, float) and not math.isfinite(data):
            return self._wrong(path, f"{data} is not a number that can be used")
        return float(data) if isinstance(data, float) else int(data)

    def _is_key(self, key: object, path: Path) -> bool:
        if not isinstance(key, str):
            self._wrong(path, f"a key must be text, not {key!r}")
        elif len(key) > MAX_KEY:
            self._wrong(path, f"a key of {len(key)} characters, more than {MAX_KEY}")
            return False
        return isinstance(key, str)

    def _wrong(self, path: Path, message: str) -> None:
        if len(self.problems) < 20:  # noqa: PLR2004 - what contains itself has a problem at every level
            self.problems.append(Diagnostic("error", message, self.name, self.values[path]))
