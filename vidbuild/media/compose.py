"""Turns a drawing and its motion into pictures, as a filter graph; pure, it starts nothing.

Only the frames in which something changes (moments) are composed; `held` repeats them to a constant frame rate.
Colours stay RGB until `encodable`, so mixing them is exact.
"""

from __future__ import annotations

from dataclasses import replace

from vidbuild.media import graph
from vidbuild.media.graph import Stream
from vidbuild.media.layer import SCALER, Picture, laid_over
from vidbuild.media.moments import moments, shown, still
from vidbuild.media.picture import Layer, Motion

PAST_ALL = 1 << 30


def pictures(picture: Picture) -> Stream:
    """The RGB pictures of a motion's moments, each with its frame's number as its time.

    One more follows at the frame after the last: ffmpeg before 6 forgets a picture of which it isn't told how long
    it lasts.
    """
    layers, motion = picture.layers, picture.motion
    seen = shown(layers, motion)
    times = (*moments(layers, motion), motion.frames)
    if seen and _fills(seen[0], picture) and still(seen[0], motion):
        canvas, seen = graph.image(picture.folder / seen[0].file, picture.options, "rgb24"), seen[1:]
    else:
        canvas = graph.colour("black", layers.width, layers.height, picture.options)
    while seen and still(seen[0], motion):
        image = graph.image(picture.folder / seen[0].file, picture.options)
        canvas = graph.over(canvas, image, seen[0].x, seen[0].y)
        seen = seen[1:]
    stream = graph.at(graph.clock(canvas, motion.fps), times)
    for layer in seen:
        stream = laid_over(stream, picture, layer)
    return stream


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
    above = held(pictures(replace(coming, second=True)), coming.motion)
    above = above.filter("tpad", start=frames - coming.motion.frames, start_mode="clone").filter("format", "rgba")
    above = graph.later(graph.fade(graph.later(above, 1), "in", 1, frames, coming.motion.fps), -1)
    return graph.over(below, above, 0, 0)


def encodable(stream: Stream, pixels: str) -> Stream:
    """The same pictures as limited-range BT.709, converted once and tagged as what they are."""
    stream = stream.filter("scale", flags=SCALER, out_color_matrix="bt709", out_range="tv").filter("format", pixels)
    tags = {"color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709"}
    return stream.filter("setparams", range="tv", **tags).filter("setsar", 1)


def small(stream: Stream, width: int, index: int) -> Stream:
    """The stream's first picture and its index-th, scaled to a width, as JPEG means colours: BT.601, full range.

    What the stream is tagged as, by the matrix of a clip in it, would else decide. The first, and a time past all
    others, are there for memory's sake: ffmpeg always asks for the output that is furthest behind, and one that gives
    nothing until the end would make it pile up all pictures of the other outputs.
    """
    picked = stream.filter("select", f"eq(n,0)+eq(n,{index})").filter("setpts", f"{PAST_ALL}*(N+1)")
    target = {"out_color_matrix": "bt601", "out_range": "pc"}
    return picked.filter("scale", width, -2, flags="area+accurate_rnd+full_chroma_int", **target)


def _fills(layer: Layer, picture: Picture) -> bool:
    canvas = (0, 0, picture.layers.width, picture.layers.height)
    return layer.opaque and (layer.x, layer.y, layer.width, layer.height) == canvas
