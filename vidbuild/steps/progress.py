"""The step `progress:SCENE`: draw a scene's mark of progress and the name of its section, which lie over the scene."""

from __future__ import annotations

from vidbuild.engine.graph.context import Context
from vidbuild.media.render.drawing import Layer, Layers
from vidbuild.media.text import scene_text, typst
from vidbuild.steps import draw


def run(context: Context) -> None:
    """Write layers.json and a PNG per layer."""
    root, staged = draw.stage(context)
    params = {**context.params, "background": None}
    fields = scene_text.clean(params["fields"])
    data = draw.template_data(params, draw.Behind(b""), fields, staged, logo=False)
    drawing = typst.lay_out(root, draw.STAGED["template"], data, staged)
    layers = []
    for page in drawing.pages:
        (context.out / f"{page.name}.png").write_bytes(page.png)
        layers.append(Layer(page.name, f"{page.name}.png", page.x, page.y, page.width, page.height, stays=True))
    width, height = params["size"]
    Layers(width, height, tuple(layers)).write(context.out)
    for warning in drawing.warnings:
        draw.warn_of_layout(context, warning)
