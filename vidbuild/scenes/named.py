"""Finds what a spec names among the names of columns, series, labels or nodes."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from vidbuild.suggest import did_you_mean

LISTED = 8  # names in a message


def index_of(name: str | int, names: Sequence[str]) -> int | None:
    """Return the index of a name, or of a number counted from 1; None if there is none.

    If no name is exactly the same, its case does not matter.
    """
    text = str(name).strip()
    for known, wanted in ((names, text), ([each.casefold() for each in names], text.casefold())):
        if wanted in known:
            return known.index(wanted)
    return name - 1 if isinstance(name, int) and 0 < name <= len(names) else None


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
