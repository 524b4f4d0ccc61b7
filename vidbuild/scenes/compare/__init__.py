"""The compare scene. Layers: heading, left-panel, right-panel, then for each item i of a side: left-i-past, left-i."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from vidbuild import inline
from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, texts
from vidbuild.scenes.entries import entry, reveal
from vidbuild.scenes.protocol import Light, Reveal, SceneProblem

SIDES = ("left", "right")
MAX_ITEMS = 5  # a side; more are hard to read beside each other


class CompareScene(SceneDefaults):
    """Two panels beside each other, whose items appear one by one."""

    name = "compare"
    summary = "two sides beside each other, marked as good or bad, whose items appear one by one"
    lights: tuple[Light, ...] = (Light(0.5, -0.1, 0.5, 0.2),)

    def lint(self, scene: Scene) -> Iterator[SceneProblem]:
        """Warn of too many items on a side."""
        for side in SIDES:
            count = len(scene.fields[side]["items"])
            if count > MAX_ITEMS:
                message = f"{count} items on one side: viewers can compare up to {MAX_ITEMS}"
                yield SceneProblem(f"{side}.items", message, code="VB307")

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return {"title", "left", "right"}, each side {"title", "tone", "items": [text…]}; the title can be None."""
        return {**texts(scene.fields, "title"), **{side: _side(scene.fields[side]) for side in SIDES}}

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let both panels rise with their titles; the items appear later."""
        return {**rising(scene.fields, {"heading": "title"}), "left-panel": "rise", "right-panel": "rise"}

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Reveal the items of the left side and then those of the right one, or row by row."""
        sides = [list(_reveals(side, scene.fields[side])) for side in SIDES]
        if scene.fields["order"] == "rows":
            return [each for row in zip_longest(*sides) for each in row if each is not None]
        return [each for side in sides for each in side]


def _side(fields: Mapping[str, Any]) -> dict[str, Any]:
    items = [inline.marked(entry(item)["text"].strip()) for item in fields["items"]]
    return {**texts(fields, "title"), "tone": fields["tone"], "items": items}


def _reveals(side: str, fields: Mapping[str, Any]) -> Iterator[Reveal]:
    for index, item in enumerate(map(entry, fields["items"])):
        yield reveal(f"{side}.items.{index}", f"{side}-{index}", item, item["text"])


SCENE = CompareScene()
