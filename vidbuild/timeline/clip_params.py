"""The parameters of a `timeline` step that say how the scene's clip plays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from vidbuild.focal_point import MIDDLE, Focus
from vidbuild.frozen import changed_values, dataclass, values

# Fields that are left out of the parameters while they have their default, since most clips do not have them.
RARE = ("speed", "loop", "at", "freezes", "poster_ms", "covered", "focus")


class Pause(NamedTuple):
    """A part of a scene during which its clip pauses, as the spec has it.

    number: its index in the spec.
    at: a cue's name or seconds from the scene's start.
    until: the same; None if it lasts `seconds`.
    """

    number: int
    at: str | float
    until: str | float | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ClipParams:
    """The part of a clip that plays, in milliseconds of its source; end_ms None: to its end. fit: cover or contain.

    audible: whether its audio is used. audio_track: the one that the spec selects, counted from 1.
    speed: how many seconds of the file a second shows.
    loop: how many times it plays; 0 for as long as the scene lasts.
    at: when it begins to play, a cue's name or seconds; None for the scene's start.
    freezes: in the spec's order.
    poster_ms: the time in the file of what is shown before; None for its first frame.
    covered: whether a layer of the drawing is shown before.
    focus: the point that stays in view if its edges are cropped.
    """

    start_ms: int
    end_ms: int | None
    fit: str
    audible: bool = True
    audio_track: int | None = None
    speed: float = 1.0
    loop: int = 1
    at: str | float | None = None
    freezes: tuple[Pause, ...] = ()
    poster_ms: int | None = None
    covered: bool = False
    focus: Focus = MIDDLE

    def to_data(self) -> dict[str, Any]:
        """As JSON values."""
        changed = changed_values(self)
        return {name: value for name, value in values(self).items() if name not in RARE or name in changed}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> ClipParams:
        """The inverse of to_data."""
        x, y = data.get("focus", MIDDLE)
        return cls(**{**data, "freezes": tuple(Pause(*each) for each in data.get("freezes", ())), "focus": (x, y)})
