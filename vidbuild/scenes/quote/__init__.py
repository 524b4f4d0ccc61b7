"""The quote scene. Layers: heading, mark, quote, portrait, by, role. The portrait has the role "image:portrait"."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, texts
from vidbuild.scenes.protocol import Light

# The scene draws a mark of its own, so a pair around the whole text would be a second one.
PAIRS = {"“": "”", "„": "“", "«": "»", "»": "«", "‘": "’", "「": "」", "『": "』", '"': '"'}  # noqa: RUF001 - quotes


class QuoteScene(SceneDefaults):
    """A quotation in large type, with name and portrait."""

    name = "quote"
    summary = "a quotation in large type, with the name, role and portrait of the person quoted"
    lights: tuple[Light, ...] = (Light(0.06, 0.0, 0.5, 0.28), Light(1.0, 1.05, 0.4, 0.2))

    def files(self, scene: Scene) -> dict[str, Path]:
        """Return the portrait."""
        portrait = scene.fields.get("portrait")
        return {"image:portrait": Path(portrait)} if portrait else {}

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return {"title", "text", "by", "role", "portrait": whether there is one}: title, by and role can be None."""
        shown = texts(scene.fields, "title", "text", "by", "role")
        return {**shown, "text": _without_quotes(shown["text"] or ""), "portrait": "portrait" in scene.fields}

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the quotation rise after its mark, and the name after it."""
        portrait = {"portrait": "fade"} if "portrait" in scene.fields else {}
        named = rising(scene.fields, {"by": "by", "role": "role"})
        return {**rising(scene.fields, {"heading": "title"}), "mark": "fade", "quote": "rise", **portrait, **named}


def _without_quotes(text: str) -> str:
    """Return the text without the quotation marks around all of it."""
    inner = text[1:-1].strip()
    closing = PAIRS.get(text[:1])
    if inner and closing == text[-1] and text[0] not in inner and closing not in inner:
        return inner
    return text


SCENE = QuoteScene()
