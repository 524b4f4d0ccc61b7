"""An animation: a drawing and its motion, with the files they need. It is what frames are rendered from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidbuild.frozen import dataclass, field
from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.render.clip import Clip
from vidbuild.media.render.drawing import Layers
from vidbuild.media.render.motion import Motion


@dataclass(frozen=True, slots=True)
class Animation:
    """A drawing in a folder, its motion, and the clip that plays in it, if any.

    clips: layer -> its clip, of each other clip.
    folders: layer -> the folder of its drawing, if it is another one.
    second: layers that may have the same files as others of the animation.
    copy: how many animations with the same files come before this one in the same filter graph.
    """

    folder: Path
    layers: Layers
    motion: Motion
    clip: Clip | None = None
    copy: int = 0
    clips: Mapping[str, Clip] = field(default_factory=dict)
    folders: Mapping[str, Path] = field(default_factory=dict)
    second: frozenset[str] = frozenset()

    @property
    def all_clips(self) -> tuple[Clip | None, ...]:
        """Every clip that plays in it."""
        return (self.clip, *self.clips.values())

    def clip_in(self, layer: str) -> Clip | None:
        """Return the clip that plays in a layer."""
        return self.clips.get(layer, self.clip)

    def options(self, layer: str) -> dict[str, Any]:
        """Input options that make ffmpeg read the files of each copy, and of layers with the same files, separately."""
        return filtergraph.copy_options(self.copy_of(layer))

    def copy_of(self, layer: str) -> int:
        """Return a number that no other copy, and no layer with the same files, has."""
        return 2 * self.copy + (layer in self.second)

    def clip_options(self, layer: str) -> dict[str, Any]:
        """The same for the clip of a layer, since several layers can show the same file."""
        number = [each.name for each in self.layers.layers if not each.file].index(layer)
        return self.options(layer) | filtergraph.clip_options(number)
