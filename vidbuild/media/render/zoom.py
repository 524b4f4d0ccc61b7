"""What a slow zoom of a picture is: which sizes, about its centre, as a name for a feed; it knows no pixels."""

from __future__ import annotations

import json
from collections.abc import Iterable
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
        """All of it in one line, as `fed` takes it."""
        return json.dumps([getattr(self, field.name) for field in fields(self)])

    @property
    def solid(self) -> bool:
        """Whether nothing behind it is ever seen."""
        return self.opaque and min(self.factors) >= 1

    @property
    def pixels(self) -> str:
        """What ffmpeg calls the pixels."""
        return "rgb24" if self.solid else "rgba"


def fed(name: str) -> Iterable[bytes]:
    """The feed of zooms: the pictures of the one that has this name."""
    from vidbuild.media.render import zoom_frames  # with Pillow, which most scenes need not

    file, width, height, opaque, factors = json.loads(name)
    return zoom_frames.pictures(Zoom(file, width, height, opaque, tuple(factors)))
