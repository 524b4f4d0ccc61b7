"""Builds the filter graph that turns layers and their motion into pictures; pure, it starts nothing.

Every stream counts time in frames of the motion. Only the frames in which something changes (moments) are composed;
`held` then repeats them to a constant frame rate. Colours stay RGB until `encodable`, so blending is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from vidbuild.errors import StepError
from vidbuild.media import ffmpeg as runner
from vidbuild.media.inspect import MediaInfo
from vidbuild.media.moments import changing, cursor, moments, shown, span, still, track_of, typed
from vidbuild.media.picture import Change, Layer, Layers, Motion, Playback, Track

RISE = 24 / 1080  # of the canvas's height
SCALER = "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp"

Stream = Any  # a stream of the ffmpeg package, which has no types


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


def pictures(picture: Picture) -> Stream:
    """The RGB pictures of a motion's moments, each with its frame's number as its time."""
    seen = shown(picture.layers, picture.motion)
    times = moments(picture.layers, picture.motion)
    canvas, rest = _canvas(picture, seen)
    while rest and still(rest[0], picture.motion):
        canvas = _over(canvas, _image(picture, rest[0]), rest[0].x, rest[0].y)
        rest = rest[1:]
    base = _at(_clock(canvas, picture.motion.fps), times)
    for layer in rest:
        base = _placed(base, picture, layer)
    return base


def held(stream: Stream, motion: Motion) -> Stream:
    """Every frame of a motion: each moment's picture repeated until the next, the last to the end."""
    spread = stream.filter("fps", fps=motion.fps).filter("tpad", stop=-1, stop_mode="clone")
    return spread.filter("trim", end_frame=motion.frames)


def crossfade(leaving: Picture, coming: Picture, frames: int) -> Stream:
    """`frames` RGB pictures from one picture to the other: the one plays and holds its last, the other holds and plays.

    Picture k of n holds (k+1)/(n+1) of the coming scene, so that the first and the last are mixtures as well.
    """
    fps = leaving.motion.fps
    first, last = leaving.motion.frames, coming.motion.frames
    under = held(pictures(leaving), leaving.motion).filter("tpad", stop=frames - first, stop_mode="clone")
    over = held(pictures(coming), coming.motion).filter("tpad", start=frames - last, start_mode="clone")
    over = over.filter("format", "rgba").filter("setpts", "PTS+1").filter("fade", **_fade("in", 0, frames + 1, fps))
    return _over(under, over.filter("setpts", "PTS-1"), 0, 0)


def encodable(stream: Stream, pixels: str) -> Stream:
    """The same pictures as limited-range BT.709, converted once and tagged as what they are."""
    converted = stream.filter("scale", flags=SCALER, out_color_matrix="bt709", out_range="tv").filter("format", pixels)
    return converted.filter(
        "setparams", range="tv", color_primaries="bt709", color_trc="bt709", colorspace="bt709"
    ).filter("setsar", 1)


def small(stream: Stream, width: int, index: int) -> Stream:
    """One picture of the stream, the index-th, scaled to a width."""
    picked = stream.filter("select", f"eq(n,{index})")
    return picked.filter("scale", width, -2, flags="area+accurate_rnd+full_chroma_int", out_range="pc")


def split(stream: Stream) -> tuple[Stream, Stream]:
    """The same stream twice."""
    both = stream.filter_multi_output("split", 2)
    return both[0], both[1]


def output(stream: Stream, name: str, options: Mapping[str, Any]) -> Stream:
    """A file made of a stream."""
    import ffmpeg  # noqa: PLC0415 - a null build must not load it

    return ffmpeg.output(stream, name, **options)


def arguments(*outputs: Stream) -> list[str]:
    """The arguments for ffmpeg that make these outputs."""
    import ffmpeg  # noqa: PLC0415 - a null build must not load it

    args: list[str] = ffmpeg.merge_outputs(*outputs).get_args() if len(outputs) > 1 else outputs[0].get_args()
    return ["-filter_complex_threads", "1", *args]


def staircase(steps: Iterable[tuple[int, int]], variable: str) -> str:
    """An expression whose value is that of the last step at or before the variable; of the first one before all."""
    pairs = sorted(steps)
    text = str(pairs[0][1])
    for (_, before), (at, value) in pairwise(pairs):
        if value != before:
            text += f"{value - before:+d}*gte({variable},{at - 0.5})"
    return text


def _canvas(picture: Picture, seen: tuple[Layer, ...]) -> tuple[Stream, tuple[Layer, ...]]:
    """One opaque picture of the canvas's size to start from, and the layers still to be laid on it."""
    width, height = picture.layers.width, picture.layers.height
    if seen and _fills(seen[0], width, height) and still(seen[0], picture.motion):
        return _image(picture, seen[0], "rgb24"), seen[1:]
    source = f"color=c=black:s={width}x{height}:r={picture.motion.fps}:d={1 / picture.motion.fps:.6f}"
    return _input(source, {"f": "lavfi"}).filter("format", "rgb24"), seen


def _fills(layer: Layer, width: int, height: int) -> bool:
    return layer.opaque and (layer.x, layer.y, layer.width, layer.height) == (0, 0, width, height)


def _placed(base: Stream, picture: Picture, layer: Layer) -> Stream:
    """One layer, with its motion, over what is below it."""
    track, motion = track_of(layer, picture.motion), picture.motion
    _, end = span(track, motion)
    stream = _moving(picture, layer, track)
    x, y = _place(picture, layer, track)
    seen = "" if end >= motion.frames else f"lt({_frame(motion.fps)},{end - 0.5})"
    if not layer.file:
        x, y = f"{x}+({layer.width}-w)/2", f"{y}+({layer.height}-h)/2"
    return _over(base, stream, x, y, seen)


def _moving(picture: Picture, layer: Layer, track: Track) -> Stream:
    """A layer's own pictures, one for each frame in which it changes, fades and typing done."""
    motion = picture.motion
    own = changing(layer, picture.layers, motion)
    if track.follows:
        own = own[:1] if track.enter is None and track.leave is None else own
    stream = _at(_clock(_image(picture, layer), motion.fps), own) if layer.file else _clip(picture, layer)
    steps = typed(layer, motion)
    if steps:
        return _typed(stream, layer, steps)
    if track.zoom is not None and track.zoom != (1, 1):
        stream = _zoomed(stream, layer, track.zoom, motion.frames)
    return _faded(stream, track, motion.fps)


def _place(picture: Picture, layer: Layer, track: Track) -> tuple[str, str]:
    """Where a layer stands, as expressions of the time."""
    motion = picture.motion
    frame = _frame(motion.fps)
    stands = cursor(layer, picture.layers, motion)
    if stands:
        xs, ys = ([(at, place[axis]) for at, place in stands] for axis in (0, 1))
        return staircase(xs, frame), staircase(ys, frame)
    steps = typed(layer, motion)
    if steps:
        return staircase(((at, layer.x - layer.width + width) for at, width in steps), frame), str(layer.y)
    return str(layer.x), _rising(layer.y, track.enter, picture.layers.height, frame)


def _rising(y: int, enter: Change | None, height: int, frame: str) -> str:
    """Ease-out cubic: as much slower as it is nearer."""
    if enter is None or enter.effect != "rise" or enter.frames == 0:
        return str(y)
    left = f"clip(({enter.frame + enter.frames}-{frame})/{enter.frames + 1},0,1)"
    return f"{y}+round({RISE * height:.3f}*pow({left},3))"


def _faded(stream: Stream, track: Track, fps: int) -> Stream:
    """Fades in and out; a layer of n fading frames has k/(n+1) of its own alpha in the k-th."""
    changes = [("in", track.enter), ("out", track.leave)]
    fades = [(way, change) for way, change in changes if change and change.frames and change.effect != "cut"]
    if not fades:
        return stream
    ahead = max(0, *(1 - change.frame for _, change in fades))
    stream = stream.filter("setpts", f"PTS+{ahead}")
    for way, change in fades:
        stream = stream.filter("fade", **_fade(way, change.frame - 1 + ahead, change.frames + 1, fps))
    return stream.filter("setpts", f"PTS-{ahead}")


def _fade(way: str, start: int, frames: int, fps: int) -> dict[str, Any]:
    return {"type": way, "start_time": f"{start / fps:.6f}", "duration": f"{frames / fps:.6f}", "alpha": 1}


def _typed(stream: Stream, layer: Layer, steps: Sequence[tuple[int, int]]) -> Stream:
    """A window of the layer's width that slides from the empty space on the layer's left over the layer.

    The layer is then laid as much further left as is still hidden: its characters never move.
    """
    widths = staircase(enumerate(width for _, width in steps), "n")
    padded = stream.filter("pad", 2 * layer.width, layer.height, layer.width, 0, "black@0")
    return padded.filter("crop", layer.width, layer.height, widths, 0)


def _zoomed(stream: Stream, layer: Layer, zoom: tuple[float, float], frames: int) -> Stream:
    """Sampled between pixels, so that it moves evenly however slow it is."""
    factor = f"({zoom[0]:.6f}+{(zoom[1] - zoom[0]) / frames:.9f}*in)"
    half = f"(1-1/{factor})/2"
    corners = {
        "x0": f"W*{half}", "y0": f"H*{half}", "x1": f"W-W*{half}", "y1": f"H*{half}",
        "x2": f"W*{half}", "y2": f"H-H*{half}", "x3": f"W-W*{half}", "y3": f"H-H*{half}",
    }  # fmt: skip
    planar = stream.filter("format", "gbrp" if layer.opaque else "gbrap")
    moved = planar.filter("perspective", **corners, interpolation="cubic", eval="frame")
    return moved.filter("format", "rgba")


def _clip(picture: Picture, layer: Layer) -> Stream:
    """A clip's pictures from its first frame on, at the motion's rate, square pixels, in RGB."""
    playback = picture.motion.clip
    if playback is None or picture.clip is None:
        raise StepError(f"the layer '{layer.name}' is the place of a clip, and there is none")
    fps = picture.motion.fps
    start = playback.start_ms / 1000 + playback.skip / fps
    options: dict[str, Any] = {"protocol_whitelist": "file,pipe", "format_whitelist": runner.FORMATS}
    if start > 0:
        options |= {"ss": f"{start:.6f}", "noaccurate_seek": None}
    source = _input(f"file:{picture.clip.path}", options)["V:0"]
    paced = source.filter("tpad", stop=-1, stop_mode="clone").filter("fps", fps=fps, start_time=0)
    cut = paced.filter("trim", end_frame=min(playback.frames, picture.motion.frames))
    return _fitted(cut, layer, playback, picture.clip.info).filter("format", "rgba")


def _fitted(stream: Stream, layer: Layer, playback: Playback, info: MediaInfo) -> Stream:
    width, height = layer.width, layer.height
    wider = f"gte(dar,{width}/{height})" if playback.fit == "cover" else f"lt(dar,{width}/{height})"
    scaled = stream.filter(
        "scale",
        f"if({wider},ceil({height}*dar-0.001),{width})",
        f"if({wider},{height},ceil({width}/dar-0.001))",
        flags=SCALER,
        in_color_matrix=info.matrix,
    ).filter("setsar", 1)
    return scaled.filter("crop", width, height) if playback.fit == "cover" else scaled


def _image(picture: Picture, layer: Layer, pixels: str = "rgba") -> Stream:
    path = picture.folder / layer.file
    return _input(f"file:{path}", {"f": "png_pipe", "protocol_whitelist": "file,pipe"}).filter("format", pixels)


def _input(name: str, options: Mapping[str, Any]) -> Stream:
    import ffmpeg  # noqa: PLC0415 - a null build must not load it

    return ffmpeg.input(name, **options)


def _clock(stream: Stream, fps: int) -> Stream:
    """Time counted in frames."""
    return stream.filter("settb", f"1/{fps}")


def _at(stream: Stream, frames: Sequence[int]) -> Stream:
    """One picture, decoded once, at each of these frames."""
    if len(frames) > 1:
        stream = stream.filter("loop", loop=len(frames) - 1, size=1)
    starts = [index for index, frame in enumerate(frames) if index == 0 or frame != frames[index - 1] + 1]
    shift = staircase([(index, frames[index] - index) for index in starts], "N")
    return stream.filter("setpts", f"N+({shift})")


def _over(base: Stream, top: Stream, x: int | str, y: int | str, seen: str = "") -> Stream:
    options = {"x": x, "y": y, "format": "rgb", "eof_action": "repeat"}
    if seen:
        options["enable"] = seen
    import ffmpeg  # noqa: PLC0415 - a null build must not load it

    return ffmpeg.filter([base, top], "overlay", **options)


def _frame(fps: int) -> str:
    return f"(t*{fps})"
