"""The image scene. Layers: heading, window (the image's frame), picture, caption; with a phone, shade (its
shadow), picture, and window above it. Its file has the role "image"."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, texts
from vidbuild.scenes.protocol import Place, scaled

SMALL, FULL, LARGE = 0.94, 1.0, 1.06  # scales that make the zoom barely noticeable


class ImageScene(SceneDefaults):
    """A large image, with an optional window frame and slow zoom."""

    name = "image"
    summary = "a large image, with an optional window frame and slow zoom"
    points_at = "pixels"

    def extent(self, fields: Mapping[str, Any]) -> tuple[int, int]:
        """Return the image's size."""
        width, height = fields["image_size"]
        return width, height

    def files(self, scene: Scene) -> dict[str, Path]:
        """Return the image."""
        return {"image": Path(scene.fields["src"])}

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return {"title", "caption", "fit", "frame", "image_size": [w, h]}: title and caption can be None."""
        fields = scene.fields
        return {**texts(fields, "title", "caption"), **{key: fields[key] for key in ("fit", "frame", "image_size")}}

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the heading and the caption rise and the image fade in.

        An image that fills the frame is visible from the first frame.
        """
        heading = rising(scene.fields, {"heading": "title"})
        framed = scene.fields["frame"] != "none"
        window = {"window": "fade"} if framed else {}
        if scene.fields["frame"] == "phone":
            window["shade"] = "fade"
        picture = {} if scene.fields["fit"] == "cover" and not framed else {"picture": "fade"}
        return {**heading, **window, **picture, **rising(scene.fields, {"caption": "caption"})}

    def drifts(self, scene: Scene) -> dict[str, tuple[Place, Place]]:
        """Zoom the image if `motion` asks for it: one that covers its area grows beyond it, others stay inside."""
        fields = scene.fields
        if fields["motion"] == "none":
            return {}
        covers = fields["fit"] == "cover" or fields["frame"] == "phone"
        small, large = (FULL, LARGE) if covers else (SMALL, FULL)
        start, end = (small, large) if fields["motion"] == "zoom-in" else (large, small)
        return {"picture": (scaled(start), scaled(end))}


SCENE = ImageScene()
