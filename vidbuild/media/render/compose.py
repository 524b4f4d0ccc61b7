"""Compose an animation's layers into frames, as a filter graph. Every function is pure: none starts ffmpeg.

Only the frames that change are composed; `hold_frames` repeats them to a constant frame rate. Colors stay RGB until
`to_encoder_pixels`, so mixing them is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile

from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.ffmpeg.filtergraph import SCALER, Stream
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.changed_frames import Box, changed_frames, is_still, visible_layers
from vidbuild.media.render.drawing import Layer
from vidbuild.media.render.layer import overlay_layer
from vidbuild.media.render.motion import Motion


def frames(animation: Animation) -> Stream:
    """Return the changed frames in RGB, each with its frame number as its timestamp.

    One more follows at the frame after the last: ffmpeg before 6 drops a frame of unknown duration.
    """
    base, above = base_and_layers(animation)
    times = (*changed_frames(animation.layers, animation.motion), animation.motion.frames)
    return overlay_layers(base, animation, above, times)


def hold_frames(stream: Stream, motion: Motion) -> Stream:
    """Return every frame of a motion: each changed frame repeats until the next, the last to the end."""
    spread = stream.filter("fps", fps=motion.fps).filter("tpad", stop=-1, stop_mode="clone")
    return spread.filter("trim", end_frame=motion.frames)


def to_encoder_pixels(stream: Stream, pixels: str) -> Stream:
    """Convert frames once to limited-range BT.709 in a pixel format."""
    return stream.filter("scale", flags=SCALER, out_color_matrix="bt709", out_range="tv").filter("format", pixels)


def tag_colors(stream: Stream) -> Stream:
    """Tag frames from `to_encoder_pixels` with their color properties."""
    tags = {"color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709"}
    return stream.filter("setparams", range="tv", **tags).filter("setsar", 1)


def thumbnail(stream: Stream, width: int) -> Stream:
    """Scale frames to a width, in JPEG's colors: BT.601, full range.

    Without these options, the tags of the stream would decide, which may be those of a clip in it.
    """
    target = {"out_color_matrix": "bt601", "out_range": "pc"}
    return stream.filter("scale", width, -2, flags="area+accurate_rnd+full_chroma_int", **target)


def base_and_layers(animation: Animation) -> tuple[Stream, list[Layer]]:
    """Return one RGB frame of the still layers at the bottom, and the layers above them."""
    layers, motion = animation.layers, animation.motion
    above = list(visible_layers(layers, motion))
    if above and _fills_canvas(above[0], animation) and is_still(above[0], motion):
        layer = above.pop(0)
        base = filtergraph.image(animation.folder / layer.file, animation.copy_of(layer.name), "rgb24")
    else:
        base = filtergraph.color("black", layers.width, layers.height, animation.options(""))
    still = list(takewhile(lambda layer: is_still(layer, motion), above))
    return overlay_still(base, animation, still), above[len(still) :]


def overlay_still(base: Stream, animation: Animation, layers: Iterable[Layer]) -> Stream:
    """Overlay layers that do not move on one frame of the whole canvas."""
    for layer in layers:
        image = filtergraph.image(animation.folder / layer.file, animation.copy_of(layer.name))
        base = filtergraph.overlay(base, filtergraph.ahead(image), layer.x, layer.y)
    return base


def overlay_layers(
    base: Stream,
    animation: Animation,
    layers: Sequence[Layer],
    times: Sequence[int],
    seen: Box | None = None,
) -> Stream:
    """Overlay layers on a base at these frame numbers.

    seen: the part of the canvas that the base is; None for all of it.
    """
    stream = filtergraph.repeat_at(filtergraph.frame_timebase(base, animation.motion.fps), times)
    for layer in layers:
        stream = overlay_layer(stream, animation, layer, seen)
    return stream


def _fills_canvas(layer: Layer, animation: Animation) -> bool:
    canvas = (0, 0, animation.layers.width, animation.layers.height)
    return layer.opaque and (layer.x, layer.y, layer.width, layer.height) == canvas
