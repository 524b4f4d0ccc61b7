"""The callouts of a scene in its drawing: where their regions are on the frame, and the layers that mark them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from vidbuild import focal_point, inline
from vidbuild.engine.graph.context import Context
from vidbuild.errors import SpecProblem
from vidbuild.focal_point import MIDDLE, Focus, cropped
from vidbuild.frozen import dataclass, replaced
from vidbuild.media.image import raster
from vidbuild.media.image.concealed import pattern, placed
from vidbuild.media.image.region import Box, in_pixels, outside
from vidbuild.media.render.concealed import pattern_file
from vidbuild.media.text import scene_text, typst
from vidbuild.media.text.fonts import StagedFonts
from vidbuild.media.text.typst import Drawing, Page
from vidbuild.steps import enlarged
from vidbuild.steps.picture import Picture
from vidbuild.timeline.subtitle_params import SUBTITLE

TEMPLATE = "callouts.typ"
PAD = 0.2  # of a row's height, between its text and a mark
BLANK = 0.14  # of a line's height, above its letters and below them
EXACT = 1e-6  # pixels
OF_CLIP = ("clip", "image:poster")  # what fills the area of a clip
KEPT_FREE = ("heading", "caption", "logo")
TO_TEXT = frozenset({"label", "arrow", "circle", "cursor"})  # marks of what is in a cell rather than of the cell


@dataclass(frozen=True, slots=True)
class Content:
    """What callouts point at, as it is on the frame.

    drawing: of the scene.
    size: width and height of the scene's picture or clip, None without one.
    covers: whether the picture fills its box, so that edges may be cropped; otherwise all of it is in the box.
    focus: the point that stays in view then.
    """

    drawing: Drawing
    size: tuple[int, int] | None
    covers: bool
    focus: Focus = MIDDLE

    def place(self, region: Mapping[str, Any], field: str, *, to_text: bool = False) -> Box:
        """Return where a region is on the frame. Raise SpecProblem if it is not visible.

        to_text: of one cell, return the box of its text.
        """
        if "box" in region:
            return self._in_picture(region["box"], field)
        if "from" in region:
            return self._lines(region["from"], region["to"], field)
        return self._cells(region, field, to_text=to_text)

    def texts(self) -> list[Box]:
        """Return the boxes of the texts on which callouts can point, lines and cells, and of the names of columns."""
        lines = [(x, y + BLANK * h, w, (1 - 2 * BLANK) * h) for _, x, y, w, h in self.drawing.content.get("lines", ())]
        cells = [(x, y, w, h) for _, _, x, y, w, h in self.drawing.content.get("cells", ()) if w > 0]
        return lines + cells + [(x, y, w, h) for x, y, w, h in self.drawing.content.get("names", ())]

    def picture(self) -> Page:
        """Return the box of the picture or clip."""
        return next(page for page in self.drawing.pages if page.facts["filled"] in {"image", "clip"})

    def to_frame(self) -> tuple[float, float, float]:
        """Return how much larger the picture is on the frame, and where its top left corner would be."""
        page, (width, height) = self.picture(), self.size or (1, 1)
        scales = page.width / width, page.height / height
        scale = max(scales) if self.covers else min(scales)
        boxes = (page.x, page.width, width * scale, self.focus[0]), (page.y, page.height, height * scale, self.focus[1])
        left, top = (
            at - cropped(own, box, share) if self.covers and own > box else at + (box - own) / 2
            for at, box, own, share in boxes
        )
        return scale, left, top

    def _in_picture(self, box: Sequence[float | str], field: str) -> Box:
        if self.size is None:
            raise SpecProblem("the file has no picture to point at", field=field)
        x, y, width, height = in_pixels(box, self.size)
        if message := outside(box, self.size):
            raise SpecProblem(message, field=field)
        scale, left, top = self.to_frame()
        page = self.picture()
        x0, y0 = max(page.x, left + x * scale), max(page.y, top + y * scale)
        x1 = min(page.x + page.width, left + (x + width) * scale)
        y1 = min(page.y + page.height, top + (y + height) * scale)
        if x1 - x0 < min(1, width * scale) - EXACT or y1 - y0 < min(1, height * scale) - EXACT:
            raise SpecProblem(
                "the region is not visible: 'fit: cover' crops it", field=field, hint="set 'fit: contain'"
            )
        return x0, y0, max(1, x1 - x0), max(1, y1 - y0)  # a few pixels of a large picture are less than one

    def _lines(self, first: int, last: int, field: str) -> Box:
        found = [line for line in self.drawing.content.get("lines", ()) if first <= line[0] <= last]
        if not found:
            named = f"line {first} is" if first == last else f"lines {first} to {last} are"
            message = f"{named} not visible in the scene"
            raise SpecProblem(message, field=field, hint="set 'lines' to fewer lines")
        pad = PAD * self.drawing.content["pitch"]
        return _around([(x - pad, y, width + 2 * pad, height) for _, x, y, width, height in found])

    def _cells(self, region: Mapping[str, int], field: str, *, to_text: bool) -> Box:
        columns, rows = (self.drawing.content.get(name, ()) for name in ("columns", "rows"))
        chosen = []
        for name, spans in (("column", columns), ("row", rows)):
            index = region.get(name)
            if index is not None and index - 1 >= len(spans):
                raise SpecProblem(f"{name} {index} is not visible in the scene", field=field)
            chosen.append(spans if index is None else [spans[index - 1]])
        if to_text and {"row", "column"} <= region.keys():
            cell = (region["row"] - 1, region["column"] - 1)
            text = next(each[2:] for each in self.drawing.content["cells"] if (each[0], each[1]) == cell)
            return text[0], text[1], text[2], text[3]
        return _around([(x, y, width, height) for x, width in chosen[0] for y, height in chosen[1]])


def added(
    context: Context, drawing: Drawing, data: Mapping[str, Any], staged: StagedFonts, picture: Picture | None
) -> Drawing:
    """Return the drawing of a scene with its callouts above the other layers, and with what they hide of a clip.

    data: that of the scene's template. picture: the scene's own.
    """
    callouts = context.params.get("callouts", ())
    if not callouts:
        return drawing
    size = picture.size if picture else data["fields"].get("clip_size")
    covers = picture is not None or data["fields"].get("fit") == "cover"
    content = Content(drawing, size and (size[0], size[1]), covers, focal_point.of(data["fields"]))
    drawing = conceal_clip(drawing, callouts, content, context.out)
    marks = [each for each in callouts if each["kind"] not in {"blur", "zoom"}]
    pages, warnings = list(drawing.pages), list(drawing.warnings)
    if marks:
        drawn = scene_text.mapped(fields(marks, content), inline.marked)
        above = typst.lay_out(context.scratch / "root", TEMPLATE, {**data, "fields": drawn}, staged)
        pages += above.pages
        warnings += above.warnings
    for each in callouts:
        if each["kind"] == "zoom":
            place = content.place(each["regions"][0], f"callouts.{each['index']}.zoom")
            if picture:
                image, box, stop = enlarged.of_picture(picture, content, place, data["colors"]["accent"])
            elif content.size:
                pages.append(_zoomed_clip(context, content, place, each["index"], data["colors"]["accent"]))
                continue
            else:
                layout = enlarged.Layout(context.scratch / "root", data, staged, context.params["enlarges"])
                image, box, stop = enlarged.of_layout(layout, drawing, place)
                if box[2] / stop[2] < enlarged.LEAST:
                    context.warn(
                        "VB319",
                        f"'zoom' enlarges this region only {box[2] / stop[2]:.1f} times: it is as wide as its window",
                        field=f"callouts.{each['index']}.zoom",
                        hint="use 'spotlight' instead, or name a smaller region",
                    )
            pages.append(_zoomed(f"callout-{each['index']}", image, box, stop))
    return replaced(drawing, pages=tuple(pages), warnings=tuple(warnings))


def _zoomed(name: str, image: Image.Image, box: Sequence[int], stop: Box) -> Page:
    """Return the layer of an enlarged part, which grows from its own place, the stop."""
    x, y, width, height = box
    facts = {"advances": (), "filled": "", "stops": (stop,)}
    return Page(name, x, y, width, height, raster.png(image), facts)


def _zoomed_clip(context: Context, content: Content, place: Box, index: int, accent: str) -> Page:
    """Return the layer of an enlarged part of a clip, without what callouts hide, whose patterns are written."""
    page, size, name = content.picture(), content.size or (1, 1), f"callout-{index}"
    shown, stop = enlarged.of_clip(content, size, place, name, accent)
    scale, left, top = content.to_frame()
    factor = page.width / stop[2]
    boxes = placed(
        hidden(context.params, size),
        scale * factor,
        (left - stop[0]) * factor,
        (top - stop[1]) * factor,
        (page.width, page.height),
    )
    for nth, (_, _, width, height) in enumerate(boxes):
        (context.out / pattern_file(nth, name)).write_bytes(raster.png(pattern(width, height)))
    facts = {"advances": (), "filled": "", "stops": (stop,), "hidden": tuple(boxes), "enlarged": shown}
    return Page(name, page.x, page.y, page.width, page.height, b"", facts)


def hidden(params: Mapping[str, Any], size: tuple[int, int]) -> tuple[Box, ...]:
    """Return the parts of a picture of this size that callouts make unreadable, in its pixels."""
    blurs = [each for each in params.get("callouts", ()) if each["kind"] == "blur"]
    return tuple(in_pixels(region["box"], size) for each in blurs for region in each["regions"] if "box" in region)


def conceal_clip(drawing: Drawing, callouts: Sequence[Mapping[str, Any]], content: Content, out: Path) -> Drawing:
    """Return the drawing of a clip with the parts that callouts make unreadable, whose patterns are written to out."""
    for each in callouts:  # each region is in the clip
        content.place(each["regions"][0], f"callouts.{each['index']}.{each['kind']}")
    page = next((page for page in drawing.pages if page.facts["filled"] == "clip"), None)
    if page is None or content.size is None:
        return drawing
    scale, left, top = content.to_frame()
    size = page.width, page.height
    boxes = placed(hidden({"callouts": callouts}, content.size), scale, left - page.x, top - page.y, size)
    for index, (_, _, width, height) in enumerate(boxes):
        (out / pattern_file(index)).write_bytes(raster.png(pattern(width, height)))
    pages = tuple(
        replaced(each, facts={**each.facts, "hidden": tuple(boxes)}) if each.facts["filled"] in OF_CLIP else each
        for each in drawing.pages
    )
    return replaced(drawing, pages=pages)


def fields(callouts: Sequence[Mapping[str, Any]], content: Content) -> dict[str, Any]:
    """Return what callouts.typ draws. callouts: those of the step's parameters."""
    marks = []
    for callout in callouts:
        field = f"callouts.{callout['index']}"
        kind = callout["kind"]
        places = [content.place(each, f"{field}.{kind}", to_text=kind in TO_TEXT) for each in callout["regions"]]
        boxes = [_rounded(place) for place in places]
        in_text = "box" not in callout["regions"][0]
        own = {"name": f"callout-{callout['index']}", "field": field, "kind": kind, "in_text": in_text}
        more = {"text": callout["text"], "from": callout["side"], "click": callout["click"]}
        marks.append({**own, **more, **boxes[0], "stops": boxes})
    texts = [[box[name] for name in "xywh"] for box in map(_rounded, content.texts())]
    windows = [[page.x, page.y, page.width, page.height] for page in content.drawing.pages if page.name == "window"]
    window = windows[0] if texts and windows else None
    has_bar = not any(page.name.startswith("header") for page in content.drawing.pages)  # as tables have
    shown = {"marks": marks, "avoid": kept_free(content.drawing), "texts": texts, "window": window}
    return {**shown, "has_bar": has_bar}


def kept_free(drawing: Drawing) -> list[list[int]]:
    """Return the boxes of the layers that neither notes nor overlays cover."""
    return [[page.x, page.y, page.width, page.height] for page in drawing.pages if _kept_free(page.name)]


def _kept_free(layer: str) -> bool:
    return layer in KEPT_FREE or layer.removeprefix(SUBTITLE).isdigit()


def _rounded(box: Box) -> dict[str, int]:
    x, y, width, height = box
    return {"x": round(x), "y": round(y), "w": max(1, round(width)), "h": max(1, round(height))}


def _around(boxes: Sequence[Box]) -> Box:
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    return left, top, right - left, bottom - top
