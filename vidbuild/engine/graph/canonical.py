"""The canonical form of JSON values: a typed, length-framed stream that is hashed or read.

One traversal (`walk`) feeds two sinks: the digest, and the lines that people read. Each line is hashed as

    <length of path>:<path><tag><length of text>:<text>

with lengths in code points and the whole in UTF-8, so what `lines` shows is exactly what `digest` hashes:
``digest(value) == digest_lines(lines(value))``. Tags: n null, b bool, i int, f float, s text, l list, m mapping;
the text of a list or mapping is the number of its entries. Mappings are walked in the order of their keys.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from typing import NamedTuple


class Line(NamedTuple):
    """One value: its path (dotted), its type's tag, and its text."""

    path: str
    tag: str
    text: str


Emit = Callable[[tuple[str, str, str]], None]


def walk(value: object, emit: Emit, path: str = "") -> None:
    """Call emit((path, tag, text)) for the value and every value in it; raise TypeError for anything but JSON.

    One tuple, so that a list's `append` can be given: a null build digests tens of thousands of values.
    """
    kind = type(value)
    if kind is str:
        emit((path, "s", value))  # type: ignore[arg-type] # a str, by its type
    elif kind is int:
        emit((path, "i", str(value)))
    elif kind is bool:
        emit((path, "b", "true" if value else "false"))
    elif value is None:
        emit((path, "n", ""))
    elif isinstance(value, float):
        emit((path, "f", _float_text(value, path)))
    elif isinstance(value, (list, tuple)):
        emit((path, "l", str(len(value))))
        for position, item in enumerate(value):
            walk(item, emit, f"{path}.{position}" if path else str(position))
    elif isinstance(value, (dict, Mapping)):  # a dict is found at once, any other mapping slowly
        emit((path, "m", str(len(value))))
        for name in _sorted_names(value, path):
            walk(value[name], emit, f"{path}.{name}" if path else name)
    else:
        raise TypeError(f"'{path}' is not a JSON value: {kind.__name__}")


def digest(value: object) -> str:
    """Return the SHA-256 of the value's canonical form, in hex."""
    return digest_lines(_walked(value))


def lines(value: object) -> list[Line]:
    """Return the lines that `digest` hashes, to be read, stored and compared."""
    return [Line(*line) for line in _walked(value)]


def _walked(value: object) -> list[tuple[str, str, str]]:
    walked: list[tuple[str, str, str]] = []
    walk(value, walked.append)
    return walked


def digest_lines(lines: Iterable[tuple[str, str, str]]) -> str:
    """Return the digest of the value that the lines are from."""
    frames = [f"{len(path)}:{path}{tag}{len(text)}:{text}" for path, tag, text in lines]
    # surrogatepass: a file name that is not UTF-8 is still a value with a digest of its own.
    return hashlib.sha256("".join(frames).encode("utf-8", "surrogatepass")).hexdigest()


def _float_text(value: float, path: str) -> str:
    if not isfinite(value):
        raise TypeError(f"'{path}' is not a JSON value: {value}")
    return float.__repr__(value)


def _sorted_names(value: Mapping[str, object], path: str) -> list[str]:
    for name in value:
        if type(name) is not str:
            raise TypeError(f"'{path}' has a key that is not text: {name!r}")
    return sorted(value)
