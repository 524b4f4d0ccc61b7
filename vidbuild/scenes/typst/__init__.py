"""The typst scene: a layout of the writer's own. Layers: layout, and reveal-i for each reveal, in the spec's order.

The layout is a Typst file of its own, whose first line imports what prelude.typ defines; `steps/layout.py` draws it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, texts
from vidbuild.scenes.protocol import Layout, Reveal, SceneProblem

PRELUDE = Path(__file__).with_name("prelude.typ")
ALONE = "layout.typ"  # the name of a layout that reads no files
EFFECTS: Mapping[str, str] = {"none": "cut"}  # the spec's name of an entrance -> the layer's effect, if they differ


class TypstScene(SceneDefaults):
    """A layout in Typst, with the theme in scope, parts of which appear one after the other."""

    name = "typst"
    summary = "a layout of your own in Typst, with the theme in scope"
    follows_language = True
    spec_fields: Mapping[str, str] = {"layers.*": "reveal.*.layer"}

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Require a layout, and that each layer appears once."""
        if "body" not in fields:
            yield SceneProblem("", "a typst scene needs 'body' or 'file'")
        elif not fields["body"].strip():
            yield SceneProblem("file", "the layout is empty")
        seen: set[str] = set()
        for index, entry in enumerate(fields["reveal"]):
            if entry["layer"] in seen:
                message = f"layer '{entry['layer']}' appears twice"
                yield SceneProblem(f"reveal.{index}.layer", message, "remove the entry")
            seen.add(entry["layer"])

    def files(self, scene: Scene) -> dict[str, Path]:
        """Return the files that the layout reads, and what it has in scope."""
        named = {f"file:{index}": Path(file) for index, file in enumerate(scene.fields["files"])}
        return {"prelude": PRELUDE, **named}

    def layout(self, scene: Scene) -> Layout:
        """Return the layout; it has a place among its files only if it reads any."""
        staged = scene.fields.get("staged", {"layout": ALONE, "names": []})
        return Layout(scene.fields["body"], staged["layout"], tuple(staged["names"]))

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return {"title", "values", "layers": the names of those that appear later, in order}: title can be None."""
        layers = [entry["layer"] for entry in scene.fields["reveal"]]
        return {**texts(scene.fields, "title"), "values": dict(scene.fields["values"]), "layers": layers}

    def entrances(self, _scene: Scene) -> dict[str, str]:
        """Let all that is in no layer fade in."""
        return {"layout": "fade"}

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Reveal each layer at its time, or when its name is spoken."""
        return [
            Reveal(
                field=f"reveal.{index}",
                at=entry.get("at"),
                words=entry["layer"].replace("-", " ").replace("_", " "),
                enter={f"reveal-{index}": EFFECTS.get(entry["enter"], entry["enter"])},
            )
            for index, entry in enumerate(scene.fields["reveal"])
        ]


SCENE = TypstScene()
