"""A title page. Layers: kicker, title, subtitle."""

from __future__ import annotations

from typing import Any

from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, shown


class TitleScene(SceneDefaults):
    """A large title, what stands above it and what stands below; they come one after the other."""

    name = "title"
    summary = "a title page: one large title, a kicker above it and a line below"

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """{"kicker", "title", "subtitle"}: each text, or None."""
        return shown(scene.fields, "kicker", "title", "subtitle")

    def entrances(self, scene: Scene) -> dict[str, str]:
        """All of it rises."""
        return rising(scene.fields, {"kicker": "kicker", "title": "title", "subtitle": "subtitle"})
