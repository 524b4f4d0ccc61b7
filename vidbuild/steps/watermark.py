"""The step `watermark`: draw what marks the pictures of a draft, once for all scenes, which it lies over."""

from __future__ import annotations

from vidbuild.engine.graph.context import Context
from vidbuild.media.render.drawing import Layer, Layers
from vidbuild.media.text import fonts, typst

TEMPLATE = "template.typ"


def run(context: Context) -> None:
    """Write layers.json and a PNG.

    Params: size: width and height of the video. text: what the mark says.
    """
    root = context.scratch / "root"
    root.mkdir(parents=True)
    (root / TEMPLATE).write_bytes(context.inputs["template"].read_bytes())
    data = {"size": list(context.params["size"]), "text": context.params["text"]}
    staged = fonts.stage(context.scratch / "fonts", (), ())
    [page] = typst.lay_out(root, TEMPLATE, data, staged).pages
    (context.out / f"{page.name}.png").write_bytes(page.png)
    layer = Layer(page.name, f"{page.name}.png", page.x, page.y, page.width, page.height, stays=True)
    width, height = context.params["size"]
    Layers(width, height, (layer,)).write(context.out)
