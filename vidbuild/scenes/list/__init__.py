"""A list. Layers: heading, then for each item i: item-i-past (as it looks afterwards) and item-i (spoken about now)."""

from __future__ import annotations

from typing import Any

from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, shown
from vidbuild.scenes.protocol import Reveal


class ListScene(SceneDefaults):
    """Items that come one by one; the one that is spoken about is the strongest."""

    name = "list"
    summary = "a list whose items come one by one, each when it is spoken about"

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """{"title", "style", "items": [{"text", "detail"}]}: details and title None where there are none."""
        items = [shown(_item(item), "text", "detail") for item in scene.fields["items"]]
        return {**shown(scene.fields, "title"), "style": scene.fields["style"], "items": items}

    def entrances(self, scene: Scene) -> dict[str, str]:
        """The heading rises; the items come later."""
        return rising(scene.fields, {"heading": "title"})

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Each item in both its looks; the strong one goes when the next item comes."""
        return [_reveal(index, _item(item)) for index, item in enumerate(scene.fields["items"])]


def _item(item: str | dict[str, Any]) -> dict[str, Any]:
    return {"text": item} if isinstance(item, str) else item


def _reveal(index: int, item: dict[str, Any]) -> Reveal:
    past, strong = f"item-{index}-past", f"item-{index}"
    return Reveal(
        field=f"items.{index}",
        at=item.get("at"),
        words=item["text"],
        enter={strong: "rise", past: "under"},
        until_next=(strong,),
    )
