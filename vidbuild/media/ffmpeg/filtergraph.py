"""The building blocks of our filter graphs, over the ffmpeg package; pure, it starts nothing and knows no layers.

Streams count time in frames: a time stamp is a frame's number (see `clock`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild.media.ffmpeg.input_pipes import SCHEME

FILTER_THREADS = 1
LEAST_FLIGHT = 4
PROBE_BYTES = 5_000_000  # as many as ffmpeg reads anyway
SCALER = "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp"

Stream = Any
"""A stream of the ffmpeg package, which has no types."""


def apart(copy: int) -> dict[str, Any]:
    """Input options that change nothing, but keep a copy of an input apart from the others in one graph."""
    return {"probesize": PROBE_BYTES + copy} if copy else {}


def source(name: str, options: Mapping[str, Any]) -> Stream:
    """An input."""
    import ffmpeg

    return ffmpeg.input(name, **options)


def image(path: Path, options: Mapping[str, Any], pixels: str = "rgba") -> Stream:
    """One picture of a PNG; its name is never taken for a pattern or an address."""
    fixed = {"f": "png_pipe", "protocol_whitelist": "file,pipe", "threads": 1}
    return source(f"file:{path}", {**fixed, **options}).filter("format", pixels)


def colour(name: str, width: int, height: int, options: Mapping[str, Any], pixels: str = "rgb24") -> Stream:
    """One picture of one colour."""
    text = f"color=c={name}:s={width}x{height}:r=1:d=1"
    return source(text, {"f": "lavfi", **options}).filter("format", pixels)


def fed(name: str, width: int, height: int, pixels: str, options: Mapping[str, Any]) -> Stream:
    """The pictures of a feed."""
    fixed = {"f": "rawvideo", "pixel_format": pixels, "video_size": (width, height), "protocol_whitelist": "pipe"}
    return source(f"{SCHEME}{name}", {**fixed, **options}).filter("format", "rgba")


def clock(stream: Stream, fps: int) -> Stream:
    """The stream with a time base of one frame."""
    return stream.filter("settb", f"1/{fps}")


def at(stream: Stream, frames: Sequence[int]) -> Stream:
    """One picture, decoded once, at each of these frames."""
    if len(frames) > 1:
        stream = stream.filter("loop", loop=len(frames) - 1, size=1)
    return each_at(stream, frames)


def each_at(stream: Stream, frames: Sequence[int]) -> Stream:
    """The stream's pictures, each at its own of these frames."""
    starts = [index for index, frame in enumerate(frames) if index == 0 or frame != frames[index - 1] + 1]
    shift = staircase([(index, frames[index] - index) for index in starts], "N")
    return stream.filter("setpts", f"N+({shift})")


def over(base: Stream, top: Stream, x: int | str, y: int | str, seen: str = "") -> Stream:
    """One stream over another, in RGB. seen: an expression that says when it is."""
    import ffmpeg

    options = {"x": x, "y": y, "format": "rgb", "eof_action": "repeat"}
    return ffmpeg.filter([base, top], "overlay", **options, **({"enable": seen} if seen else {}))


def fade(stream: Stream, way: str, start: int, frames: int, fps: int) -> Stream:
    """The stream's alpha, "in" or "out": its k-th of n frames has k/(n+1) of it, so that each of them is a mixture."""
    begin, length = (start - 1) / fps, (frames + 1) / fps
    return stream.filter("fade", type=way, start_time=f"{begin:.6f}", duration=f"{length:.6f}", alpha=1)


def later(stream: Stream, frames: int) -> Stream:
    """The stream with its times moved; fades know no negative ones."""
    return stream.filter("setpts", f"PTS{frames:+d}") if frames else stream


def split(stream: Stream, count: int = 2) -> list[Stream]:
    """The same stream several times."""
    outputs = stream.filter_multi_output("split", count)
    return [outputs[index] for index in range(count)]


def stacked(way: str, streams: Sequence[Stream]) -> Stream:
    """Streams beside each other ("hstack") or one below the other ("vstack"); the longest counts, others hold."""
    import ffmpeg

    return ffmpeg.filter(list(streams), way, inputs=len(streams)) if len(streams) > 1 else streams[0]


def output(stream: Stream, path: Path, options: Mapping[str, Any]) -> Stream:
    """A file made of a stream; nothing of the day or of ffmpeg's version is in it."""
    import ffmpeg

    return ffmpeg.output(stream, str(path), **{"fflags": "+bitexact", "flags:v": "+bitexact", **options})


def arguments(*outputs: Stream) -> list[str]:
    """The arguments for ffmpeg that make these outputs."""
    import ffmpeg

    whole = ffmpeg.merge_outputs(*outputs) if len(outputs) > 1 else outputs[0]
    return ["-filter_complex_threads", str(FILTER_THREADS), *whole.get_args()]


def frame_number(fps: int) -> str:
    """An expression for the number of a filter's frame, near enough to a whole one to be compared with halves."""
    return f"(t*{fps})"


def staircase(steps: Iterable[tuple[int, int]], variable: str) -> str:
    """An expression whose value is that of the last step at or before the variable; of the first one before all.

    ffmpeg refuses expressions that are nested, or have chained terms, a hundred deep: this one is a balanced tree.
    """
    changes: list[tuple[int, int]] = []
    for frame, value in sorted(steps):
        if not changes or changes[-1][1] != value:
            changes.append((frame, value))
    return _tree(_flights(changes), variable)


def _flights(steps: Sequence[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Steps in groups that are evenly wide and evenly high, which keeps commands short; a few aren't worth it."""
    flights: list[list[tuple[int, int]]] = []
    at = 0
    while at < len(steps):
        end = at + 1
        while end < len(steps) and _rise(steps, end) == _rise(steps, at + 1):
            end += 1
        group = list(steps[at:end])
        flights.extend([group] if len(group) >= LEAST_FLIGHT else [[step] for step in group])
        at = end
    return flights


def _rise(steps: Sequence[tuple[int, int]], index: int) -> tuple[int, int]:
    (frame, value), (next_frame, next_value) = steps[index - 1], steps[index]
    return next_frame - frame, next_value - value


def _tree(flights: Sequence[Sequence[tuple[int, int]]], variable: str) -> str:
    if len(flights) > 1:
        middle = len(flights) // 2
        below, above = _tree(flights[:middle], variable), _tree(flights[middle:], variable)
        return f"if(lt({variable},{flights[middle][0][0] - 0.5}),{below},{above})"
    flight = flights[0]
    frame, value = flight[0]
    if len(flight) == 1:
        return str(value)
    wide, high = _rise(flight, 1)
    return f"{value}{high:+d}*clip(floor(({variable}-{frame - 0.5})/{wide}),0,{len(flight) - 1})"
