"""Says what is known instead of a name that is not."""

from __future__ import annotations

from vidbuild.suggest import did_you_mean

LISTED = 8  # names in a message


def unknown(what: str, name: str, known: list[str]) -> tuple[str, str | None]:
    """Return a message about a name that is not among the known ones, and a hint with the most similar one."""
    similar = did_you_mean(name, known)
    if similar or not known:
        return what, similar
    names = ", ".join(known[:LISTED])
    return (
        f"{what}: expected {'one of ' if len(known) <= LISTED else ''}{names}{', …' if len(known) > LISTED else ''}",
        None,
    )
