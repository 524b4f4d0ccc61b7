"""Lists the lints: what vidbuild warns of."""

from __future__ import annotations

from vidbuild.errors import UsageError
from vidbuild.lints import Lint
from vidbuild.lints import lints as registry
from vidbuild.suggest import did_you_mean

__all__ = ["Lint", "lint", "lints"]


def lints() -> list[Lint]:
    """Return every lint, in the order of the codes."""
    return list(registry().values())


def lint(name: str) -> Lint:
    """Return the lint with a code or a name, in upper or lower case. Raises UsageError if there is none."""
    known = {key: each for each in lints() for key in (each.code, each.name)}
    for key, each in known.items():
        if key.lower() == name.lower():
            return each
    raise UsageError(f"unknown lint '{name}'", hint=did_you_mean(name, known) or "vidbuild lints")
