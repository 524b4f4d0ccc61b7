"""The image scene. Layers: heading, window (the image's frame), picture, caption. Its file has the role "image".

The window of a phone is above the picture, and its shadow, the layer shade, below.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vidbuild.focal_point import FIELD, shares
from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, texts, unused_focal_point
from vidbuild.scenes.image import views
from vidbuild.scenes.protocol import Place, SceneProblem, scaled

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

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Require regions in the image, for a motion that has them, and edges that are cropped around a focal point."""
        yield from views.problems(fields)
        if FIELD in fields and fields["motion"] in views.DEFAULTS:
            message = f"'{FIELD}' has no effect with 'motion: {fields['motion']}', whose view moves between regions"
            yield SceneProblem(FIELD, message, f"remove '{FIELD}', and name the regions with 'from' and 'to'")
        else:
            yield from unused_focal_point(fields)

    def files(self, scene: Scene) -> dict[str, Path]:
        """Return the image."""
        return {"image": Path(scene.fields["src"])}

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return {"title", "caption", "fit", "frame", "image_size": [w, h], "focal_point"}: see `shares` for the last.

        Title and caption can be None.
        """
        fields = scene.fields
        shown = {key: fields[key] for key in ("fit", "frame", "image_size")}
        moved: dict[str, Any] = {}
        if fields["motion"] in views.DEFAULTS:
            moved = {"views": views.boxes(fields), "pans": fields["motion"] == "pan"}
        return {**texts(fields, "title", "caption"), **shown, **moved, **shares(fields)}

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
        """Move the image if `motion` asks for it.

        In a zoom, one that covers its area grows beyond it, others stay inside.
        """
        fields = scene.fields
        if fields["motion"] == "none":
            return {}
        if fields["motion"] in views.DEFAULTS:
            return {"picture": (0, 1)}
        covers = fields["fit"] == "cover" or fields["frame"] == "phone"
        small, large = (FULL, LARGE) if covers else (SMALL, FULL)
        start, end = (small, large) if fields["motion"] == "zoom-in" else (large, small)
        return {"picture": (scaled(start), scaled(end))}


SCENE = ImageScene()
