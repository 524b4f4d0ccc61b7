"""Where a layer is in each frame, and which part of it is visible, in pixels. Typing is in changed_frames.py."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from vidbuild.media.render import easing
from vidbuild.media.render.drawing import Layer
from vidbuild.media.render.motion import HOME, Box, Effect, Key, Track
from vidbuild.media.render.painting import Look, Mask

RISE = 24 / 1080  # of the canvas's height
SLIDE = 72 / 1080
SMALLEST = 0.86  # of its size: how large a layer is that begins to grow into place
FEATHER = 0.12  # of a layer's length: the soft edge of a wipe
PEN = 2  # pixels: the edge of a line that is drawn

# Effects for which the pixels of a layer are computed in each frame; ffmpeg fades and moves the others.
PAINTED = frozenset({"scale", "wipe", "draw"})
FADING = frozenset({"fade", "rise", "slide", "scale"})

# Pixels by which edges may move between two frames that are scaled; the frames between them are blended from the two.
# Blending is a tenth of the work, moves an edge just as far as it should, and over half a pixel it blurs less than
# interpolation does.
KEY_STEP = 0.5
SAME = 1e-4  # of the way from one scaled frame to the next
AXES = {"right": (1, 0), "left": (-1, 0), "down": (0, 1), "up": (0, -1)}


def kind(layer: Layer, effect: Effect | None, *, leaving: bool = False) -> str:
    """Return the effect with which a layer really enters or leaves; "" if it does neither.

    The box of a clip, typed lines and layers of rows have no pixels that could be painted, so they fade instead.
    """
    if effect is None:
        return ""
    if not effect.frames:
        return "cut"
    unpainted = not layer.file or layer.has_states or (leaving and layer.advances)
    return "fade" if unpainted and effect.effect in {*PAINTED, "type"} else effect.effect


def fades(layer: Layer, effect: Effect, *, leaving: bool) -> bool:
    """Whether a layer fades while it enters or leaves."""
    return kind(layer, effect, leaving=leaving) in FADING


def is_painted(layer: Layer, track: Track) -> bool:
    """Whether the pixels of a layer are computed for each frame."""
    enters, leaves = kind(layer, track.enter), kind(layer, track.leave, leaving=True)
    typed = leaves == "type" or (enters == "type" and not layer.advances)
    if not layer.file or layer.has_states:
        return False
    return bool(track.moves or layer.tall) or typed or bool({enters, leaves} & PAINTED)


def is_typed(layer: Layer, effect: Effect | None) -> bool:
    """Whether a layer enters by its advances, character by character."""
    return effect is not None and effect.effect == "type" and bool(layer.advances)


def offset(layer: Layer, track: Track, frame: int, height: int) -> tuple[int, int]:
    """Return how far a layer is from its place while it rises or slides. height: the canvas's."""
    x = y = 0
    for effect, away, entering in ((track.enter, _to_come(track, frame), -1), (track.leave, _gone(track, frame), 1)):
        if effect is None or not away:
            continue
        if effect.effect == "rise":
            y -= entering * _round(RISE * height * away)
        elif effect.effect == "slide":
            right, down = AXES[layer.direction]
            x += entering * right * _round(SLIDE * height * away)
            y += entering * down * _round(SLIDE * height * away)
    return x, y


def reach(layer: Layer, track: Track, height: int) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of where a layer is at any time."""
    boxes = (
        [_home(layer)]
        if track.clipped or layer.tall or not track.moves
        else [_pixels(layer, key.place) for key in track.moves]
    )
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    for effect, sign in ((track.enter, -1), (track.leave, 1)):
        if effect is None or not effect.frames or effect.effect not in {"rise", "slide"}:
            continue
        far = math.ceil((RISE if effect.effect == "rise" else SLIDE) * height) * sign
        x, y = AXES["up"] if effect.effect == "rise" else AXES[layer.direction]
        left, right = left + min(0, far * x), right + max(0, far * x)
        top, bottom = top + min(0, far * y), bottom + max(0, far * y)
    return left, top, right, bottom


def ways(layer: Layer, track: Track) -> Iterator[tuple[int, int, float]]:
    """Yield (first frame, last frame, pixels per frame of the fastest corner) of each way on which a layer moves."""
    for before, after in pairwise(track.moves):
        length = _distance(_pixels(layer, before.place), _pixels(layer, after.place))
        if length:
            yield before.frame, after.frame, length / max(1, after.frame - before.frame)


def sized(layer: Layer, track: Track, frames: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """Return the box of an enlarged part of a clip in each frame, in whole pixels: x, y, width and height."""
    found = []
    for frame in frames:
        low, high, share = _moved(layer, track.moves, frame)
        x, y, width, height = low if high is None else _between(low, high, share)
        left, top = _round(x), _round(y)
        found.append((left, top, max(1, _round(x + width) - left), max(1, _round(y + height) - top)))
    return found


def looks(
    layer: Layer, track: Track, frames: Sequence[int]
) -> tuple[tuple[int, int], list[tuple[int, int]], list[Look]]:
    """Return how a painted layer looks in each frame: the size of its images, the origin of each, and each look."""
    ways_at = [_way(layer, track, frame) for frame in frames]
    if track.clipped or layer.tall or not track.moves:
        size, origins = (layer.width, layer.height), [(layer.x, layer.y)] * len(frames)
    else:
        boxes = [[box for box in (low, high) if box] for low, high, _ in ways_at]
        origins = [(math.floor(min(box[0] for box in all_)), math.floor(min(box[1] for box in all_))) for all_ in boxes]
        ends = [(max(box[0] + box[2] for box in all_), max(box[1] + box[3] for box in all_)) for all_ in boxes]
        spans = [(math.ceil(end[0]) - at[0], math.ceil(end[1]) - at[1]) for end, at in zip(ends, origins, strict=True)]
        size = (max(1, *(width for width, _ in spans)), max(1, *(height for _, height in spans)))
    found = []
    for frame, (low, high, share), at in zip(frames, ways_at, origins, strict=True):
        blended = None if high is None else _seen_from(at, high)
        found.append(Look(_seen_from(at, low), blended, round(share, 4), tuple(_masks(layer, track, frame))))
    return size, origins, found


def _seen_from(at: tuple[int, int], box: Box) -> Box:
    return box[0] - at[0], box[1] - at[1], box[2], box[3]


def _way(layer: Layer, track: Track, frame: int) -> tuple[Box, Box | None, float]:
    """Return where a layer is at a frame: a box, or two to blend, with the share of the second."""
    scale = 1 - (1 - SMALLEST) * (_to_come(track, frame, "scale") + _gone(track, frame, "scale"))
    low, high, share = _moved(layer, track.moves, frame)
    if scale == 1:
        return low, high, share
    box = low if high is None else _between(low, high, share)
    width, height = box[2] * scale, box[3] * scale
    return (box[0] + (box[2] - width) / 2, box[1] + (box[3] - height) / 2, width, height), None, 0.0


def _moved(layer: Layer, moves: Sequence[Key], frame: int) -> tuple[Box, Box | None, float]:
    """Return the place on a layer's way: slow ways are blended from places on a grid that no window changes."""
    if not moves or frame <= moves[0].frame:
        return _pixels(layer, moves[0].place if moves else HOME), None, 0.0
    if frame >= moves[-1].frame:
        return _pixels(layer, moves[-1].place), None, 0.0
    before, after = next(pair for pair in pairwise(moves) if pair[0].frame <= frame < pair[1].frame)
    start, end = _pixels(layer, before.place), _pixels(layer, after.place)
    length, frames = _distance(start, end), after.frame - before.frame
    progress = easing.gliding(after.easing, (frame - before.frame) / frames)
    if length / frames > KEY_STEP:
        return _between(start, end, progress), None, 0.0
    count = max(1, math.ceil(length / KEY_STEP))
    index = min(math.floor(progress * count + 1e-6), count - 1)
    share = max(0.0, progress * count - index)
    low = _between(start, end, index / count)
    return (low, None, 0.0) if share < SAME else (low, _between(start, end, (index + 1) / count), share)


def _masks(layer: Layer, track: Track, frame: int) -> Iterator[Mask]:
    for effect, leaving in ((track.enter, False), (track.leave, True)):
        if effect is None or not effect.frames:
            continue
        name, share = (
            kind(layer, effect, leaving=leaving),
            _gone(track, frame) if leaving else 1 - _to_come(track, frame),
        )
        if share == (0 if leaving else 1):
            continue
        length = layer.width if AXES[layer.direction][0] else layer.height
        if name in {"wipe", "draw"}:
            feather = max(PEN, length * FEATHER) if name == "wipe" else PEN
            yield Mask(layer.direction, round(share, 5), round(feather, 2), leaving)
        elif name == "type" and (leaving or not layer.advances):
            done = min(max((frame + 1 - effect.frame) / (effect.frames + 1), 0), 1)  # no typist speeds up or slows down
            yield Mask(layer.direction, round(1 - done if leaving else done, 5), 0, erases=False)


def _to_come(track: Track, frame: int, effect: str = "") -> float:
    """Return how much of its way an entering layer has still to come, from 1 to 0."""
    enter = track.enter
    if enter is None or not enter.frames or (effect and enter.effect != effect):
        return 0.0
    share = min(max((frame + 1 - enter.frame) / (enter.frames + 1), 0), 1)
    return 1 - easing.arriving(enter.easing, share)


def _gone(track: Track, frame: int, effect: str = "") -> float:
    """Return how much of its way a leaving layer has gone, from 0 to 1."""
    leave = track.leave
    if leave is None or not leave.frames or (effect and leave.effect != effect):
        return 0.0
    share = min(max((frame + 1 - leave.frame) / (leave.frames + 1), 0), 1)
    return easing.departing(leave.easing, share)


def _pixels(layer: Layer, place: int | Box) -> Box:
    if isinstance(place, int):
        return layer.stops[place]
    x, y, width, height = place
    own = layer.width, layer.tall or layer.height
    return layer.x + x * own[0], layer.y + y * own[1], width * own[0], height * own[1]


def _home(layer: Layer) -> Box:
    return layer.x, layer.y, layer.width, layer.height


def _between(start: Box, end: Box, share: float) -> Box:
    x, y, width, height = (round(a + (b - a) * share, 4) for a, b in zip(start, end, strict=True))
    return x, y, width, height


def _distance(start: Box, end: Box) -> float:
    """Return how far the corner that moves most moves, in pixels along one axis."""
    moved = [(box[0], box[1], box[0] + box[2], box[1] + box[3]) for box in (start, end)]
    return max(abs(a - b) for a, b in zip(moved[0], moved[1], strict=True))


def _round(value: float) -> int:
    """Round half away from zero."""
    return math.floor(value + 0.5)
