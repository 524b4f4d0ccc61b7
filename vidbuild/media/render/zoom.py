"""What a slow zoom of a picture is: which sizes, about its centre, as a name for a feed; it knows no pixels."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Zoom:
    """A picture file in several sizes, about its centre, each cut off at its own box.

    factors: the pictures' sizes. opaque: no pixel of the file is transparent.
    """

    file: str
    width: int
    height: int
    opaque: bool
    factors: tuple[float, ...]

    @property
    def name(self) -> str:
        """The zoom as one line of JSON; `from_name` is the inverse."""
        return json.dumps([getattr(self, field.name) for field in fields(self)])

    @classmethod
    def from_name(cls, name: str) -> Zoom:
        """Read a zoom from its name."""
        file, width, height, opaque, factors = json.loads(name)
        return cls(file, width, height, opaque, tuple(factors))

    @property
    def solid(self) -> bool:
        """Whether nothing behind it is ever seen."""
        return self.opaque and min(self.factors) >= 1

    @property
    def pixels(self) -> str:
        """What ffmpeg calls the pixels."""
        return "rgb24" if self.solid else "rgba"
