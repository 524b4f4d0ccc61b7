"""A slow zoom of an image: its sizes, and its name as a piped input of ffmpeg. Scaling is in zoom_frames.py."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Zoom:
    """An image file at several sizes about its center, each cropped to the image's own box.

    opaque: whether no pixel of the file is transparent.
    factors: the size of each frame, relative to the file's.
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
    def covers_box(self) -> bool:
        """Whether it hides everything behind its box in every frame."""
        return self.opaque and min(self.factors) >= 1

    @property
    def pixels(self) -> str:
        """Ffmpeg's name of the pixel format."""
        return "rgb24" if self.covers_box else "rgba"
