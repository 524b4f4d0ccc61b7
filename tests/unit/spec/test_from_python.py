"""Specs made in Python."""

from __future__ import annotations

from collections import OrderedDict
from enum import StrEnum
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

import pytest

from vidbuild.spec.from_python import document


class Size(StrEnum):
    """Text of a type of its own."""

    SMALL = "720p"


def test_plain_copies() -> None:
    """Mappings, sequences, paths and text of any type become plain data, and the original is left alone."""
    given = MappingProxyType({"a": (1, 2.5, True, None), "b": OrderedDict(c=PurePosixPath("x/y.png")), "d": Size.SMALL})
    made, problems = document(given, "v.yaml")
    assert problems == []
    assert made.data == {"a": [1, 2.5, True, None], "b": {"c": "x/y.png"}, "d": "720p"}
    assert type(made.data["d"]) is str
    made.data["a"].append(3)
    assert len(given["a"]) == 4


def test_places_are_field_names() -> None:
    """Every value's place is its path as Python would write it."""
    made, _ = document({"scenes": [{"items": ["a", {"at": 1}]}]}, "v.yaml")
    assert made.value(("scenes", 0, "items", 1, "at")).file == "scenes[0].items[1].at"
    assert made.value(("scenes", 0, "nothing")).file == "scenes[0]"
    assert made.value(()).line == 0


def cyclic() -> dict[str, Any]:
    """Data that contains itself."""
    data: dict[str, Any] = {"title": "A"}
    data["scenes"] = [data]
    return data


@pytest.mark.parametrize(
    ("data", "where", "message"),
    [
        ({"a": {1, 2}}, "a", "a spec cannot contain a value of type set"),
        ({"a": [object()]}, "a[0]", "a spec cannot contain a value of type object"),
        ({"a": b"x"}, "a", "a spec cannot contain a value of type bytes"),
        ({"a": float("nan")}, "a", "nan is not a finite number"),
        ({"a": float("-inf")}, "a", "-inf is not a finite number"),
        ({"a": {1: 2}}, "a", "a key must be text, not 1"),
        (object(), "", "a spec cannot contain a value of type object"),
        (Path, "", "a spec cannot contain a value of type type"),
    ],
)
def test_what_cannot_be_in_a_spec(data: object, where: str, message: str) -> None:
    """A value that YAML cannot express is an error at its field."""
    _, (found,) = document(data, "v.yaml")
    assert (found.path, found.message, found.file) == (where, message, "v.yaml")


def test_data_that_contains_itself() -> None:
    """Endless data ends in problems, not in a recursion error."""
    _, problems = document(cyclic(), "v.yaml")
    assert problems[0].message == "nested too deeply: the maximum is 50 levels"
