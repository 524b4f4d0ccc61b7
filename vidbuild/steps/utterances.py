"""The utterances of a scene as a step receives them: a role for one narration, or `role:1` and on for a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


def of_utterances(values: Mapping[str, T], role: str) -> list[T]:
    """Return the value of each utterance, in order; none of a silent scene."""
    if role in values:
        return [values[role]]
    numbers = sorted(int(name.removeprefix(f"{role}:")) for name in values if name.startswith(f"{role}:"))
    return [values[f"{role}:{number}"] for number in numbers]
