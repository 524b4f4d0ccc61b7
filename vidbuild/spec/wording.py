"""What messages about a spec call fields, values and limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vidbuild.json_types import Json
from vidbuild.spec.describe import written
from vidbuild.spec.document import Path

KINDS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}
BOUNDS = {"minimum": "at least", "maximum": "at most", "exclusiveMinimum": "more than", "exclusiveMaximum": "under"}
_COUNTED = {"minLength": "characters", "minItems": "entries", "minProperties": "fields"}
MAX_SHOWN = 60  # characters of a value in a message


def limits(validator: str, limit: Json, value: Json) -> str:
    """Return what is wrong with a value that breaks a rule of the schema."""
    if validator in {"minLength", "minItems", "minProperties"}:
        return (
            "must not be empty" if limit == 1 else f"must have at least {limit} {_COUNTED[validator]}, not {len(value)}"
        )
    if validator == "maxLength":
        return f"must be at most {limit} characters long, not {len(value)}"
    if validator == "maxItems":
        return f"can have at most {limit} entries, not {len(value)}"
    return f"must be {BOUNDS.get(validator, validator)} {limit:g}, not {value:g}"


def name(path: Path) -> str:
    """Return what a message calls the value at a path: its key, or its number in a list."""
    if not path:
        return "the top level"
    if isinstance(path[-1], int):
        of = f" of {name(path[:-1])}" if len(path) > 1 else ""
        return f"entry {path[-1] + 1}{of}"
    return f"'{short(path[-1])}'"


def found(value: object) -> str:
    """Return the end of a message: the value that was found instead of the expected one."""
    if value is None:
        return ", but it is empty"
    if isinstance(value, bool):
        return f", not {str(value).lower()}"
    if isinstance(value, Mapping):
        return ", not a mapping"
    if isinstance(value, list):
        return ", not a list"
    return f", not '{short(value)}'" if isinstance(value, str) else f", not {value}"


def brief(value: Json) -> str:
    """Return a value as YAML in one line; "" if it is long."""
    return written(value) if len(str(value)) <= MAX_SHOWN else ""


def short(value: str) -> str:
    """Return a text in one line, shortened."""
    line = " ".join(value.split())
    return line if len(line) <= MAX_SHOWN else line[: MAX_SHOWN - 1] + "…"


def either(values: Sequence[object]) -> str:
    """Return values joined with 'or'."""
    *most, last = (text if any(map(str.isalnum, text)) else f"'{text}'" for text in map(str, values))
    return f"{', '.join(most)} or {last}" if most else last
