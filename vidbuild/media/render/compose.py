"""Turns a drawing and its motion into pictures, as a filter graph; pure, it starts nothing.

Only the frames in which something changes (moments) are composed; `held` repeats them to a constant frame rate.
Colours stay RGB until `encodable`, so mixing them is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.ffmpeg.filtergraph import SCALER, Stream
from vidbuild.media.render.animation import Layer, Motion
from vidbuild.media.render.changed_frames import moments, shown, still
from vidbuild.media.render.layer import Picture, laid_over


def pictures(picture: Picture) -> Stream:
    """The RGB pictures of a motion's moments, each with its frame's number as its time.

    One more follows at the frame after the last: ffmpeg before 6 forgets a picture of which it isn't told how long
    it lasts.
    """
    canvas, above = ground(picture)
    return painted(canvas, picture, above, (*moments(picture.layers, picture.motion), picture.motion.frames))


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
    above = filtergraph.shift(filtergraph.fade(filtergraph.shift(above, 1), "in", 1, frames, coming.motion.fps), -1)
    return filtergraph.overlay(below, above, 0, 0)


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


def ground(picture: Picture) -> tuple[Stream, list[Layer]]:
    """One RGB picture of what lies at the bottom and never changes, and the layers above that."""
    layers, motion = picture.layers, picture.motion
    above = list(shown(layers, motion))
    if above and _fills(above[0], picture) and still(above[0], motion):
        canvas = filtergraph.image(picture.folder / above.pop(0).file, picture.options, "rgb24")
    else:
        canvas = filtergraph.color("black", layers.width, layers.height, picture.options)
    while above and still(above[0], motion):
        layer = above.pop(0)
        canvas = filtergraph.overlay(
            canvas, filtergraph.image(picture.folder / layer.file, picture.options), layer.x, layer.y
        )
    return canvas, above


def painted(
    canvas: Stream,
    picture: Picture,
    above: Sequence[Layer],
    times: Sequence[int],
    corner: tuple[int, int] = (0, 0),
) -> Stream:
    """Layers over a canvas whose corner is at a place in the picture, at these frames."""
    stream = filtergraph.repeat_at(filtergraph.frame_timebase(canvas, picture.motion.fps), times)
    for layer in above:
        stream = laid_over(stream, picture, layer, corner)
    return stream


def _fills(layer: Layer, picture: Picture) -> bool:
    canvas = (0, 0, picture.layers.width, picture.layers.height)
    return layer.opaque and (layer.x, layer.y, layer.width, layer.height) == canvas
