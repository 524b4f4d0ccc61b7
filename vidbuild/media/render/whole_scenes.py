"""Transitions of whole scenes, as filter graphs: slide, push, wipe, and dip into a color.

Both motions have as many frames as the transition, and play all through it. In frame k of n, k + 1 of n + 1 parts of
the way are done, so no frame shows one scene alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vidbuild.frozen import replaced
from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.ffmpeg.filtergraph import Step, Stream
from vidbuild.media.render import compose, easing
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.places import AXES

FEATHER = 0.2  # of the frame's length: the soft edge of a wipe


def slide(leaving: Animation, coming: Animation, direction: str) -> Stream:
    """Move the coming scene over the leaving one."""
    below, above = _streams(leaving, coming)
    return filtergraph.overlay(below, above, *_position(coming, direction, AWAY))


def push(leaving: Animation, coming: Animation, direction: str) -> Stream:
    """Move both scenes, side by side."""
    below, above = _streams(leaving, coming)
    moved = filtergraph.overlay(_canvas(coming, "black"), below, *_position(coming, direction, 0))
    return filtergraph.overlay(moved, above, *_position(coming, direction, AWAY))


def wipe(leaving: Animation, coming: Animation, direction: str) -> Stream:
    """Uncover the coming scene with a soft edge that moves in a direction."""
    below, above = _streams(leaving, coming)
    masked = filtergraph.masked(above.filter("format", "rgba"), _mask(coming, direction))
    return filtergraph.overlay(below, masked, 0, 0)


def dip(leaving: Animation, coming: Animation, color: str) -> Stream:
    """Fade the leaving scene into a color, and the coming one out of it."""
    fps, frames = coming.motion.fps, coming.motion.frames
    half = frames // 2
    below, above = (stream.filter("format", "rgba") for stream in _streams(leaving, coming))
    below = filtergraph.shift(filtergraph.fade(filtergraph.shift(below, 1), "out", 1, half, fps), -1)
    above = filtergraph.fade(above, "in", half, frames - half, fps)
    frame = filtergraph.frame_number(fps)
    dipped = filtergraph.overlay(
        _canvas(coming, f"0x{color.removeprefix('#')}"), below, 0, 0, f"lt({frame},{half - 0.5})"
    )
    return filtergraph.overlay(dipped, above, 0, 0, f"gte({frame},{half - 0.5})")


WHOLE: Mapping[str, Callable[[Animation, Animation, str], Stream]] = {
    "slide": slide,
    "push": push,
    "wipe": wipe,
    "dip": dip,
}
AWAY = 1  # frame lengths from its place at which the coming scene begins


def _streams(leaving: Animation, coming: Animation) -> tuple[Stream, Stream]:
    below = compose.hold_frames(compose.frames(leaving), leaving.motion)
    above = compose.hold_frames(compose.frames(replaced(coming, copy=1)), coming.motion)
    return below, above


def _canvas(animation: Animation, color: str) -> Stream:
    """Return frames of one color."""
    fps, frames = animation.motion.fps, animation.motion.frames
    canvas = filtergraph.color(color, animation.layers.width, animation.layers.height, {})
    return filtergraph.repeat_at(filtergraph.frame_timebase(canvas, fps), range(frames)).filter("fps", fps=fps)


def _shares(animation: Animation) -> list[float]:
    """Return which share of the way is done in each frame."""
    frames = animation.motion.frames
    return [easing.gliding(easing.DEFAULT, (frame + 1) / (frames + 1)) for frame in range(frames)]


def _position(animation: Animation, direction: str, away: int) -> tuple[str, str]:
    """Return x and y, as expressions of the time, of a scene that begins so many frame lengths from its place."""
    frame = filtergraph.frame_number(animation.motion.fps)
    sizes = (animation.layers.width, animation.layers.height)
    x, y = (
        [(at, axis * round(size * (share - away))) for at, share in enumerate(_shares(animation))]
        for axis, size in zip(AXES[direction], sizes, strict=True)
    )
    return filtergraph.step_function(x, frame), filtergraph.step_function(y, frame)


def _mask(animation: Animation, direction: str) -> Stream:
    """Return how much of each pixel is uncovered in each frame: a window slides over a line from white to black."""
    width, height = animation.layers.width, animation.layers.height
    across = bool(AXES[direction][0])
    length = width if across else height
    feather = max(2, round(length * FEATHER))
    whole = length + feather
    steps: list[Step] = [(at, round(whole * (1 - share))) for at, share in enumerate(_shares(animation))]
    offset = filtergraph.step_function(steps, "n")
    at = "X" if across else "Y"
    size = (whole + length, 1) if across else (1, whole + length)
    line = filtergraph.color("black", *size, {}, "gray").filter(
        "geq", lum=f"clip(255*({whole}-{at}-0.5)/{feather},0,255)"
    )
    line = filtergraph.repeat_at(
        filtergraph.frame_timebase(line, animation.motion.fps), tuple(range(animation.motion.frames))
    )
    window = line.filter("crop", length, 1, offset, 0) if across else line.filter("crop", 1, length, 0, offset)
    mask = window.filter("scale", width, height, flags="neighbor")
    return {"left": mask.filter("hflip"), "up": mask.filter("vflip")}.get(direction, mask)
