"""Turns a drawing and its motion into pictures, as a filter graph; pure, it starts nothing.

Only the frames in which something changes (moments) are composed; `held` repeats them to a constant frame rate.
Colours stay RGB until `encodable`, so mixing them is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vidbuild.media import graph
from vidbuild.media.bands import ROW, Band
from vidbuild.media.graph import SCALER, Stream
from vidbuild.media.layer import Picture, laid_over
from vidbuild.media.moments import moments, rows_of, shown, still
from vidbuild.media.picture import Layer, Motion

MARGIN = 8  # rows of pixels: more than a chroma sample is made of


@dataclass(frozen=True, slots=True)
class Strip:
    """A stream of a band's pictures with some rows around it: how many above it, and how many are its own."""

    stream: Stream
    top: int
    height: int


def pictures(picture: Picture) -> Stream:
    """The RGB pictures of a motion's moments, each with its frame's number as its time.

    One more follows at the frame after the last: ffmpeg before 6 forgets a picture of which it isn't told how long
    it lasts.
    """
    canvas, above = _still(picture)
    return _painted(canvas, picture, above, (*moments(picture.layers, picture.motion), picture.motion.frames))


def banded(picture: Picture, bands: Sequence[Band]) -> tuple[list[Strip], Stream]:
    """The RGB pictures of each band, at its frames and with its time counted in them; and the whole last picture.

    Around a band are some rows of its neighbours, so that its colours are converted as they would be in the whole.
    The last picture is composed for itself: were it one of the others, ffmpeg, which always asks for the output that
    is furthest behind, would pile up all pictures that come before it.
    """
    canvas, above = _still(picture)
    height = picture.layers.height
    strips = []
    *parts, rest = graph.split(canvas, len(bands) + 1)
    for index, (part, band) in enumerate(zip(parts, bands, strict=True)):
        top, end = band.row * ROW, min((band.row + band.rows) * ROW, height)
        first, last = max(0, top - MARGIN), min(end + MARGIN, height)
        rows = part.filter("crop", picture.layers.width, last - first, 0, first) if len(bands) > 1 else part
        seen = [layer for layer in above if _meets(layer, picture, first, last)]
        painted = _painted(rows, replace(picture, copy=index), seen, band.frames, first)
        # Told no rate, ffmpeg takes the first PNG's 25 a second, and writes its picture twice in a video of 50 or more.
        counted = painted.filter("setpts", "N").filter("fps", fps=picture.motion.fps)
        strips.append(Strip(counted.filter("tpad", stop=1, stop_mode="clone"), top - first, end - top))
    ended = replace(picture, motion=picture.motion.window(picture.motion.frames - 1, 1), copy=len(bands))
    below = {layer.name for layer in picture.layers.layers} - {layer.name for layer in above}
    seen = [layer for layer in shown(ended.layers, ended.motion) if layer.name not in below]
    return strips, _painted(rest, ended, seen, (0,))


def bare(stream: Stream, strip: Strip) -> Stream:
    """A band's stream without the rows around it."""
    return stream.filter("crop", "iw", strip.height, 0, strip.top)


def fenced(stream: Stream, band: Band, width: int, pixels: str) -> Stream:
    """A band's encodable stream with its fences: black and white columns, which nothing that is shown resembles."""
    above, below = (rows * ROW for rows in band.fences)
    parts = [tagged(stream)]  # ffmpeg makes the colours of what it stacks alike, as they are tagged
    if above:
        parts.insert(0, _fence(width, above, pixels, 2 * band.row))
    if below:
        parts.append(_fence(width, below, pixels, 2 * band.row + 1))
    return stacked(parts)


def stacked(streams: Sequence[Stream]) -> Stream:
    """Streams one below the other."""
    import ffmpeg

    return ffmpeg.filter(list(streams), "vstack", inputs=len(streams)) if len(streams) > 1 else streams[0]


def _fence(width: int, height: int, pixels: str, copy: int) -> Stream:
    fence = graph.colour("black", width, height, {"probesize": 32 + copy}, pixels)
    return tagged(fence.filter("drawgrid", width=2, height=height * 2, y=height + 1, thickness=1, color="white"))


def held(stream: Stream, motion: Motion) -> Stream:
    """Every frame of a motion: each moment's picture repeated until the next, the last to the end."""
    spread = stream.filter("fps", fps=motion.fps).filter("tpad", stop=-1, stop_mode="clone")
    return spread.filter("trim", end_frame=motion.frames)


def crossfade(leaving: Picture, coming: Picture, frames: int) -> Stream:
    """`frames` RGB pictures from one picture to the other: the one plays and holds its last, the other holds and plays.

    Picture k of n holds k/(n+1) of the coming scene, so that the first and the last are mixtures as well.
    """
    below = held(pictures(leaving), leaving.motion)
    below = below.filter("tpad", stop=frames - leaving.motion.frames, stop_mode="clone")
    above = held(pictures(replace(coming, copy=1)), coming.motion)
    above = above.filter("tpad", start=frames - coming.motion.frames, start_mode="clone").filter("format", "rgba")
    above = graph.later(graph.fade(graph.later(above, 1), "in", 1, frames, coming.motion.fps), -1)
    return graph.over(below, above, 0, 0)


def encodable(stream: Stream, pixels: str) -> Stream:
    """The same pictures as limited-range BT.709, converted once."""
    return stream.filter("scale", flags=SCALER, out_color_matrix="bt709", out_range="tv").filter("format", pixels)


def tagged(stream: Stream) -> Stream:
    """Encodable pictures that say what they are."""
    tags = {"color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709"}
    return stream.filter("setparams", range="tv", **tags).filter("setsar", 1)


def small(stream: Stream, width: int) -> Stream:
    """Pictures scaled to a width, as JPEG means their colours: BT.601, full range.

    What the stream is tagged as, by the matrix of a clip in it, would else decide.
    """
    target = {"out_color_matrix": "bt601", "out_range": "pc"}
    return stream.filter("scale", width, -2, flags="area+accurate_rnd+full_chroma_int", **target)


def _still(picture: Picture) -> tuple[Stream, list[Layer]]:
    """One RGB picture of what lies at the bottom and never changes, and the layers above that."""
    layers, motion = picture.layers, picture.motion
    above = list(shown(layers, motion))
    if above and _fills(above[0], picture) and still(above[0], motion):
        canvas = graph.image(picture.folder / above.pop(0).file, picture.options, "rgb24")
    else:
        canvas = graph.colour("black", layers.width, layers.height, picture.options)
    while above and still(above[0], motion):
        layer = above.pop(0)
        canvas = graph.over(canvas, graph.image(picture.folder / layer.file, picture.options), layer.x, layer.y)
    return canvas, above


def _painted(canvas: Stream, picture: Picture, above: Sequence[Layer], times: Sequence[int], top: int = 0) -> Stream:
    """Layers over a canvas that begins at a row of the picture, at these frames."""
    stream = graph.at(graph.clock(canvas, picture.motion.fps), times)
    for layer in above:
        stream = laid_over(stream, picture, layer, top)
    return stream


def _meets(layer: Layer, picture: Picture, first: int, last: int) -> bool:
    top, end = rows_of(layer, picture.layers, picture.motion)
    return top < last and end > first


def _fills(layer: Layer, picture: Picture) -> bool:
    canvas = (0, 0, picture.layers.width, picture.layers.height)
    return layer.opaque and (layer.x, layer.y, layer.width, layer.height) == canvas
