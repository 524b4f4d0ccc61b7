"""The subtitles of a scene in its drawing: a layer for each page, and one for each word that is lit."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image

from vidbuild.engine.graph.context import Context
from vidbuild.frozen import replaced
from vidbuild.media.image import raster
from vidbuild.media.text import scene_text, typst
from vidbuild.media.text.boundaries import is_letter
from vidbuild.media.text.fonts import StagedFonts
from vidbuild.media.text.typst import Drawing, Page
from vidbuild.steps.callouts import kept_free
from vidbuild.timeline.subtitle_params import SUBTITLE

TEMPLATE = "subtitles.typ"
MARGIN = 1  # pixels kept around the ink of a layer


def added(
    context: Context,
    drawing: Drawing,
    data: Mapping[str, Any],
    staged: StagedFonts,
    drawable: Callable[[dict[str, Any]], dict[str, Any]],
) -> Drawing:
    """Return the drawing of a scene with its subtitles.

    data: that of the scene's template. drawable: returns texts without what no font can draw.
    """
    params = context.params.get("subtitles")
    if not params:
        return drawing
    shown = drawable(scene_text.clean(params))
    for page in shown["pages"]:
        page["lit"] = [index for index, word in enumerate(page["words"]) if any(map(is_letter, word))]
    fields = {**shown, "avoid": kept_free(drawing)}
    above = typst.lay_out(context.scratch / "root", TEMPLATE, {**data, "fields": fields}, staged)
    pages = [cropped(page) for page in above.pages]
    return replaced(drawing, pages=(*drawing.pages, *pages), warnings=(*drawing.warnings, *above.warnings))


def raised(drawing: Drawing) -> Drawing:
    """Return the drawing with its subtitles above all other layers."""
    return replaced(drawing, pages=tuple(sorted(drawing.pages, key=lambda page: page.name.startswith(SUBTITLE))))


def cropped(page: Page) -> Page:
    """Return a layer without what is empty around its ink: there is one for each word, and all are in memory."""
    with Image.open(io.BytesIO(page.png)) as image:
        drawn = image.convert("RGBA")
    left, top, right, bottom = drawn.getchannel("A").getbbox() or (0, 0, 1, 1)
    left, top = max(0, left - MARGIN), max(0, top - MARGIN)
    right, bottom = min(page.width, right + MARGIN), min(page.height, bottom + MARGIN)
    png = raster.png(drawn.crop((left, top, right, bottom)))
    return replaced(page, x=page.x + left, y=page.y + top, width=right - left, height=bottom - top, png=png)
