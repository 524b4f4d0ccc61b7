"""JSON of sources, in bounds, and values of it that may be of any type."""

from __future__ import annotations

import json
from collections.abc import Mapping

from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.json_types import Json
from vidbuild.location import Location


def load(source: Source) -> Json:
    """Return the value of a JSON file; numbers that JSON does not have are None. Raises SourceError if it is none."""
    return parse(source.text(), source.address)


def parse(text: str, address: str, line: int = 1) -> Json:
    """Return the value of a JSON text. line: of the source, where it begins."""
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        at = Location(address, error.lineno + line - 1, error.colno, error.colno)
        raise SourceError(f"no valid JSON: {error.msg[:1].lower()}{error.msg[1:]}", at) from error
    except RecursionError as error:
        raise SourceError("values are nested too deeply", Location(address, line, 1, 1)) from error
    except ValueError as error:  # a number with thousands of digits
        raise SourceError(f"no valid JSON: {error}", Location(address, line, 1, 1)) from error


def mapping(value: Json) -> Mapping[str, Json]:
    """Return a value that should be an object; an empty one for another value."""
    return value if isinstance(value, dict) else {}


def listed(value: Json) -> list[Json]:
    """Return a value that should be a list; an empty one for another value."""
    return value if isinstance(value, list) else []


def mappings(value: Json) -> list[Mapping[str, Json]]:
    """Return the objects of a value that should be a list of objects."""
    return [each for each in listed(value) if isinstance(each, dict)]
