"""A name for JSON values, which type checkers know only as Any, and how those of any type are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# None, a bool, a number, a text, or a list of JSON values or a dict of them by name.
Json = Any


def mapping(value: Json) -> Mapping[str, Json]:
    """Return a value that should be an object; an empty one for another value."""
    return value if isinstance(value, dict) else {}


def listed(value: Json) -> list[Json]:
    """Return a value that should be a list; an empty one for another value."""
    return value if isinstance(value, list) else []


def mappings(value: Json) -> list[Mapping[str, Json]]:
    """Return the objects of a value that should be a list of objects."""
    return [each for each in listed(value) if isinstance(each, dict)]
