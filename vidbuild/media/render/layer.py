"""One layer with its motion: a stream of its own pictures and where it stands; it knows nothing of the other layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.ffmpeg.filtergraph import Stream
from vidbuild.media.render import clip
from vidbuild.media.render.animation import Change, Layer, Layers, Motion, Track
from vidbuild.media.render.changed_frames import RISE, changing, cursor, span, track_of, typed
from vidbuild.media.render.clip import Clip
from vidbuild.media.render.zoom import Zoom


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing in a folder, its motion, and the clip that plays in it, if any.

    copy: how many pictures made of the same files come before this one in the same graph.
    """

    folder: Path
    layers: Layers
    motion: Motion
    clip: Clip | None = None
    copy: int = 0

    @property
    def options(self) -> dict[str, Any]:
        """Input options that keep a copy's files apart from the others'."""
        return filtergraph.copy_options(self.copy)


def laid_over(base: Stream, picture: Picture, layer: Layer, corner: tuple[int, int] = (0, 0)) -> Stream:
    """The layer, with its motion, over what is below it, whose corner is at a place in the picture."""
    motion = picture.motion
    track = track_of(layer, motion)
    x, y = _place(picture, layer, track, corner)
    if not layer.file:
        x, y = f"{x}+({layer.width}-w)/2", f"{y}+({layer.height}-h)/2"
    return filtergraph.overlay(base, _pictures(picture, layer, track), x, y, _seen(layer, track, motion))


def _pictures(picture: Picture, layer: Layer, track: Track) -> Stream:
    """A layer's own pictures, one for each frame in which it changes, all but its place done."""
    motion = picture.motion
    if not layer.file:
        return _faded(clip.pictures(picture.clip, layer, motion, picture.options), track, motion.fps)
    own = changing(layer, picture.layers, motion)
    if track.zoom is not None and track.zoom != (1, 1):
        zoomed = _zoomed(picture, layer, track.zoom, own)
        return _faded(filtergraph.place_at(filtergraph.frame_timebase(zoomed, motion.fps), own), track, motion.fps)
    stream = filtergraph.repeat_at(
        filtergraph.frame_timebase(filtergraph.image(picture.folder / layer.file, picture.options), motion.fps), own
    )
    steps = typed(layer, motion)
    if steps:
        stream = _typed(stream, layer, [_width_at(frame, steps) for frame in own])
    return _faded(stream, track, motion.fps)


def _seen(layer: Layer, track: Track, motion: Motion) -> str:
    """A layer's last picture stays until this says otherwise; a clip's first is there before it should be seen."""
    first, end = span(track, motion)
    frame = filtergraph.frame_number(motion.fps)
    limits = [f"gte({frame},{first - 0.5})"] if first and not layer.file else []
    return "*".join([*limits, *([f"lt({frame},{end - 0.5})"] if end < motion.frames else [])])


def _place(picture: Picture, layer: Layer, track: Track, corner: tuple[int, int]) -> tuple[str, str]:
    """Where a layer stands, as expressions of the time."""
    motion = picture.motion
    frame = filtergraph.frame_number(motion.fps)
    stands = cursor(layer, picture.layers, motion)
    if stands:
        xs, ys = ([(at, place[axis] - corner[axis]) for at, place in stands] for axis in (0, 1))
        return filtergraph.step_function(xs, frame), filtergraph.step_function(ys, frame)
    left, top = layer.x - corner[0], layer.y - corner[1]
    x, steps = str(left), typed(layer, motion)
    if steps:
        x = filtergraph.step_function(((at, left - layer.width + width) for at, width in steps), frame)
    return x, _rising(top, track.enter, picture.layers.height, frame)


def _rising(y: int, enter: Change | None, height: int, frame: str) -> str:
    """Ease-out cubic: the nearer, the slower."""
    if enter is None or enter.effect != "rise" or enter.frames == 0:
        return str(y)
    left = f"clip(({enter.frame + enter.frames}-{frame})/{enter.frames + 1},0,1)"
    return f"{y}+round({RISE * height:.3f}*pow({left},3))"


def _faded(stream: Stream, track: Track, fps: int) -> Stream:
    changes = [("in", track.enter), ("out", track.leave)]
    fades = [(way, change) for way, change in changes if change and change.frames and change.effect in ("fade", "rise")]
    ahead = max((1 - change.frame for _, change in fades if change.frame < 1), default=0)
    stream = filtergraph.shift(stream, ahead)
    for way, change in fades:
        stream = filtergraph.fade(stream, way, change.frame + ahead, change.frames, fps)
    return filtergraph.shift(stream, -ahead)


def _width_at(frame: int, steps: Sequence[tuple[int, int]]) -> int:
    return max((step for step in steps if step[0] <= frame), default=steps[0])[1]


def _typed(stream: Stream, layer: Layer, widths: Sequence[int]) -> Stream:
    """A window of the layer's width that slides from the empty space on the layer's left over the layer.

    The layer is then laid as much further left as is still hidden, so its characters never move.
    """
    padded = stream.filter("pad", 2 * layer.width, layer.height, layer.width, 0, "black@0")
    return padded.filter("crop", layer.width, layer.height, filtergraph.step_function(enumerate(widths), "n"), 0)


def _zoomed(picture: Picture, layer: Layer, zoom: tuple[float, float], own: Sequence[int]) -> Stream:
    begin, frames = zoom[0], picture.motion.frames
    factors = tuple(begin + (zoom[1] - begin) * frame / frames for frame in own)
    zoomed = Zoom(str(picture.folder / layer.file), layer.width, layer.height, layer.opaque, factors)
    return filtergraph.piped(zoomed.name, layer.width, layer.height, zoomed.pixels, picture.options)
