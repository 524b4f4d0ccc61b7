"""Finds what a spec names among the names of columns, series, labels or nodes."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from vidbuild.suggest import did_you_mean

LISTED = 8  # names in a message


def index_of(name: str | int, names: Sequence[str]) -> int | None:
    """Return the index of a name, or of a number counted from 1; None if there is none.

    If no name is exactly the same, its case does not matter.
    """
    found = _bearing(name, names)
    if found:
        return found[0]
    return name - 1 if isinstance(name, int) and 0 < name <= len(names) else None


def shared(what: str, name: str | int, names: Sequence[str]) -> tuple[str, str] | None:
    """Return a message and a hint if several things have the name, so that it does not say which one is meant."""
    found = [str(index + 1) for index in _bearing(name, names)]
    if not found[1:]:
        return None
    listed = f"{', '.join(found[:-1])} and {found[-1]}"
    return f"several {what} are named '{name}': {listed}", f"use the number: {found[0]}"


def _bearing(name: str | int, names: Sequence[str]) -> list[int]:
    """Return the indexes of a name: where it is written exactly so, otherwise where it differs in case alone."""
    text = str(name).strip()
    exact = [index for index, each in enumerate(names) if each == text]
    return exact or [index for index, each in enumerate(names) if each.casefold() == text.casefold()]


def repeated(things: Iterable[Hashable]) -> int | None:
    """Return the position of the first thing that there was before; None if all differ. None is nothing."""
    seen = set()
    for nth, each in enumerate(things):
        if each is not None and each in seen:
            return nth
        seen.add(each)
    return None


def unknown(what: str, name: str, known: Sequence[str]) -> tuple[str, str | None]:
    """Return a message about a name that is not among the known ones, and a hint with the most similar one."""
    similar = did_you_mean(name, known)
    if similar or not known:
        return what, similar
    names = ", ".join(known[:LISTED])
    return (
        f"{what}: expected {'one of ' if len(known) <= LISTED else ''}{names}{', …' if len(known) > LISTED else ''}",
        None,
    )
