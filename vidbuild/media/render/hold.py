"""A hold that a shortened motion lacks, as plain data: all that the mux knows of a motion (see holds.py)."""

from __future__ import annotations

import json

from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Hold:
    """Where a shortened motion lacks frames that repeat the one before.

    frame: the last one of the hold in the shortened motion.
    frames: how many follow in the whole motion.
    keys: which of these, counted from 0, are key frames that repeat the last key frame.
    """

    frame: int
    frames: int
    keys: tuple[int, ...] = ()

    def to_data(self) -> list[object]:
        """As JSON values."""
        return [self.frame, self.frames, list(self.keys)]


def from_json(text: str | bytes) -> tuple[Hold, ...]:
    """Read the holds of a motion, by frame, from the JSON of their `to_data`."""
    return tuple(Hold(frame, frames, tuple(keys)) for frame, frames, keys in json.loads(text))
