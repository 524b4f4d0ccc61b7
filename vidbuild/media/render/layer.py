"""Build the filter graph of one layer with its motion: a stream of its own frames, and its position over time."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence

from vidbuild.frozen import replaced
from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.ffmpeg.filtergraph import Stream
from vidbuild.media.render import clip, columns_of_rows, concealed, stacks
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.changed_frames import (
    Box,
    cursor_places,
    layer_changes,
    track_of,
    typed_widths,
    visible_span,
)
from vidbuild.media.render.drawing import Enlarged, Layer
from vidbuild.media.render.motion import Motion, Track
from vidbuild.media.render.painting import Painting
from vidbuild.media.render.places import fades, is_painted, looks, offset, sized
from vidbuild.media.render.stacks import Piled


def overlay_layer(base: Stream, animation: Animation, layer: Layer, seen: Box | None = None) -> Stream:
    """Overlay a layer, with its motion, on what is below it.

    seen: the part of the canvas that the base is; None for all of it. Only this part of a layer that stays in place is
    composed.
    """
    motion, canvas = animation.motion, Box(0, 0, animation.layers.width, animation.layers.height)
    track, corner = track_of(layer, motion), (seen or canvas)[:2]
    x, y = _position(animation, layer, track, corner)
    part = _part(layer, seen) if seen and layer.file and stays_in_place(layer, animation) else None
    if part is not None:
        x, y = str(layer.x + part[0] - corner[0]), str(layer.y + part[1] - corner[1])
    if not layer.file and not layer.enlarged:
        x, y = f"({x})+({layer.width}-w)/2", f"({y})+({layer.height}-h)/2"
    stream, (first, end) = _layer_stream(animation, layer, track, part), visible_span(track, motion)
    if layer.file:
        first, *others = layer_changes(layer, animation.layers, motion) or (0,)
        stream, first = (stream, 0) if others else (filtergraph.ahead(stream), first)
    return filtergraph.overlay(base, stream, x, y, _enable_expression(first, end, motion))


def stays_in_place(layer: Layer, animation: Animation) -> bool:
    """Whether a layer is one image that never moves, so that any part of it can be composed apart."""
    track = track_of(layer, animation.motion)
    if not layer.file or layer.has_states or is_painted(layer, track):
        return False
    if track.follows or typed_widths(layer, animation.motion):
        return False
    return len({place for _, place in _places(animation, layer, track)}) == 1


def _part(layer: Layer, seen: Box) -> tuple[int, int, int, int] | None:
    """Return x, y, width and height of the part of a layer's image that is seen; None for all of it."""
    left, top = max(0, seen.left - layer.x), max(0, seen.top - layer.y)
    right, bottom = min(layer.width, seen.right - layer.x), min(layer.height, seen.bottom - layer.y)
    part = (left, top, right - left, bottom - top)
    return None if part == (0, 0, layer.width, layer.height) or right <= left or bottom <= top else part


def covering_frames(
    animation: Animation, layer: Layer, box: tuple[int, int, int, int], times: Sequence[int]
) -> Stream | None:
    """Return a layer's frames at these frame numbers, cropped to a box, if it hides all below it there; else None.

    box: left, top, right and bottom.
    """
    motion = animation.motion
    track, changes = track_of(layer, motion), layer_changes(layer, animation.layers, motion)
    if track.enter or track.leave or layer.has_states or not is_painted(layer, track) or changes[0] > times[0]:
        return None
    (left, top), painting = _painting(animation, layer, track, [changes[bisect(changes, frame) - 1] for frame in times])
    inside = left <= box[0] and top <= box[1] and left + painting.size[0] >= box[2] and top + painting.size[1] >= box[3]
    if not (track.clipped and inside and painting.covers_frames):
        return None
    pixels = painting.pixels
    stream = filtergraph.piped(painting.name, *painting.size, pixels, animation.options(layer.name), pixels)
    stream = filtergraph.place_at(filtergraph.frame_timebase(stream, motion.fps), times)
    return stream.filter("crop", box[2] - box[0], box[3] - box[1], box[0] - left, box[1] - top)


def _layer_stream(
    animation: Animation, layer: Layer, track: Track, part: tuple[int, int, int, int] | None = None
) -> Stream:
    """Return a layer's own frames, one for each frame in which it changes, with every effect except its position.

    part: x, y, width and height of the part of its image to return; None for all of it.
    """
    motion = animation.motion
    if layer.enlarged:
        return _fade(_enlarged(animation, layer, track, layer.enlarged), layer, track, motion.fps)
    if not layer.file:
        played = replaced(motion, clip=motion.playback(layer.name))
        frames = clip.clip_frames(animation.clip_in(layer.name), layer, played, animation.clip_options(layer.name))
        frames = _masked(concealed.conceal(frames, animation, layer), animation, layer)
        if track.enter is not None or track.leave is not None:  # its last frame fades too
            frames = frames.filter("tpad", stop=-1, stop_mode="clone").filter("trim", end_frame=motion.frames)
        return _fade(frames, layer, track, motion.fps)
    changes = layer_changes(layer, animation.layers, motion)
    if layer.has_states or is_painted(layer, track):
        painted = _painted_stream(animation, layer, track, changes)
        return _fade(
            filtergraph.place_at(filtergraph.frame_timebase(painted, motion.fps), changes), layer, track, motion.fps
        )
    steps = typed_widths(layer, motion)
    # The frames of an opaque image get their alpha one by one. Of one that has it already, each is copied to fade.
    converted = "" if layer.opaque and not steps else "rgba"
    image = filtergraph.image(animation.folder / layer.file, animation.copy_of(layer.name), converted, part)
    stream = filtergraph.repeat_at(filtergraph.frame_timebase(image, motion.fps), changes)
    if not converted:
        stream = stream.filter("format", "rgba")
    if steps:
        stream = _type(stream, layer, [_width_at(frame, steps) for frame in changes])
    return _fade(stream, layer, track, motion.fps)


def _enlarged(animation: Animation, layer: Layer, track: Track, shown: Enlarged) -> Stream:
    """Return the frames in which an enlarged part of the scene's clip is visible, each in its size."""
    motion = animation.motion
    first, end = visible_span(track, motion)
    seen = replaced(motion, clip=motion.playback(layer.name)).window(first, end - first)
    stream = clip.clip_frames(animation.clip_in(layer.name), layer, seen, animation.clip_options(layer.name))
    stream = concealed.conceal(stream, animation, layer)
    stream = stream.filter("drawbox", color=shown.color, thickness=shown.line)
    stream = stream.filter("fps", fps=motion.fps).filter("tpad", stop=-1, stop_mode="clone")
    stream = filtergraph.shift(stream.filter("trim", end_frame=end - first), first)
    if not track.moves:
        return stream
    boxes, number = sized(layer, track, range(first, end)), filtergraph.frame_number(motion.fps)
    size = (filtergraph.step_function(enumerate((box[axis] for box in boxes), first), number) for axis in (2, 3))
    return stream.filter("scale", *size, eval="frame", flags=filtergraph.SCALER)


def _masked(stream: Stream, animation: Animation, layer: Layer) -> Stream:
    """Cut a clip's frames to the shape of its layer, if it has one."""
    if not layer.mask:
        return stream
    folder = animation.folders.get(layer.name, animation.folder)
    return filtergraph.masked(stream, filtergraph.image(folder / layer.mask, animation.copy_of(layer.name), "gray"))


def _enable_expression(first: int, end: int, motion: Motion) -> str:
    """Return when a layer is visible, as an expression; "" for always. Without it, its last frame would stay.

    first: 0 for a layer whose own frames begin in the frame in which it becomes visible.
    """
    frame = filtergraph.frame_number(motion.fps)
    start = [f"gte({frame},{first - 0.5})"] if first else []
    return "*".join([*start, *([f"lt({frame},{end - 0.5})"] if end < motion.frames else [])])


def _position(animation: Animation, layer: Layer, track: Track, corner: tuple[int, int]) -> tuple[str, str]:
    """Return a layer's x and y as expressions of the time."""
    places = _places(animation, layer, track)
    frame = filtergraph.frame_number(animation.motion.fps)
    xs, ys = ([(at, place[axis] - corner[axis]) for at, place in places] for axis in (0, 1))
    return filtergraph.step_function(xs, frame), filtergraph.step_function(ys, frame)


def _places(animation: Animation, layer: Layer, track: Track) -> list[tuple[int, tuple[int, int]]]:
    """Return where the left upper corner of a layer's own frames is, from which frame on."""
    motion = animation.motion
    frames: Sequence[int] = layer_changes(layer, animation.layers, motion) or (0,)
    if cursor := cursor_places(layer, animation.layers, motion):
        corners = [max(step for step in cursor if step[0] <= frame)[1] for frame in frames]
    elif layer.enlarged:
        corners = [box[:2] for box in sized(layer, track, frames)]
    elif is_painted(layer, track):
        corners = looks(layer, track, frames)[1]
    elif widths := typed_widths(layer, motion):
        corners = [(layer.x - layer.width + _width_at(frame, widths), layer.y) for frame in frames]
    else:
        corners = [(layer.x, layer.y)] * len(frames)
    offsets = [offset(layer, track, frame, animation.layers.height) for frame in frames]
    pairs = zip(corners, offsets, strict=True)
    return list(zip(frames, [(x + right, y + down) for (x, y), (right, down) in pairs], strict=True))


def _fade(stream: Stream, layer: Layer, track: Track, fps: int) -> Stream:
    effects = [("in", track.enter), ("out", track.leave)]
    fading = [
        (direction, effect)
        for direction, effect in effects
        if effect and effect.frames and fades(layer, effect, leaving=direction == "out")
    ]
    ahead = max((1 - effect.frame for _, effect in fading if effect.frame < 1), default=0)
    stream = filtergraph.shift(stream, ahead)
    for direction, effect in fading:
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


def _painted_stream(animation: Animation, layer: Layer, track: Track, changes: Sequence[int]) -> Stream:
    if layer.rows is not None:
        shown = columns_of_rows.Column.of(layer, str(animation.folder), track.states, changes)
        return filtergraph.piped(
            shown.name, layer.width, layer.height, columns_of_rows.PIXELS, animation.options(layer.name)
        )
    if layer.stack is not None:
        piled = Piled.of(layer, str(animation.folder), track.states, changes)
        options = animation.options(layer.name)
        return filtergraph.piped(piled.name, layer.width, layer.height, stacks.PIXELS, options)
    _, painting = _painting(animation, layer, track, changes)
    return filtergraph.piped(painting.name, *painting.size, painting.pixels, animation.options(layer.name))


def _painting(
    animation: Animation, layer: Layer, track: Track, frames: Sequence[int]
) -> tuple[tuple[int, int], Painting]:
    """Return how a layer is painted in these frames, and the origin of its images in the first."""
    size, origins, found = looks(layer, track, frames)
    width, height = layer.pixels or (layer.width, layer.tall or layer.height)
    file = str(animation.folder / layer.file)
    return origins[0], Painting(file, width, height, layer.opaque, size, tuple(found), layer.edges)
