"""Three-way: what a source makes of a scene now, what it made of it last time, and what the spec has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Fields = Mapping[str, Any]
OWN = frozenset({"id", "made_from"})  # not made of the source's text


@dataclass(frozen=True, slots=True)
class Change:
    """A field that gets another value, or none (MISSING)."""

    field: str
    value: Any


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that was edited by hand, and that the source would make otherwise now. It stays as it is.

    value: what the source makes of it now; MISSING if nothing.
    """

    field: str
    value: Any


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()


def merged(base: Fields, current: Fields, new: Fields) -> Iterator[Change | Conflict]:
    """Yield what must change in a scene. base: as it was made last time; new: as it is made now.

    A scene of another type is one change: hand-edited fields of the old type have no place in it.
    """
    names = [name for name in dict.fromkeys((*new, *base)) if name not in OWN]
    if base.get("type") != new.get("type") and any(
        current.get(name) != base.get(name) for name in {*base, *current} - OWN
    ):
        yield Conflict("type", new.get("type"))
        return
    for name in names:
        before, now, written = base.get(name, MISSING), new.get(name, MISSING), current.get(name, MISSING)
        if now in (before, written):
            continue
        yield Change(name, now) if written == before else Conflict(name, now)
