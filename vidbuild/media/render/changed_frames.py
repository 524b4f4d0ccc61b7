"""Find the frames that differ from the one before, and how much of a typed text is visible."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from vidbuild.frozen import replaced
from vidbuild.media.render.drawing import Layer, Layers
from vidbuild.media.render.motion import NEVER, Effect, Motion, Track
from vidbuild.media.render.places import is_typed, reach, ways

MOVE_STEP = 0.25  # pixels by which the edges of a layer that moves may move at once, to save frames
MIN_MOVE_RATE = 24  # frames per second of a slow move, at the least
T = TypeVar("T")

# (frame, value) pairs by frame: the value holds from that frame until the next pair.
Steps = tuple[tuple[int, int], ...]


class Box(NamedTuple):
    """Columns [left, right) and rows [top, bottom) of pixels."""

    left: int
    top: int
    right: int
    bottom: int


def changed_frames(layers: Layers, motion: Motion) -> tuple[int, ...]:
    """Return the frames that may differ from the one before, the first always included. All others are holds."""
    frames = {0}
    for layer in visible_layers(layers, motion):
        frames.update(layer_changes(layer, layers, motion))
    return tuple(sorted(frames))


def visible_layers(layers: Layers, motion: Motion) -> tuple[Layer, ...]:
    """Return the layers that are visible at any time in a motion, from bottom to top."""
    return tuple(layer for layer in layers.layers if _is_visible(layer, layers, motion))


def track_of(layer: Layer, motion: Motion) -> Track:
    """Return the track of a layer, with the motion's exit; a layer without one is always visible."""
    track, leave = motion.tracks.get(layer.name, Track()), motion.exit
    if leave is None or layer.stays or (track.leave is not None and track.leave.frame <= leave.frame):
        return track
    return replaced(track, leave=leave)


def is_still(layer: Layer, motion: Motion) -> bool:
    """Whether a layer looks the same in all frames of a motion."""
    return bool(layer.file) and not layer.tall and track_of(layer, motion) == Track()


def layer_changes(layer: Layer, layers: Layers, motion: Motion) -> tuple[int, ...]:
    """Return the frames in which this layer differs from the frame before, appears or disappears."""
    track = track_of(layer, motion)
    first, end = visible_span(track, motion)
    places = cursor_places(layer, layers, motion)
    if places:
        first = max(first, places[0][0])
    frames: set[int] = {first}
    if not layer.file and (played := motion.playback(layer.name)) is not None:
        frames.update(frame for frame in range(first, min(end, played.frames)) if played.changes(frame))
    for start, stop, speed in ways(layer, track):
        # A slow move needs no more changes at a higher frame rate.
        interval = max(1, min(int(MOVE_STEP / speed), motion.fps // MIN_MOVE_RATE))
        frames.update((*range(start, stop, interval), stop))
        frames.add(max(first, start))
    if track.enter is not None and not is_typed(layer, track.enter):
        frames.update(range(track.enter.frame, track.enter.frame + track.enter.frames + 1))
    if track.leave is not None:
        frames.update(range(track.leave.frame, track.leave.frame + track.leave.frames + 1))
    frames.update(frame for frame, _ in typed_widths(layer, motion))
    frames.update(frame for frame, _ in track.states)
    frames.update(frame for frame, _ in places)
    return tuple(sorted(frame for frame in frames if first <= frame < motion.frames and frame <= end))


def visible_span(track: Track, motion: Motion) -> tuple[int, int]:
    """Return the frames [first, end) of a motion in which a layer is visible, however faintly."""
    first = 0 if track.enter is None else max(0, track.enter.frame)
    end = motion.frames if track.leave is None else track.leave.frame + track.leave.frames
    return first, min(end, motion.frames)


def visible_box(layer: Layer, layers: Layers, motion: Motion) -> Box:
    """Return the part of the canvas in which a layer is visible at any time."""
    places = [place for _, place in cursor_places(layer, layers, motion)]
    left, top, right, bottom = reach(layer, track_of(layer, motion), layers.height)
    if places:
        left, right = min(x for x, _ in places), max(x for x, _ in places) + layer.width
        top, bottom = min(y for _, y in places), max(y for _, y in places) + layer.height
    return Box(
        max(0, math.floor(left)),
        max(0, math.floor(top)),
        min(layers.width, math.ceil(right)),
        min(layers.height, math.ceil(bottom)),
    )


def changing_boxes(layers: Layers, motion: Motion) -> list[tuple[Box, frozenset[int]]]:
    """Return the visible box of each layer that changes after the first frame, and the frames in which it does."""
    boxes = []
    for layer in visible_layers(layers, motion):
        frames = frozenset(layer_changes(layer, layers, motion))
        if frames - {0}:
            boxes.append((visible_box(layer, layers, motion), frames))
    return boxes


def typed_widths(layer: Layer, motion: Motion) -> Steps:
    """Return how many pixels of a typed layer's width are visible from which frame on; () if it is not typed."""
    enter = track_of(layer, motion).enter
    if enter is None or not is_typed(layer, enter):
        return ()
    steps = _typing_widths(layer, enter)
    last = (steps[-1][0], layer.width)
    return _clip_to_motion([*((frame, min(width, layer.width)) for frame, width in steps[:-1]), last], motion.frames)


def cursor_places(layer: Layer, layers: Layers, motion: Motion) -> tuple[tuple[int, tuple[int, int]], ...]:
    """Return where a cursor is from which frame on: behind the last visible character of the line typed last.

    The drawing has the cursor beside the first line, so it moves by the difference in y to that line.
    """
    by_name = {each.name: each for each in layers.layers}
    lines = [by_name[name] for name in track_of(layer, motion).follows if name in by_name]
    places: list[tuple[int, tuple[int, int]]] = []
    for line in lines:
        y = layer.y + line.y - lines[0].y
        places.extend((frame, (line.x + width, y)) for frame, width in _line_widths(line, motion))
    return _clip_to_motion(places, motion.frames)


def _is_visible(layer: Layer, layers: Layers, motion: Motion) -> bool:
    track = track_of(layer, motion)
    first, end = visible_span(track, motion)
    box = visible_box(layer, layers, motion)
    if first >= end or box.left >= box.right or box.top >= box.bottom:
        return False
    return not track.follows or bool(cursor_places(layer, layers, motion))


def _line_widths(line: Layer, motion: Motion) -> list[tuple[int, int]]:
    enter = track_of(line, motion).enter
    if enter is None:
        return [(0, round(sum(line.advances)))]
    return [] if enter == NEVER else _typing_widths(line, enter)


def _typing_widths(layer: Layer, enter: Effect) -> list[tuple[int, int]]:
    """Show one character at the first frame and the others evenly over the typing time, the last before its end."""
    count = max(1, len(layer.advances))
    return [
        (enter.frame + index * enter.frames // count, round(sum(layer.advances[: index + 1]))) for index in range(count)
    ]


def _clip_to_motion(steps: Sequence[tuple[int, T]], frames: int) -> tuple[tuple[int, T], ...]:
    """Return one value per frame, the last of several; steps before frame 0 move to it."""
    values: dict[int, T] = {}
    for frame, value in steps:
        if frame < frames:
            values[max(0, frame)] = value
    return tuple(sorted(values.items(), key=lambda item: item[0]))
