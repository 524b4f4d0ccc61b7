"""The questions that `vidbuild init` and `vidbuild create wizard` ask on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from vidbuild.cli import console

QUESTIONS = {
    "title": "Title",
    "audience": "Audience (who watches it)",
    "length": "Length (90s, 2m)",
    "voice": "Voice ('vidbuild voices' lists them; empty for the default)",
    "theme": "Theme",
    "size": "Size",
    "scenes": "Scenes (their headings, with commas between them)",
}


def can_ask() -> bool:
    """Return whether a user sees the questions and can answer them."""
    return console.is_terminal(sys.stdin) and console.is_terminal(sys.stderr)


def answers(
    names: Sequence[str],
    given: Mapping[str, str | None],
    defaults: Mapping[str, str],
    kinds: Mapping[str, click.ParamType[Any]] | None = None,
    *,
    ask: bool,
) -> dict[str, str]:
    """Return an answer to each question: what is given, what the user types, or without asking the default."""
    found: dict[str, str] = {}
    for name in names:
        default = defaults.get(name, "")
        found[name] = given.get(name) or (_typed(name, default, (kinds or {}).get(name)) if ask else default)
    return found


def _typed(name: str, default: str, kind: click.ParamType[Any] | None) -> str:
    answer = click.prompt(QUESTIONS[name], default=default, type=_Checked(kind) if kind else None, err=True)
    return str(answer).strip()


class _Checked(click.ParamType):  # type: ignore[type-arg] # generic in click 8.3 alone
    """Checks an answer as another type does, and keeps it as it was typed."""

    name = "answer"

    def __init__(self, kind: click.ParamType[Any]) -> None:
        self._kind = kind

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        if isinstance(self._kind, click.Choice):
            return self._kind.convert(value, param, ctx)
        self._kind.convert(value, param, ctx)
        return value
