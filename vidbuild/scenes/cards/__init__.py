"""The cards scene. Layers: heading, then for each card i: card-i-past, card-i and, if it has an image, card-i-image."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, texts
from vidbuild.scenes.entries import entry, images, reveal
from vidbuild.scenes.protocol import Light, Reveal, SceneProblem


class CardsScene(SceneDefaults):
    """A grid of cards, which appear one by one."""

    name = "cards"
    summary = "a grid of cards with titles, texts, numbers or images, which appear one by one"
    lights: tuple[Light, ...] = (Light(0.0, 0.0, 0.45, 0.22), Light(1.0, 1.0, 0.4, 0.16))

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Require at most one of an image and a number in each card."""
        for index, card in enumerate(map(entry, fields["cards"])):
            if "image" in card and card.get("number"):
                message = "'image' and 'number' cannot both be given"
                yield SceneProblem(f"cards.{index}.number", message, "remove one of them")

    def files(self, scene: Scene) -> dict[str, Path]:
        """Return the cards' images."""
        return images(scene, "cards")

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return {"title", "cards": [{"title", "text", "number", "image_size"}]}: only a card's title is never None."""
        return {**texts(scene.fields, "title"), "cards": [_drawn(entry(card)) for card in scene.fields["cards"]]}

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the heading rise; the cards appear later."""
        return rising(scene.fields, {"heading": "title"})

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Reveal each card with its image; the current one is prominent until the next one appears."""
        made = []
        for index, card in enumerate(scene.fields["cards"]):
            fields = entry(card)
            images = [f"card-{index}-image"] if "image" in fields else []
            made.append(reveal(f"cards.{index}", f"card-{index}", fields, _title(fields), *images))
        return made


def _title(card: Mapping[str, Any]) -> str:
    title: str = card["title"] if "title" in card else card["text"]
    return title


def _drawn(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is drawn of a card; one that is a text alone has it as its title."""
    fields = card if "title" in card else {"title": card["text"]}
    return {**texts(fields, "title", "text", "number"), "image_size": card.get("image_size")}


SCENE = CardsScene()
