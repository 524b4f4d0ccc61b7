"""The last page. Layers: title, subtitle, then link-i for each link."""

from __future__ import annotations

from typing import Any

from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, shown


class OutroScene(SceneDefaults):
    """What to remember, and where to go."""

    name = "outro"
    summary = "the last page: what to remember, and where to go"

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """{"title", "subtitle", "links": [text…]}: the subtitle None where there is none."""
        return {**shown(scene.fields, "title", "subtitle"), "links": list(scene.fields["links"])}

    def entrances(self, scene: Scene) -> dict[str, str]:
        """All of it rises."""
        links = {f"link-{index}": "rise" for index, _ in enumerate(scene.fields["links"])}
        return {**rising(scene.fields, {"title": "title", "subtitle": "subtitle"}), **links}
