"""Build the filter graph that makes regions of a clip unreadable, in the way of media/image/concealed.py."""

from __future__ import annotations

from collections.abc import Iterator

from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.ffmpeg.filtergraph import Stream
from vidbuild.media.image.concealed import CELLS, EDGE, Box
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.drawing import Layer

SLACK = 2  # pixels that a clip that is shown whole may be smaller than its box


def pattern_file(index: int, of: str = "") -> str:
    """Return the name of the PNG with the pattern of a region. of: what shows the region larger."""
    return f"hidden-{of}-{index}.png" if of else f"hidden-{index}.png"


def conceal(stream: Stream, animation: Animation, layer: Layer) -> Stream:
    """Fill a layer's hidden regions with the colors around them, under their patterns."""
    options, folder = animation.options(layer.name), animation.folders.get(layer.name, animation.folder)
    if len(layer.hidden) > 1:  # the colors around one must not come from another
        for x, y, width, height in layer.hidden:
            stream = filtergraph.overlay(stream, filtergraph.color("gray", width, height, options, "rgba"), x, y)
    for index, (x, y, width, height) in enumerate(layer.hidden):
        edges = list(_edges((x, y, width, height), layer))
        base, *parts = filtergraph.split(stream, 1 + len(edges))
        strips = [
            part.filter("crop", right - left, bottom - top, left, top)
            for part, (left, top, right, bottom) in zip(parts, edges, strict=True)
        ]
        pattern = filtergraph.image(
            folder / pattern_file(index, layer.enlarged.name if layer.enlarged else ""), animation.copy_of(layer.name)
        )
        if not strips:
            plain = filtergraph.color("gray", width, height, options, "rgba")
            stream = filtergraph.overlay(filtergraph.overlay(base, plain, x, y), pattern, x, y)
            continue
        beside = edges[0][1] == y
        cells = (len(strips), CELLS) if beside else (CELLS, len(strips))
        few = filtergraph.stack("hstack" if beside else "vstack", strips).filter("scale", *cells, flags="area")
        # ffmpeg enlarges a few rows in steps.
        large = few.filter("scale", width, height, flags="bilinear").filter("format", "rgba")
        filled = large.filter("gblur", sigma=max(1, min(width, height) // 6), steps=2)
        stream = filtergraph.overlay(base, filtergraph.overlay(filled, pattern, 0, 0), x, y)
    return stream


def _edges(box: Box, layer: Layer) -> Iterator[tuple[int, int, int, int]]:
    """Yield the pixels above and below a box, or else those beside it: left, top, right, bottom."""
    x, y, width, height = box
    found = False
    if y >= EDGE:
        found = True
        yield x, y - EDGE, x + width, y
    if y + height + EDGE + SLACK <= layer.height:
        found = True
        yield x, y + height, x + width, y + height + EDGE
    if not found and x >= EDGE:
        found = True
        yield x - EDGE, y, x, y + height
    if not found and x + width + EDGE + SLACK <= layer.width:
        yield x + width, y, x + width + EDGE, y + height
