"""The overlays of a scene in its drawing: lower thirds, watermarks, badges and clips above all other layers."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from PIL import Image

from vidbuild import inline
from vidbuild.engine.graph.context import Context
from vidbuild.frozen import replaced
from vidbuild.media.image import raster
from vidbuild.media.text import scene_text, typst
from vidbuild.media.text.fonts import StagedFonts
from vidbuild.media.text.typst import Drawing, Page
from vidbuild.steps.callouts import kept_free
from vidbuild.steps.picture import Picture

TEMPLATE = "overlays.typ"
INSET = "inset"  # what fills the layer of a clip
UPRIGHT = 1.2  # height by width from which on a clip has room of its own below the content
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
        if overlay["kind"] == "clip":
            fields["ratio"] = _ratio(context, role)
        elif role in context.inputs:
            picture = Picture.of(context.inputs[role], f"{overlay['field']}.watermark.image", root, staged)
            picture.check(context)
            (root / f"overlay-{index}").write_bytes(raster.png(picture.whole(SIDE)))
            fields["image"] = f"overlay-{index}"
        drawn.append({**fields, "name": f"overlay-{index}"})
    drawn_fields = {"overlays": drawn, "avoid": _ink_to_avoid(drawing)}
    above = typst.lay_out(root, TEMPLATE, {**data, "fields": drawn_fields}, staged)
    pages = [_with_mask(context, page) for page in above.pages]
    return replaced(drawing, pages=(*drawing.pages, *pages), warnings=(*drawing.warnings, *above.warnings))


def _ink_to_avoid(drawing: Drawing) -> list[tuple[int, int, int, int]]:
    """Return the boxes [x, y, width, height] of what overlays do not cover, without the room around its letters."""
    return [_ink(page) for page in drawing.pages if [page.x, page.y, page.width, page.height] in kept_free(drawing)]


def _ink(page: Page) -> tuple[int, int, int, int]:
    if not page.png:
        return page.x, page.y, page.width, page.height
    with Image.open(io.BytesIO(page.png)) as image:
        left, top, right, bottom = image.convert("RGBA").getchannel("A").getbbox() or (0, 0, page.width, page.height)
    return page.x + left, page.y + top, right - left, bottom - top


def foot(context: Context) -> tuple[int, float, int]:
    """Return what is over the lower end of a frame: lines of a lower third, pixels of a clip, and pixels of captions.

    A clip takes it in frames that are clearly higher than wide; elsewhere it would leave the content too little.
    """
    width, height = context.params["size"]
    overlays = list(enumerate(context.params.get("overlays", ())))
    lines = [1 + bool(each["role"]) for _, each in overlays if each["kind"] == "lower_third"]
    clips = [
        each["size"]
        * min(width, height)
        / (1 if each["fit"] == "cover" else _ratio(context, f"overlay:{index}")) ** 0.5
        for index, each in overlays
        if each["kind"] == "clip" and not each["corner"].startswith("top") and height > width * UPRIGHT
    ]
    return max(lines, default=0), max(clips, default=0.0), context.params.get("captions_foot", 0)


def _ratio(context: Context, role: str) -> float:
    """Return the width of a clip, of which all is visible, as a share of its height; 1 for one that is a square."""
    if role not in context.inputs:
        return 1.0
    from vidbuild.media.ffmpeg.probe import describe  # few scenes have a clip

    info = describe(context.inputs[role], env=context.env)
    return info.width / info.height if info.has_video else 1.0


def _with_mask(context: Context, page: Page) -> Page:
    """Write the mask of a clip with round corners; return its layer with the name of the mask."""
    radius = page.facts.get("radius", 0)
    if page.facts["filled"] != INSET or radius <= 0:
        return page
    shape = raster.rounded(Image.new("RGB", (page.width, page.height)), radius).getchannel("A")
    name = f"{page.name}-mask.png"
    (context.out / name).write_bytes(raster.png(shape))
    return replaced(page, facts={**page.facts, "mask": name})
