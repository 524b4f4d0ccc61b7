"""The parameters of a `timeline` step that say which words the subtitles in the picture show at one time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vidbuild.frozen import dataclass

SUBTITLE = "subtitle-"  # how the layers of subtitles are named, with the number of their page


@dataclass(frozen=True, slots=True)
class SubtitleParams:
    """The pages of subtitles. starts: the index of the first word of each; lit: whether the spoken word is lit."""

    starts: tuple[int, ...] = ()
    lit: bool = False

    def to_data(self) -> dict[str, Any]:
        """As JSON values."""
        return {"starts": list(self.starts), "lit": self.lit}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> SubtitleParams:
        """The inverse of to_data."""
        return cls(tuple(data["starts"]), data["lit"])
