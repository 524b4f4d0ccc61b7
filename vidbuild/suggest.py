"""Suggests the known names that a misspelt one most probably stands for."""

from __future__ import annotations

from collections.abc import Iterable

# Names come from specs, which strangers write: these bounds keep the comparison quick.
MAX_COMPARED = 100  # known names, those with the most pairs of letters in common
MAX_LENGTH = 40  # characters of each name


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the most similar known name, whatever its case; None if none is similar."""
    return next(iter(nearest_names(name, known, 1)), None)


def nearest_names(name: str, known: Iterable[str], count: int, cutoff: float = 0.6) -> list[str]:
    """Return the most similar known names, the most similar first.

    count: how many at most.
    cutoff: the least similarity, from 0 to 1.
    """
    from difflib import get_close_matches
    from heapq import nlargest

    name = _folded(name)
    folded = {_folded(candidate): candidate for candidate in known}
    if len(folded) > MAX_COMPARED:
        pairs = _pairs(name)
        folded = {key: folded[key] for key in nlargest(MAX_COMPARED, folded, key=lambda key: len(pairs & _pairs(key)))}
    return [folded[key] for key in get_close_matches(name, folded, count, cutoff)]


def did_you_mean(name: str, known: Iterable[str], count: int = 1, cutoff: float = 0.6) -> str | None:
    """Return a hint with the most similar known names; None if none is similar."""
    names = [f"'{each}'" for each in nearest_names(name, known, count, cutoff)]
    if not names:
        return None
    return f"did you mean {' or '.join(filter(None, [', '.join(names[:-1]), names[-1]]))}?"


def nearest_or_all(name: str, known: Iterable[str]) -> str:
    """Return a hint with the most similar known name, or all of them if none is similar."""
    names = list(known)
    there = f"there is only {names[0]}" if len(names) == 1 else f"there are {', '.join(names)}"
    return did_you_mean(name, names) or there


def _folded(name: str) -> str:
    return name.lower()[:MAX_LENGTH]


def _pairs(name: str) -> set[str]:
    return {name[at : at + 2] for at in range(len(name))}
