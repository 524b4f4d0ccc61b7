"""Hints about names that are unknown: what is similar, and where they can come from."""

from __future__ import annotations

from collections.abc import Iterable

from vidbuild.extensions.installed import NAME, names, normalized
from vidbuild.suggest import did_you_mean


def install_hint(spelled: str) -> str | None:
    """Return a hint on where an unknown name can come from; None if it does not say it."""
    distribution, _, name = spelled.rpartition(".")
    if not distribution or not NAME.fullmatch(name) or normalized(distribution) != distribution:
        return None
    return f"if you trust the plug-in '{distribution}': pip install {distribution}"


def unknown_hint(group: str, spelled: str, own: Iterable[str]) -> str:
    """Return a hint about an unknown name: one that is similar, the plug-in that may have it, or all that there are."""
    known = list(dict.fromkeys((*own, *names(group, list(own)))))
    *others, last = known
    return did_you_mean(spelled, known) or install_hint(spelled) or f"use {', '.join(others)} or {last}"
