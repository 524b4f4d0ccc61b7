"""A part of a scene during which a callout or an overlay is visible, as the plan describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """Layers that are visible during a part of a scene.

    field: the spec field that it comes from ("callouts.1"), for messages.
    enter: layer -> its effect.
    at, until: a cue's name or seconds; None: from the start on, or to the end.
    at_word, until_word: the index of a word instead, None without.
    """

    field: str
    enter: Mapping[str, str]
    at: str | float | None = None
    until: str | float | None = None
    at_word: int | None = None
    until_word: int | None = None

    def to_data(self) -> dict[str, Any]:
        """As JSON values; the order of layers matters."""
        times = {"at": self.at, "until": self.until, "at_word": self.at_word, "until_word": self.until_word}
        given = {name: value for name, value in times.items() if value is not None}
        return {"field": self.field, "enter": [list(pair) for pair in self.enter.items()], **given}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Showing:
        """The inverse of to_data."""
        return cls(**{**data, "enter": dict(data["enter"])})
