"""The title scene. Layers: kicker, title, subtitle."""

from __future__ import annotations

import re
from typing import Any

from vidbuild import inline
from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, texts
from vidbuild.scenes.protocol import Light


class TitleScene(SceneDefaults):
    """A large title with a kicker above it and a subtitle below."""

    name = "title"
    summary = "a large title with a kicker above it and a subtitle below"
    lights: tuple[Light, ...] = (Light(0.9, 0.08, 0.5, 0.3), Light(0.03, 1.05, 0.4, 0.26))

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return {"kicker", "title", "subtitle"}: each a text or None, the kicker in capitals."""
        shown = texts(scene.fields, "kicker", "title", "subtitle")
        return {**shown, "kicker": shown["kicker"] and _capitals(shown["kicker"])}

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let all three texts rise."""
        return rising(scene.fields, {"kicker": "kicker", "title": "title", "subtitle": "subtitle"})


def _capitals(text: str) -> str:
    """Return the text in capitals, except inline code, whose case matters.

    Nor are there capitals of Georgian: few fonts have them, and readers rarely see them.
    """
    parts = re.split(f"({inline.CODE}.*?{inline.CODE_END})", text)
    return "".join(part if part.startswith(inline.CODE) else "".join(map(_capital, part)) for part in parts)


def _capital(letter: str) -> str:
    return letter if "\u10d0" <= letter <= "\u10ff" else letter.upper()


SCENE = TitleScene()
