"""Runs the draw step, and composes its layers as the render step would."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from PIL import Image

from tests.support.scene_samples import SAMPLES, drawing, scene
from vidbuild.engine.graph.context import Context, StepWarning
from vidbuild.media.render.columns_of_rows import Column
from vidbuild.media.render.drawing import Layer, Layers
from vidbuild.media.text import divisions
from vidbuild.scenes.layout_files import layout_files
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.spec.theme import built_in
from vidbuild.steps import draw

PACKAGE = Path(draw.__file__).resolve().parent.parent
THEMES = tuple(built_in())
TYPES = tuple(SAMPLES)
FIELDS = {kind: drawing(kind, **sample.full) for kind, sample in SAMPLES.items()}


def changed(kind: str, /, **fields: Any) -> dict[str, Any]:
    """Return a type's drawn sample with some fields replaced."""
    return {**copy.deepcopy(FIELDS[kind]), **fields}


def theme(name: str = "midnight") -> dict[str, Any]:
    """A built-in theme's values."""
    values: dict[str, Any] = yaml.safe_load((PACKAGE / "themes" / f"{name}.yaml").read_text(encoding="utf-8"))
    return values


class Drawn:
    """What one run of the draw step left behind."""

    def __init__(self, folder: Path, warnings: list[StepWarning]) -> None:
        self.folder = folder
        self.warnings = warnings
        self.layers = Layers.read(folder)

    def names(self) -> list[str]:
        """The layers' names, the bottom one first."""
        return [layer.name for layer in self.layers.layers]

    def __getitem__(self, name: str) -> Layer:
        return next(layer for layer in self.layers.layers if layer.name == name)

    def image(self, name: str) -> Image.Image:
        """A layer's own pixels; of a layer of rows, those of its last state."""
        layer = self[name]
        if layer.rows is not None:
            column = Column.of(layer, str(self.folder), [(0, len(layer.rows.states) - 1)], [0])
            [pixels] = column.pixels()
            return Image.frombytes("RGB", (layer.width, layer.height), pixels).convert("RGBA")
        with Image.open(self.folder / layer.file) as image:
            return image.convert("RGBA")

    def ink(self, name: str) -> tuple[int, int, int, int]:
        """The box on the canvas of what a layer clearly shows (left, top, right, bottom)."""
        layer = self[name]
        box = self.image(name).getchannel("A").point([0] * 32 + [255] * 224).getbbox()
        assert box is not None, f"nothing in {name}"
        return layer.x + box[0], layer.y + box[1], layer.x + box[2], layer.y + box[3]

    def files(self) -> dict[str, bytes]:
        """Everything that was written, by name."""
        return {path.name: path.read_bytes() for path in sorted(self.folder.iterdir())}

    def composed(self, hidden: tuple[str, ...] = ()) -> Image.Image:
        """All layers over each other, without the hidden ones; a ramp stands for a clip."""
        canvas = Image.new("RGBA", (self.layers.width, self.layers.height))
        for layer in self.layers.layers:
            if layer.name in hidden:
                continue
            ramp = Image.linear_gradient("L").convert("RGBA").resize((layer.width, layer.height))
            canvas.alpha_composite(self.image(layer.name) if layer.file else ramp, (layer.x, layer.y))
        return canvas.convert("RGB")


def picture(path: Path, size: tuple[int, int] = (320, 200), colour: tuple[int, ...] = (200, 80, 40)) -> Path:
    """Write a plain image, so that an image scene has one."""
    Image.new("RGB" if len(colour) == 3 else "RGBA", size, colour).save(path)
    return path


def _pictures(kind: str, fields: Mapping[str, Any]) -> set[str]:
    """Return the roles of the sample's pictures, as far as the fields to draw have the entries that they belong to."""
    roles = set()
    for role in SCENE_TYPES[kind].files(scene(kind, **SAMPLES[kind].full)):
        owner: Any = fields
        for part in role.partition(":")[2].split(".")[:-1]:
            entries = dict(enumerate(owner)) if isinstance(owner, list) else owner
            owner = entries.get(int(part) if part.isdigit() else part, {})
        if role == "image" or (role.startswith("image:") and (owner.get("image_size") or owner.get("portrait"))):
            roles.add(role)
    return roles


def _templates(kind: str) -> dict[str, Path]:
    """Return the templates of a type, and of the parts of its sample, and what its layout has in scope."""
    files = SCENE_TYPES[kind].files(scene(kind, **SAMPLES[kind].full))
    more = {role: path for role, path in files.items() if role.partition(":")[0] in {"prelude", "template", "module"}}
    return {**layout_files(SCENE_TYPES[kind]), **more}


def _layout(kind: str, source: str | None) -> dict[str, Any]:
    """Return the parameters of a layout of a scene's own: the sample's, or one with this source."""
    layout = SCENE_TYPES[kind].layout(scene(kind, **SAMPLES[kind].full))
    if layout is None:
        return {}
    shown = layout.source if source is None else source
    return {"layout": {"source": shown, "place": layout.place, "files": list(layout.names)}}


def drawn(
    out: Path,
    kind: str,
    fields: Mapping[str, Any] | None = None,
    *,
    size: tuple[int, int] = (640, 360),
    theme_values: Mapping[str, Any] | None = None,
    language: str = "en",
    background: Any = None,
    files: Mapping[str, Path] | None = None,
    layout: str | None = None,
) -> Drawn:
    """Run the draw step into a folder; fields are those of FIELDS, and the layout the sample's, if none are given."""
    scene_type = SCENE_TYPES[kind]
    shown = FIELDS[kind] if fields is None else fields
    params = {
        "size": list(size),
        "theme": theme() if theme_values is None else theme_values,
        "fields": shown,
        "language": language,
        "background": background,
        "spec_fields": dict(scene_type.spec_fields),
        "lights": [list(light) for light in scene_type.lights] if background is None else [],
        **_layout(kind, layout),
        **divisions.params(shown, language),
    }
    scenes = PACKAGE / "scenes"
    inputs = {"base": scenes / "base.typ", **(files or {})}
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        inputs = {**_templates(kind), **inputs}
        for role in _pictures(kind, shown) - inputs.keys():
            inputs[role] = picture(Path(scratch) / "image.png")
        context = Context(f"draw:{kind}", params, inputs, out, Path(scratch), {})
        draw.run(context)
    return Drawn(out, context.warnings)
