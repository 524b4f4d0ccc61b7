"""The outro scene. Layers: title, subtitle, link-i for each link, then credits."""

from __future__ import annotations

from typing import Any

from vidbuild import inline
from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, texts
from vidbuild.scenes.protocol import Light


class OutroScene(SceneDefaults):
    """A closing title with a subtitle and links."""

    name = "outro"
    summary = "a closing title with a subtitle and links"
    lights: tuple[Light, ...] = (Light(0.5, 1.1, 0.55, 0.3),)

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return {"title", "subtitle", "links": [text…]}, and "credits" if any; the subtitle can be None."""
        credited = scene.fields.get("credits") or []
        return {
            **texts(scene.fields, "title", "subtitle"),
            "links": [inline.marked(inline.address(link)) for link in scene.fields["links"]],
            **({"credits": "\n".join(credited)} if credited else {}),
        }

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let all texts rise."""
        links = {f"link-{index}": "rise" for index, _ in enumerate(scene.fields["links"])}
        credited = {"credits": "rise"} if scene.fields.get("credits") else {}
        return {**rising(scene.fields, {"title": "title", "subtitle": "subtitle"}), **links, **credited}


SCENE = OutroScene()
