"""Find when layers come to rest, so that they are overlaid once from then on, and not again in each frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from vidbuild.frozen import replaced
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.changed_frames import MIN_MOVE_RATE, is_still, layer_changes, track_of, visible_layers
from vidbuild.media.render.drawing import Layer
from vidbuild.media.render.motion import NEVER

# How many overlays of a whole frame a division must save: it costs as much to decode layers once more and to begin with
# a new base.
MIN_SAVED = 8


class Window(NamedTuple):
    """Some successive frames of an animation, and what is composed in them.

    times: the frame numbers at which they are composed.
    animation: as it is in them; frame numbers are those of the whole animation.
    settled: the lowest layers that came to rest since the window before, from the bottom up; they stay so to the end.
    moving: all layers above them and those of the windows before.
    """

    times: tuple[int, ...]
    animation: Animation
    settled: tuple[Layer, ...]
    moving: tuple[Layer, ...]


def windows(animation: Animation, areas: Mapping[Layer, int], times: Sequence[int]) -> list[Window]:
    """Divide the frames at which layers are composed where the lowest layers come to rest.

    areas: the layers from the bottom up, and how many pixels of each are composed.
    times: the frames.
    """
    layers, frames = list(areas), animation.motion.frames
    starts, counts = _divisions(animation, areas, times)
    if len(starts) == 1:
        return [Window(tuple(times), animation, (), tuple(layers))]
    found, before = [], 0
    ends = [*starts[1:], len(times)]
    for start, end, count in zip(starts, ends, counts, strict=True):
        first, last = (times[index] if index < len(times) else frames for index in (start, end))
        part = _during(animation, first if start else 0, last)
        settled = tuple(layer for layer in layers[before:count] if is_still(layer, part.motion))
        seen = visible_layers(part.layers, part.motion)
        moving = tuple(layer for layer in layers[count:] if layer in seen)
        found.append(Window(tuple(times[start:end]), part, settled, moving))
        before = count
    return found


def _divisions(
    animation: Animation, areas: Mapping[Layer, int], times: Sequence[int]
) -> tuple[Sequence[int], Sequence[int]]:
    """Return the index of each window's first frame, and how many of the layers rest from it on."""
    starts, counts = [0], [0]
    if not all(layer.file for layer in areas):  # a clip would be decoded once more
        return starts, counts
    layers, rests = list(areas), [_rests_from(layer, animation) for layer in areas]
    whole = animation.layers.width * animation.layers.height
    hold = animation.motion.fps // MIN_MOVE_RATE
    for index in range(1, len(times)):
        if times[index] - times[index - 1] <= hold:
            continue
        count = next((nth for nth, frame in enumerate(rests) if frame > times[index]), len(layers))
        saved = sum(areas[layer] for layer in layers[counts[-1] : count]) * (len(times) - index)
        if saved >= MIN_SAVED * whole:
            starts.append(index)
            counts.append(count)
    return starts, counts


def _rests_from(layer: Layer, animation: Animation) -> int:
    """Return the frame from which on a layer is as drawn, or invisible, to the end; that of NEVER if it is not."""
    motion = animation.motion
    last = max(layer_changes(layer, animation.layers, motion), default=0)
    rest = replaced(motion, tracks={layer.name: track_of(layer, motion)}).window(last, motion.frames - last)
    gone = track_of(layer, rest).enter == NEVER
    return last if gone or is_still(layer, rest) else NEVER.frame


def _during(animation: Animation, first: int, end: int) -> Animation:
    """Return an animation of frames [first, end): before them it looks as it does in the first of them."""
    return replaced(animation, motion=animation.motion.window(first, end - first).window(-first, end))
