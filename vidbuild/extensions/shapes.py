"""Whether what a plug-in returns has the types that vidbuild's classes declare for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import lru_cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints


def misfit(value: object, expected: Any, place: str = "") -> str | None:  # noqa: ANN401 - any type of a field
    """Return where a value, or one in it, has another type than expected, and which; None if none has.

    expected: a class whose fields have types, or the type of a field. A list may stand for a tuple.
    """
    options = get_args(expected) if isinstance(expected, UnionType) else (expected,)
    kind = next((each for each in options if _is_of(value, get_origin(each) or each)), None)
    where = f"{place.lstrip('.')}: " if place else ""
    if kind is None:
        names = " or ".join(getattr(each, "__name__", str(each)) for each in options)
        return f"{where}expected {names}, got {type(value).__name__}"
    if isinstance(value, str):
        return None if value.isascii() or _can_be_encoded(value) else f"{where}half of a surrogate pair in a text"
    return next(filter(None, (misfit(each, part, f"{place}{name}") for name, each, part in _parts(value, kind))), None)


def _is_of(value: object, kind: type) -> bool:
    if kind in {tuple, Sequence}:
        return isinstance(value, list | tuple)
    return isinstance(value, int | float if kind is float else kind)


def _parts(value: object, kind: Any) -> Iterator[tuple[str, object, Any]]:  # noqa: ANN401 - as above
    """Yield the place, the value and the expected type of each entry or field."""
    if isinstance(value, list | tuple):
        every = get_args(kind)
        same = len(every) == 1 or every[-1] is Ellipsis
        for index, each in enumerate(value):
            yield f"[{index}]", each, every[0 if same else min(index, len(every) - 1)]
        return
    for name, hint in _fields(kind).items():
        yield f".{name}", getattr(value, name), hint


@lru_cache(maxsize=64)
def _fields(kind: type) -> Mapping[str, Any]:
    if not kind.__module__.startswith("vidbuild.") or not is_dataclass(kind):
        return {}
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind)}


def _can_be_encoded(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
