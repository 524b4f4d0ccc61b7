"""The list scene. Layers: heading, then for each item i: item-i-past (its later look) and item-i (the current item)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, texts
from vidbuild.scenes.entries import entry, reveal
from vidbuild.scenes.protocol import Light, Reveal, SceneProblem

MAX_ITEMS = 8  # more are hard to read on one screen


class ListScene(SceneDefaults):
    """Items that appear one by one; the current item is the most prominent."""

    name = "list"
    summary = "a list whose items appear one by one, each when the narration mentions it"
    lights: tuple[Light, ...] = (Light(1.0, 0.0, 0.45, 0.24),)

    def lint(self, scene: Scene) -> Iterator[SceneProblem]:
        """Warn of too many items."""
        count = len(scene.fields["items"])
        if count > MAX_ITEMS:
            message = f"{count} items in one list: viewers can read up to {MAX_ITEMS}"
            yield SceneProblem("items", message, code="VB307")

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return {"title", "style", "items": [{"text", "detail"}]}: title and details can be None."""
        items = [texts(entry(item), "text", "detail") for item in scene.fields["items"]]
        return {**texts(scene.fields, "title"), "style": scene.fields["style"], "items": items}

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the heading rise; the items appear later."""
        return rising(scene.fields, {"heading": "title"})

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Reveal each item in both its looks; the prominent one disappears with the next item."""
        items = enumerate(map(entry, scene.fields["items"]))
        return [reveal(f"items.{index}", f"item-{index}", item, item["text"]) for index, item in items]


SCENE = ListScene()
