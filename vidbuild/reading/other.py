"""Reads what is the same in every language: names of programs in camelCase and snake_case."""

from __future__ import annotations

from vidbuild.patterns import later
from vidbuild.reading.chunks import Found, Place
from vidbuild.reading.words import HOLES, Part

_NAME = later(
    r"_*[A-Za-z][A-Za-z0-9]*(?:_+[A-Za-z0-9]+)+_*(?:\(\))?\Z|[a-z]{2,}(?:[A-Z][a-z0-9]+)+(?:\(\))?\Z|\w+\(\)\Z"
)
_PARTS = later(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W_]+")


def name(place: Place) -> Found | None:
    """Read the words of a name: "get User Name" for `getUserName`, "max size" for `MAX_SIZE()`."""
    core = place.core
    if not _NAME.match(core) or any(hole in core for hole in HOLES):
        return None
    words = (match[0] for match in _PARTS.finditer(core))
    return [[Part(0, len(core), " ".join(words))]]
