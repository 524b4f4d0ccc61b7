"""JSON of sources, in bounds."""

from __future__ import annotations

import json

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
