"""The overlays of a scene in its drawing: lower thirds, watermarks and badges above all other layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from vidbuild import inline
from vidbuild.engine.graph.context import Context
from vidbuild.media.image import raster
from vidbuild.media.text import scene_text, typst
from vidbuild.media.text.fonts import StagedFonts
from vidbuild.media.text.typst import Drawing
from vidbuild.steps.callouts import kept_free
from vidbuild.steps.picture import Picture

TEMPLATE = "overlays.typ"
SIDE = 800  # pixels of the longer side to which a watermark is reduced


def added(context: Context, drawing: Drawing, data: Mapping[str, Any], staged: StagedFonts) -> Drawing:
    """Return the drawing of a scene with its overlays. data: that of the scene's template."""
    overlays = context.params.get("overlays", ())
    if not overlays:
        return drawing
    root = context.scratch / "root"
    drawn = []
    for index, overlay in enumerate(overlays):
        fields = scene_text.mapped(dict(overlay), inline.marked)
        role = f"overlay:{index}"
        if role in context.inputs:
            picture = Picture.of(context.inputs[role], f"{overlay['field']}.watermark.image", root, staged)
            picture.check(context)
            (root / f"overlay-{index}").write_bytes(raster.png(picture.whole(SIDE)))
            fields["image"] = f"overlay-{index}"
        drawn.append({**fields, "name": f"overlay-{index}"})
    drawn_fields = {"overlays": drawn, "avoid": kept_free(drawing)}
    above = typst.lay_out(root, TEMPLATE, {**data, "fields": drawn_fields}, staged)
    return replace(drawing, pages=(*drawing.pages, *above.pages), warnings=(*drawing.warnings, *above.warnings))
