"""The slide scene. Layers: window (the sheet's shadow and edge), picture, heading, caption."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, texts
from vidbuild.scenes.protocol import DocumentPage, SceneProblem


class SlideScene(SceneDefaults):
    """A page of a PDF, or an image of one."""

    name = "slide"
    summary = "a page of a PDF, such as a slide of a deck"
    points_at = "pixels"

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Require one source, and a page of a PDF alone."""
        if "file" in fields and "src" in fields:
            yield SceneProblem("src", "'file' and 'src' cannot both be given", "remove one of them")
        elif "src" in fields and "page" in fields:
            yield SceneProblem("page", "'page' is for a PDF: expected 'file', got 'src'", "remove 'page'")
        elif "file" not in fields and "src" not in fields:
            yield SceneProblem("", "a slide scene needs 'file' or 'src'")

    def extent(self, fields: Mapping[str, Any]) -> tuple[int, int] | None:
        """Return an image's size; only a step knows that of a page."""
        if "image_size" not in fields:
            return None
        width, height = fields["image_size"]
        return width, height

    def files(self, scene: Scene) -> dict[str, Path]:
        """Return the image."""
        return {"image": Path(scene.fields["src"])} if "src" in scene.fields else {}

    def pages(self, scene: Scene) -> dict[str, DocumentPage]:
        """Return the page."""
        fields = scene.fields
        return {"image": DocumentPage(Path(fields["file"]), fields.get("page", 1))} if "file" in fields else {}

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return {"title", "caption", "fit"}: title and caption can be None. The step adds the picture's size."""
        return {**texts(scene.fields, "title", "caption"), "fit": scene.fields["fit"]}

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the heading and the caption rise and the sheet fade in; one that fills the frame is there at once."""
        sheet = {} if scene.fields["fit"] == "cover" else {"window": "fade", "picture": "fade"}
        return {**rising(scene.fields, {"heading": "title"}), **sheet, **rising(scene.fields, {"caption": "caption"})}


SCENE = SlideScene()
