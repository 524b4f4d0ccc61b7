"""A picture. Layers: heading, window (its frame), picture, caption. Its file is in the role "image"."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, shown

SMALL, WHOLE, LARGE = 0.94, 1.0, 1.06  # slow enough to be felt rather than seen


class ImageScene(SceneDefaults):
    """A picture, large, perhaps in a window, perhaps slowly moving."""

    name = "image"
    summary = "a picture, large, perhaps in a window, perhaps slowly moving"

    def files(self, scene: Scene) -> dict[str, Path]:
        """The image."""
        return {"image": Path(scene.fields["src"])}

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """{"title", "caption", "fit", "frame", "image_size": [w, h]}: texts None where there are none."""
        fields = scene.fields
        return {**shown(fields, "title", "caption"), **{key: fields[key] for key in ("fit", "frame", "image_size")}}

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Heading and caption rise, the picture fades in; one that fills the screen is there from the first frame."""
        heading = rising(scene.fields, {"heading": "title"})
        framed = scene.fields["frame"] != "none"
        window = {"window": "fade"} if framed else {}
        picture = {} if scene.fields["fit"] == "cover" and not framed else {"picture": "fade"}
        return {**heading, **window, **picture, **rising(scene.fields, {"caption": "caption"})}

    def zooms(self, scene: Scene) -> dict[str, tuple[float, float]]:
        """The picture, if it is to move: one that covers its place grows past it, one that is contained into it."""
        fields = scene.fields
        if fields["motion"] == "none":
            return {}
        small, large = (WHOLE, LARGE) if fields["fit"] == "cover" else (SMALL, WHOLE)
        return {"picture": (small, large) if fields["motion"] == "zoom-in" else (large, small)}
