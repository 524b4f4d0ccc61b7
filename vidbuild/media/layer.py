"""One layer with its motion: a stream of its own pictures and where it stands; it knows nothing of the other layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild.errors import StepError
from vidbuild.media import graph
from vidbuild.media.ffmpeg import FORMATS
from vidbuild.media.graph import Stream
from vidbuild.media.inspect import MediaInfo
from vidbuild.media.moments import changing, cursor, span, track_of, typed
from vidbuild.media.picture import Change, Layer, Layers, Motion, Track

RISE = 24 / 1080  # of the canvas's height
SCALER = "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp"
TIE_US = 500  # a source frame halfway between two of ours goes to the later one, whatever the rounding of its time


@dataclass(frozen=True, slots=True)
class Clip:
    """A moving picture's file and what is known of it."""

    path: Path
    info: MediaInfo


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing in a folder, its motion, and the clip that plays in it, if any."""

    folder: Path
    layers: Layers
    motion: Motion
    clip: Clip | None = None
    second: bool = False

    @property
    def options(self) -> dict[str, Any]:
        """Input options that change nothing, but keep a second picture's files apart from the first's in one graph."""
        return {"itsoffset": 0} if self.second else {}


def laid_over(base: Stream, picture: Picture, layer: Layer) -> Stream:
    """The layer, with its motion, over what is below it."""
    motion = picture.motion
    track = track_of(layer, motion)
    x, y = _place(picture, layer, track)
    if not layer.file:
        x, y = f"{x}+({layer.width}-w)/2", f"{y}+({layer.height}-h)/2"
    return graph.over(base, _pictures(picture, layer, track), x, y, _seen(layer, track, motion))


def _pictures(picture: Picture, layer: Layer, track: Track) -> Stream:
    """A layer's own pictures, one for each frame in which it changes, all but its place done."""
    motion = picture.motion
    if not layer.file:
        return _faded(_clip(picture, layer), track, motion.fps)
    own = changing(layer, picture.layers, motion)
    stream = graph.at(graph.clock(graph.image(picture.folder / layer.file, picture.options), motion.fps), own)
    steps = typed(layer, motion)
    if steps:
        stream = _typed(stream, layer, [_width_at(frame, steps) for frame in own])
    if track.zoom is not None and track.zoom != (1, 1):
        stream = _zoomed(stream, layer, track.zoom, motion.frames, own[0])
    return _faded(stream, track, motion.fps)


def _seen(layer: Layer, track: Track, motion: Motion) -> str:
    """A layer's last picture stays until this says otherwise; a clip's first is there before it should be seen."""
    first, end = span(track, motion)
    frame = graph.frame_number(motion.fps)
    limits = [f"gte({frame},{first - 0.5})"] if first and not layer.file else []
    return "*".join([*limits, *([f"lt({frame},{end - 0.5})"] if end < motion.frames else [])])


def _place(picture: Picture, layer: Layer, track: Track) -> tuple[str, str]:
    """Where a layer stands, as expressions of the time."""
    motion = picture.motion
    frame = graph.frame_number(motion.fps)
    stands = cursor(layer, picture.layers, motion)
    if stands:
        xs, ys = ([(at, place[axis]) for at, place in stands] for axis in (0, 1))
        return graph.staircase(xs, frame), graph.staircase(ys, frame)
    x, steps = str(layer.x), typed(layer, motion)
    if steps:
        x = graph.staircase(((at, layer.x - layer.width + width) for at, width in steps), frame)
    return x, _rising(layer.y, track.enter, picture.layers.height, frame)


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
    stream = graph.later(stream, ahead)
    for way, change in fades:
        stream = graph.fade(stream, way, change.frame + ahead, change.frames, fps)
    return graph.later(stream, -ahead)


def _width_at(frame: int, steps: Sequence[tuple[int, int]]) -> int:
    return max((step for step in steps if step[0] <= frame), default=steps[0])[1]


def _typed(stream: Stream, layer: Layer, widths: Sequence[int]) -> Stream:
    """A window of the layer's width that slides from the empty space on the layer's left over the layer.

    The layer is then laid as much further left as is still hidden, so its characters never move.
    """
    padded = stream.filter("pad", 2 * layer.width, layer.height, layer.width, 0, "black@0")
    return padded.filter("crop", layer.width, layer.height, graph.staircase(enumerate(widths), "n"), 0)


def _zoomed(stream: Stream, layer: Layer, zoom: tuple[float, float], frames: int, first: int) -> Stream:
    """Sampled between pixels, so that it moves evenly however slow it is.

    A border of one clear pixel is what is seen around a layer that is smaller than its place; alpha is multiplied in
    while pixels are mixed, so that clear ones lend no colour to their neighbours.
    """
    solid = layer.opaque and min(zoom) >= 1
    factor = f"({zoom[0]:.6f}+{(zoom[1] - zoom[0]) / frames:.9f}*(in+{first - 1}))"
    cut = f"(1-1/{factor})/2"  # of the width, at each side; the filter's pixels have their places at their corners
    x0, y0, x1, y1 = f"(W-1)*{cut}", f"(H-1)*{cut}", f"W-(W+1)*{cut}", f"H-(H+1)*{cut}"
    corners = {"x0": x0, "y0": y0, "x1": x1, "y1": y0, "x2": x0, "y2": y1, "x3": x1, "y3": y1}
    sampled = {**corners, "interpolation": "cubic", "eval": "frame"}
    if solid:
        return stream.filter("format", "gbrp").filter("perspective", **sampled).filter("format", "rgba")
    stream = stream.filter("format", "gbrap").filter("premultiply", inplace=1)
    stream = stream.filter("pad", layer.width + 2, layer.height + 2, 1, 1, "black@0").filter("perspective", **sampled)
    stream = stream.filter("crop", layer.width, layer.height, 1, 1)
    return stream.filter("unpremultiply", inplace=1).filter("format", "rgba")


def _clip(picture: Picture, layer: Layer) -> Stream:
    """A clip's pictures at the motion's rate, from the one that is seen at its start on.

    Decoding starts at the key frame before, and what is shown when the start comes is the last picture until then,
    which may be much older in a recording without a constant rate.
    """
    playback, fps = picture.motion.clip, picture.motion.fps
    if playback is None or picture.clip is None:
        raise StepError(f"the layer '{layer.name}' is the place of a clip, and there is none")
    start = playback.start_ms / 1000 + playback.skip / fps
    options = {"protocol_whitelist": "file,pipe", "format_whitelist": FORMATS, **picture.options}
    if start > 0:
        options |= {"ss": f"{start:.6f}", "noaccurate_seek": None}
    stream = graph.source(f"file:{picture.clip.path}", options)["V:0"]
    stream = stream.filter("settb", "AVTB").filter("setpts", f"PTS+{TIE_US}")
    stream = stream.filter("tpad", stop=-1, stop_mode="clone").filter("fps", fps=fps, start_time=0)
    stream = stream.filter("trim", end_frame=min(playback.frames, picture.motion.frames))
    return _fitted(stream, layer, playback.fit, picture.clip.info)


def _fitted(stream: Stream, layer: Layer, fit: str, info: MediaInfo) -> Stream:
    width, height = layer.width, layer.height
    by_height = f"gte(dar,{width}/{height})" if fit == "cover" else f"lt(dar,{width}/{height})"
    size = (f"if({by_height},ceil({height}*dar-0.001),{width})", f"if({by_height},{height},ceil({width}/dar-0.001))")
    stream = stream.filter("scale", *size, flags=SCALER, in_color_matrix=info.matrix).filter("format", "rgba")
    stream = stream.filter("setsar", 1)
    return stream.filter("crop", width, height) if fit == "cover" else stream
