"""Lets references to labels of charts and tables follow the translations of these labels.

`highlight: [{label: Monday}]` names a label as it is written in the spec's first language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vidbuild.json_types import Json
from vidbuild.spec import narration
from vidbuild.spec.translatable import tags

LABELS = ("columns", "labels", "rows", "series")  # fields with the labels
REFERRING = ("callouts", "highlight", "reveal")  # fields with references
KEYS = frozenset({"column", "label", "row", "series"})  # of a reference, by which it names a label
NAMES = ("text", "name")  # fields of a label that is a mapping
SIDES = ("left", "right")
TYPES = frozenset({"chart", "table"})


def follow(written: Json, scene: Json, first: str) -> None:
    """Replace the references in a scene to labels that have been translated.

    written: the scene in all languages. scene: the same in one, which is changed. first: the spec's first language.
    """
    if not isinstance(written, Mapping) or not isinstance(scene, dict):
        return
    for side in SIDES:
        if isinstance(scene.get(side), dict):
            follow(written.get(side), scene[side], first)
    if scene.get("type") not in TYPES:
        return
    renamed: dict[str, str] = {}
    for field in LABELS:
        for old, new in _pairs(written.get(field), scene.get(field), first):
            renamed.setdefault(old, new)
    for field in REFERRING:
        _rename(scene.get(field), renamed)


def _pairs(written: Json, made: Json, first: str) -> Iterator[tuple[str, str]]:
    """Yield each label in the first language, and in the other."""
    for old, new in zip(_items(written), _items(made), strict=False):
        before, after = _in_first(_name(old), first), _name(new)
        if isinstance(before, str) and isinstance(after, str):
            yield before, after


def _items(value: Json) -> list[Any]:
    """Return the labels of a field; of a row, its first cell."""
    items = value if isinstance(value, list) else []
    return [each[0] if isinstance(each, list) and each else each for each in items]


def _name(item: Json) -> Json:
    if isinstance(item, Mapping):
        return next((item[name] for name in NAMES if name in item), item)
    return item


def _in_first(value: Json, first: str) -> Json:
    """Return a text in the first language, if it is a mapping from language to text."""
    if not isinstance(value, Mapping):
        return value
    key = narration.lookup(first, tags(value))
    return None if key is None else value[key]


def _rename(value: Json, renamed: Mapping[str, str]) -> None:
    if isinstance(value, list):
        for each in value:
            _rename(each, renamed)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key in KEYS and isinstance(each, str):
                value[key] = renamed.get(each, each)
            else:
                _rename(each, renamed)
