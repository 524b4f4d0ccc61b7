"""Works out at which frames a picture differs from the one before, and how far text is typed; it knows no ffmpeg."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from vidbuild.media.render.animation import NEVER, Change, Layer, Layers, Motion, Track

RISE = 24 / 1080  # of the canvas's height
ZOOM_STEP = 0.25  # pixels by which edges may move at once where that saves pictures
ZOOM_RATE = 24  # pictures a second that a zoom has at least
T = TypeVar("T")
Steps = tuple[tuple[int, int], ...]
"""(frame, value) pairs: from that frame on the value holds, until the next pair. Frames rise."""


class Box(NamedTuple):
    """Columns [left, right) and rows [top, end) of pixels."""

    left: int
    top: int
    right: int
    end: int


def moments(layers: Layers, motion: Motion) -> tuple[int, ...]:
    """The frames of a motion whose picture may differ from the one before; the first always. All others are holds."""
    found = {0}
    for layer in shown(layers, motion):
        found.update(changing(layer, layers, motion))
    return tuple(sorted(found))


def shown(layers: Layers, motion: Motion) -> tuple[Layer, ...]:
    """The layers of which anything is seen in a motion, the bottom one first."""
    return tuple(layer for layer in layers.layers if _appears(layer, layers, motion))


def track_of(layer: Layer, motion: Motion) -> Track:
    """When a layer is seen; one without a track is always."""
    return motion.tracks.get(layer.name, Track())


def still(layer: Layer, motion: Motion) -> bool:
    """Whether a layer looks the same in all frames of a motion."""
    return bool(layer.file) and track_of(layer, motion) == Track()


def changing(layer: Layer, layers: Layers, motion: Motion) -> tuple[int, ...]:
    """The frames in which this layer looks other than in the frame before, or comes or goes."""
    track = track_of(layer, motion)
    first, end = span(track, motion)
    stands = cursor(layer, layers, motion)
    if stands:
        first = max(first, stands[0][0])
    frames: set[int] = {first}
    if not layer.file and motion.clip is not None:
        frames.update(range(first, min(end, motion.clip.frames)))
    if track.zoom is not None and track.zoom[0] != track.zoom[1]:
        frames.update(range(first, end, _pace(layer, track.zoom, motion)))
    if track.enter is not None and track.enter.effect != "type":
        frames.update(range(track.enter.frame, track.enter.frame + track.enter.frames + 1))
    if track.leave is not None:
        frames.update(range(track.leave.frame, track.leave.frame + track.leave.frames + 1))
    frames.update(frame for frame, _ in typed(layer, motion))
    frames.update(frame for frame, _ in stands)
    return tuple(sorted(frame for frame in frames if first <= frame < motion.frames and frame <= end))


def _pace(layer: Layer, zoom: tuple[float, float], motion: Motion) -> int:
    """From how many frames to the next a zoom is another picture: a slow one needs no more of them at a higher rate."""
    moved = abs(zoom[1] - zoom[0]) / motion.frames * max(layer.width, layer.height) / 2
    return max(1, min(int(ZOOM_STEP / moved), motion.fps // ZOOM_RATE))


def span(track: Track, motion: Motion) -> tuple[int, int]:
    """The frames [first, end) of a motion in which a layer is seen, however faintly."""
    first = 0 if track.enter is None else max(0, track.enter.frame)
    end = motion.frames if track.leave is None else track.leave.frame + track.leave.frames
    return first, min(end, motion.frames)


def reach(layer: Layer, layers: Layers, motion: Motion) -> Box:
    """Where in the canvas a layer is ever seen."""
    stands = [place for _, place in cursor(layer, layers, motion)] or [(layer.x, layer.y)]
    lefts, tops = zip(*stands, strict=True)
    enter = track_of(layer, motion).enter
    rise = math.ceil(RISE * layers.height) if enter is not None and enter.effect == "rise" else 0
    right, end = max(lefts) + layer.width, max(tops) + layer.height + rise
    return Box(max(0, min(lefts)), max(0, min(tops)), min(layers.width, right), min(layers.height, end))


def moving(layers: Layers, motion: Motion) -> list[tuple[Box, frozenset[int]]]:
    """Where each layer is ever seen that changes after the first frame, and the frames in which it does."""
    found = []
    for layer in shown(layers, motion):
        frames = frozenset(changing(layer, layers, motion))
        if frames - {0}:
            found.append((reach(layer, layers, motion), frames))
    return found


def typed(layer: Layer, motion: Motion) -> Steps:
    """How many pixels of a typed layer's width are seen from which frame on; nothing where it isn't being typed."""
    enter = track_of(layer, motion).enter
    if enter is None or enter.effect != "type" or enter == NEVER:
        return ()
    steps = _typing(layer, enter)
    whole = (steps[-1][0], layer.width)
    return _from_zero([*((frame, min(width, layer.width)) for frame, width in steps[:-1]), whole], motion.frames)


def cursor(layer: Layer, layers: Layers, motion: Motion) -> tuple[tuple[int, tuple[int, int]], ...]:
    """Where a cursor stands from which frame on: behind the last visible character of the line typed last.

    Its y follows the difference between that line's and the first one's, since it is drawn beside the first.
    """
    lines = {line.name: line for line in layers.layers}
    followed = [lines[name] for name in track_of(layer, motion).follows if name in lines]
    places: list[tuple[int, tuple[int, int]]] = []
    for line in followed:
        y = layer.y + line.y - followed[0].y
        places.extend((frame, (line.x + width, y)) for frame, width in _line(line, motion))
    return tuple(_from_zero(places, motion.frames))


def _appears(layer: Layer, layers: Layers, motion: Motion) -> bool:
    track = track_of(layer, motion)
    first, end = span(track, motion)
    box = reach(layer, layers, motion)
    if first >= end or box.left >= box.right or box.top >= box.end:
        return False
    return not track.follows or bool(cursor(layer, layers, motion))


def _line(line: Layer, motion: Motion) -> list[tuple[int, int]]:
    enter = track_of(line, motion).enter
    if enter is None:
        return [(0, round(sum(line.advances)))]
    return [] if enter == NEVER else _typing(line, enter)


def _typing(layer: Layer, enter: Change) -> list[tuple[int, int]]:
    """One character with the first frame, the others evenly over the typing time; the last never after its end."""
    count = max(1, len(layer.advances))
    return [
        (enter.frame + index * enter.frames // count, round(sum(layer.advances[: index + 1]))) for index in range(count)
    ]


def _from_zero(steps: Sequence[tuple[int, T]], frames: int) -> tuple[tuple[int, T], ...]:
    """One value per frame, the last said; what began before frame 0 counts from there."""
    values: dict[int, T] = {}
    for frame, value in steps:
        if frame < frames:
            values[max(0, frame)] = value
    return tuple(sorted(values.items(), key=lambda item: item[0]))
