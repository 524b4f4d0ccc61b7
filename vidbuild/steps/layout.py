"""The drawing of a scene that has a layout of its own: its layers are what each picture adds to the one before."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from vidbuild.engine.graph.context import Context
from vidbuild.errors import SpecProblem
from vidbuild.media.image import apart, raster
from vidbuild.media.text import layout
from vidbuild.media.text.fonts import StagedFonts
from vidbuild.media.text.layout import FOLDER, Drawn, Source
from vidbuild.media.text.typst import Drawing, Page
from vidbuild.suggest import did_you_mean

# What places content outside the page's margins: without any of it, only what is too large gets there.
PLACED = re.compile(r"\b(place|page|move|scale|pad|outset)\b")
FILE = "file:"  # roles of the files that a layout reads: "file:0"


def lay_out(context: Context, data: Mapping[str, Any], staged: StagedFonts) -> Drawing:
    """Draw the step's layout. data: what a template reads."""
    wanted = context.params["layout"]
    root, sources = _stage(context, wanted)
    reduced = wanted.get("reduced", 1)  # laid out as large as it is meant, since lengths need not be those of the frame
    size = [side * reduced for side in data["size"]]
    given = {**data, "size": size, "layout": f"/{wanted['place']}"}
    drawn = layout.draw(root, given, sources, staged, context.env, reduced)
    _check(context, drawn)
    _check_edges(context, drawn, wanted["source"])
    return Drawing(tuple(_pages(context, drawn, data["size"])), (), {})


def _stage(context: Context, wanted: Mapping[str, Any]) -> tuple[Path, list[Source]]:
    """Put the layout and its files into a folder of their own; return it, and the files with their fields."""
    root = context.scratch / "layout" / "root"
    own = root / FOLDER
    own.mkdir(parents=True)
    places = {"base": own / "base.typ", "prelude": own / "layout.typ", "template": own / "main.typ"}
    if "logo" in context.inputs:
        shutil.copyfile(context.scratch / "root" / "logo", own / "logo")
    named = {f"{FILE}{index}": root / name for index, name in enumerate(wanted["files"])}
    for role, path in {**places, **named}.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(context.inputs[role], path)
    path = root / wanted["place"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(layout.IMPORT + wanted["source"], encoding="utf-8", newline="")
    files = [Source(name, f"files.{index}") for index, name in enumerate(wanted["files"])]
    return root, [*files, Source(wanted["place"], "body")]


def _check(context: Context, drawn: Drawn) -> None:
    """Warn of what the layout does not show as its writer means it. Raise SpecProblem for layers that it lacks."""
    layers = context.params["fields"]["layers"]
    for index, name in enumerate(layers):
        if name not in drawn.names:
            hint = did_you_mean(name, drawn.names) or f'write #layer("{name}")[...] in the layout'
            raise SpecProblem(f"the layout has no layer '{name}'", field=f"reveal.{index}.layer", hint=hint)
    for note in drawn.notes:
        context.warn(note.code, note.message, field=note.field, hint=note.hint)
    for name in drawn.names:
        if name not in layers:
            message = f"layer '{name}' is visible from the start: 'reveal' does not name it"
            context.warn("VB316", message, field="body", hint=f"add '- layer: {name}' to 'reveal'")
    if drawn.pages > 1:
        message = f"the layout is too long for the frame: only the first of {drawn.pages} pages is shown"
        hint = "use smaller type, such as '#set text(size: u(32))', or less of it"
        context.warn("VB301", message, field="body", hint=hint)


def _check_edges(context: Context, drawn: Drawn, source: str) -> None:
    """Warn of content that is cut off at the edge of the frame."""
    if PLACED.search(source):
        return
    with Image.open(drawn.pictures[-1]) as image:
        opacity = image.convert("RGBA").getchannel("A")
    width, height = opacity.size
    edges = {
        "left": (0, 0, 1, height),
        "right": (width - 1, 0, width, height),
        "top": (0, 0, width, 1),
        "bottom": (0, height - 1, width, height),
    }
    for name, box in edges.items():
        if opacity.crop(box).getbbox() is not None:
            message = f"the layout is too large: it reaches beyond the {name} of the frame"
            hint = "use smaller type, or a block that takes the room that is left: '#block(height: 1fr)[...]'"
            context.warn("VB301", message, field="body", hint=hint)


def _pages(context: Context, drawn: Drawn, size: Sequence[int]) -> list[Page]:
    before: Image.Image | None = None
    pages = []
    for index, path in enumerate(drawn.pictures):
        with Image.open(path) as image:
            after = image.convert("RGBA")
        if before is None:
            if after.size != tuple(size):
                reduced = context.params["layout"].get("reduced", 1)
                wide, high, *sides = (side * reduced for side in (*after.size, *size))
                message = f"the layout sets a page of {wide} x {high}: the frame has {sides[0]} x {sides[1]}"
                raise SpecProblem(message, field="body", hint="leave the page's width and height as they are")
            pages.append(_page("layout", after, (0, 0)))
        else:
            found = apart.above(before, after)
            if found is None:
                context.warn("VB317", "the layer draws nothing", field=f"reveal.{index - 1}.layer")
            added, (x, y, *_) = found or (Image.new("RGBA", (1, 1)), (0, 0, 1, 1))
            pages.append(_page(f"reveal-{index - 1}", added, (x, y)))
        before = after
    return pages


def _page(name: str, image: Image.Image, at: tuple[int, int]) -> Page:
    return Page(name, *at, *image.size, raster.png(image), {"advances": (), "filled": "", "direction": "", "stops": ()})
