"""A part of a scene during which a callout or an overlay is visible, as the plan describes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """Layers that are visible during a part of a scene.

    field: the spec field that it comes from ("callouts.1"), for messages.
    enter: layer -> its effect.
    at, until: a cue's name or seconds; None: from the start on, or to the end.
    at_word, until_word: the index of a word instead, None without.
    zooms: whether the layer grows from its stop to its place in the drawing and shrinks back; nothing else may point at
        the content meanwhile.
    visits: how many of its stops the first layer visits, one after the other.
    clicks: layers that appear for a moment when it has reached a stop, one for each.
    plays: the layer whose clip plays from the moment at which all of them appear, and ends with them; "" without one.
    """

    field: str
    enter: Mapping[str, str]
    at: str | float | None = None
    until: str | float | None = None
    at_word: int | None = None
    until_word: int | None = None
    zooms: bool = False
    visits: int = 0
    clicks: tuple[str, ...] = ()
    plays: str = ""

    @property
    def is_callout(self) -> bool:
        """Whether it points at the scene's content, as overlays do not."""
        return self.field.startswith("callouts.")

    def to_data(self) -> dict[str, Any]:
        """As JSON values, without what is not given; the order of layers matters."""
        times = {"at": self.at, "until": self.until, "at_word": self.at_word, "until_word": self.until_word}
        given = {name: value for name, value in times.items() if value is not None}
        rare: dict[str, Any] = {
            "zooms": self.zooms,
            "visits": self.visits,
            "clicks": list(self.clicks),
            "plays": self.plays,
        }
        given |= {name: value for name, value in rare.items() if value}
        return {"field": self.field, "enter": [list(pair) for pair in self.enter.items()], **given}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Showing:
        """The inverse of to_data."""
        return cls(**{**data, "enter": dict(data["enter"]), "clicks": tuple(data.get("clicks", ()))})
