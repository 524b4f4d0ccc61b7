"""The settings of a video's captions."""

from __future__ import annotations

from collections.abc import Mapping

from vidbuild.frozen import dataclass, field

STYLES = ("plain", "box", "karaoke")


@dataclass(frozen=True, slots=True)
class CaptionSettings:
    """What captions keep to, and how they are in the picture.

    rules: "line_length" and "speed", if the spec sets them.
    burned: the style in which they are in the picture, one of STYLES; "" if they are not.
    """

    rules: Mapping[str, int | float] = field(default_factory=dict)
    burned: str = ""
