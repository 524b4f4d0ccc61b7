"""An animation: a drawing and its motion, with the files they need. It is what frames are rendered from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.render.clip import Clip
from vidbuild.media.render.drawing import Layers
from vidbuild.media.render.motion import Motion


@dataclass(frozen=True, slots=True)
class Animation:
    """A drawing in a folder, its motion, and the clip that plays in it, if any.

    clips: layer -> its clip, if several play.
    folders: layer -> the folder of its drawing, if it is another one.
    copy: how many animations with the same files come before this one in the same filter graph.
    """

    folder: Path
    layers: Layers
    motion: Motion
    clip: Clip | None = None
    copy: int = 0
    clips: Mapping[str, Clip] = field(default_factory=dict)
    folders: Mapping[str, Path] = field(default_factory=dict)

    @property
    def all_clips(self) -> tuple[Clip | None, ...]:
        """Every clip that plays in it."""
        return (self.clip, *self.clips.values())

    @property
    def options(self) -> dict[str, Any]:
        """Input options that make ffmpeg read each copy's files separately."""
        return filtergraph.copy_options(self.copy)
