"""Build the filter graph of one layer with its motion: a stream of its own frames, and its position over time."""

from __future__ import annotations

from collections.abc import Sequence

from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.ffmpeg.filtergraph import Stream
from vidbuild.media.render import clip
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.changed_frames import (
    RISE,
    cursor_places,
    layer_changes,
    track_of,
    typed_widths,
    visible_span,
)
from vidbuild.media.render.drawing import Layer
from vidbuild.media.render.motion import Effect, Motion, Track
from vidbuild.media.render.zoom import Zoom


def overlay_layer(base: Stream, animation: Animation, layer: Layer, corner: tuple[int, int] = (0, 0)) -> Stream:
    """Overlay a layer, with its motion, on what is below it.

    corner: the canvas position of the base's top left corner.
    """
    motion = animation.motion
    track = track_of(layer, motion)
    x, y = _position(animation, layer, track, corner)
    if not layer.file:
        x, y = f"{x}+({layer.width}-w)/2", f"{y}+({layer.height}-h)/2"
    stream = _layer_stream(animation, layer, track)
    return filtergraph.overlay(base, stream, x, y, _enable_expression(layer, track, motion))


def _layer_stream(animation: Animation, layer: Layer, track: Track) -> Stream:
    """Return a layer's own frames, one for each frame in which it changes, with every effect except its position."""
    motion = animation.motion
    if not layer.file:
        return _fade(clip.clip_frames(animation.clip, layer, motion, animation.options), track, motion.fps)
    changes = layer_changes(layer, animation.layers, motion)
    if track.zoom is not None and track.zoom != (1, 1):
        zoomed = _zoom_stream(animation, layer, track.zoom, changes)
        return _fade(filtergraph.place_at(filtergraph.frame_timebase(zoomed, motion.fps), changes), track, motion.fps)
    image = filtergraph.image(animation.folder / layer.file, animation.options)
    stream = filtergraph.repeat_at(filtergraph.frame_timebase(image, motion.fps), changes)
    steps = typed_widths(layer, motion)
    if steps:
        stream = _type(stream, layer, [_width_at(frame, steps) for frame in changes])
    return _fade(stream, track, motion.fps)


def _enable_expression(layer: Layer, track: Track, motion: Motion) -> str:
    """Return when a layer is visible, as an expression; "" for always.

    Without it, a layer's last frame would stay, and a clip's first frame is available before it may be visible.
    """
    first, end = visible_span(track, motion)
    frame = filtergraph.frame_number(motion.fps)
    start = [f"gte({frame},{first - 0.5})"] if first and not layer.file else []
    return "*".join([*start, *([f"lt({frame},{end - 0.5})"] if end < motion.frames else [])])


def _position(animation: Animation, layer: Layer, track: Track, corner: tuple[int, int]) -> tuple[str, str]:
    """Return a layer's x and y as expressions of the time."""
    motion = animation.motion
    frame = filtergraph.frame_number(motion.fps)
    places = cursor_places(layer, animation.layers, motion)
    if places:
        xs, ys = ([(at, place[axis] - corner[axis]) for at, place in places] for axis in (0, 1))
        return filtergraph.step_function(xs, frame), filtergraph.step_function(ys, frame)
    left, top = layer.x - corner[0], layer.y - corner[1]
    x, steps = str(left), typed_widths(layer, motion)
    if steps:
        x = filtergraph.step_function(((at, left - layer.width + width) for at, width in steps), frame)
    return x, _rise_expression(top, track.enter, animation.layers.height, frame)


def _rise_expression(y: int, enter: Effect | None, height: int, frame: str) -> str:
    """Return the y of a layer that rises into place, with a cubic ease-out."""
    if enter is None or enter.effect != "rise" or enter.frames == 0:
        return str(y)
    remaining = f"clip(({enter.frame + enter.frames}-{frame})/{enter.frames + 1},0,1)"
    return f"{y}+round({RISE * height:.3f}*pow({remaining},3))"


def _fade(stream: Stream, track: Track, fps: int) -> Stream:
    effects = [("in", track.enter), ("out", track.leave)]
    fades = [
        (direction, effect)
        for direction, effect in effects
        if effect and effect.frames and effect.effect in ("fade", "rise")
    ]
    ahead = max((1 - effect.frame for _, effect in fades if effect.frame < 1), default=0)
    stream = filtergraph.shift(stream, ahead)
    for direction, effect in fades:
        stream = filtergraph.fade(stream, direction, effect.frame + ahead, effect.frames, fps)
    return filtergraph.shift(stream, -ahead)


def _width_at(frame: int, steps: Sequence[tuple[int, int]]) -> int:
    return max((step for step in steps if step[0] <= frame), default=steps[0])[1]


def _type(stream: Stream, layer: Layer, widths: Sequence[int]) -> Stream:
    """Slide a window of the layer's width from the empty space on the layer's left over the layer.

    `_position` moves the layer left by the hidden width, so its characters never move.
    """
    padded = stream.filter("pad", 2 * layer.width, layer.height, layer.width, 0, "black@0")
    return padded.filter("crop", layer.width, layer.height, filtergraph.step_function(enumerate(widths), "n"), 0)


def _zoom_stream(animation: Animation, layer: Layer, zoom: tuple[float, float], changes: Sequence[int]) -> Stream:
    start, frames = zoom[0], animation.motion.frames
    factors = tuple(start + (zoom[1] - start) * frame / frames for frame in changes)
    zoomed = Zoom(str(animation.folder / layer.file), layer.width, layer.height, layer.opaque, factors)
    return filtergraph.piped(zoomed.name, layer.width, layer.height, zoomed.pixels, animation.options)
