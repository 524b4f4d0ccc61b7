"""Build filter graphs with the ffmpeg package. Every function is pure: none starts ffmpeg.

Streams count time in frames: a timestamp is a frame number (see `frame_timebase`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from vidbuild.media.ffmpeg import graph_arguments
from vidbuild.media.ffmpeg.input_pipes import SCHEME

FILTER_THREADS = 1
MIN_FLIGHT = 4
PIPE_QUEUE = 1  # frames that ffmpeg reads ahead from a pipe; its default is 8
PROBE_BYTES = 5_000_000  # ffmpeg's default
ANALYZED_US = 5_000_000  # ffmpeg's default: microseconds
SCALER = "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp"

# The option of inputs of which all is known: by default, ffmpeg decodes each once to learn of it, and then once more.
UNPROBED = {"nofind_stream_info": None}

# A stream of the ffmpeg package, which has no types.
Stream = Any

# (from this frame or index on, value) pairs of a step function.
Step = tuple[int, int]


def copy_options(copy: int) -> dict[str, Any]:
    """Return input options without any effect, except that ffmpeg reads each copy of an input separately."""
    return {"probesize": PROBE_BYTES + copy} if copy else {}


def clip_options(number: int) -> dict[str, Any]:
    """Return input options like those of `copy_options`, for the clips of one frame."""
    return {"analyzeduration": ANALYZED_US + number} if number else {}


def source(name: str, options: Mapping[str, Any]) -> Stream:
    """Return an input."""
    import ffmpeg

    return ffmpeg.input(name, **options)


def image(path: Path, copy: int, pixels: str = "rgba", part: tuple[int, int, int, int] | None = None) -> Stream:
    """Return one frame from a PNG. ffmpeg does not interpret the name as a pattern or URL.

    copy: a number that distinguishes the streams of one file, without any effect; ffmpeg decodes it once for all.
    pixels: the format of the stream; "" for that of the file.
    part: x, y, width and height of the part of it to return; None for all of it.
    """
    read = source(f"file:{path}", {"f": "png_pipe", "protocol_whitelist": "file,pipe", "threads": 1, **UNPROBED})
    stream = read.filter("trim", end_frame=1 + copy)
    if part is not None:
        x, y, width, height = part
        stream = stream.filter("crop", width, height, x, y)
    return stream.filter("format", pixels) if pixels else stream


def color(name: str, width: int, height: int, options: Mapping[str, Any], pixels: str = "rgb24") -> Stream:
    """Return one frame of one color."""
    text = f"color=c={name}:s={width}x{height}:r=1:d=1"
    return source(text, {"f": "lavfi", **UNPROBED, **options}).filter("format", pixels)


def piped(
    name: str, width: int, height: int, pixels: str, options: Mapping[str, Any], converted: str = "rgba"
) -> Stream:
    """Return the frames that a pipe source produces for this name (see input_pipes.py).

    pixels: the format of the pipe. converted: the format of the stream.
    """
    fixed = {"f": "rawvideo", "pixel_format": pixels, "video_size": (width, height), "protocol_whitelist": "pipe"}
    options = {**fixed, "thread_queue_size": PIPE_QUEUE, **UNPROBED, **options}
    return source(f"{SCHEME}{name}", options).filter("format", converted)


def frame_timebase(stream: Stream, fps: int) -> Stream:
    """Set the time base to one frame."""
    return stream.filter("settb", f"1/{fps}")


def ahead(stream: Stream) -> Stream:
    """Show one frame from before the first frame on.

    An overlay then receives the end of this stream before it draws. Until then, it would copy each frame to draw on.
    """
    return stream.filter("setpts", "-1")


def repeat_at(stream: Stream, frames: Sequence[int]) -> Stream:
    """Show one frame, decoded once, at each of these frame numbers."""
    if len(frames) > 1:
        stream = stream.filter("loop", loop=len(frames) - 1, size=1)
    return place_at(stream, frames)


def place_at(stream: Stream, frames: Sequence[int]) -> Stream:
    """Move each frame of the stream to the frame number at its index."""
    starts = [index for index, frame in enumerate(frames) if index == 0 or frame != frames[index - 1] + 1]
    shift = step_function([(index, frames[index] - index) for index in starts], "N")
    return stream.filter("setpts", f"N+({shift})")


def delayed(stream: Stream, delays: Sequence[Step], fps: int) -> Stream:
    """Delay the frames from an index on by a number of frames; the one before stays meanwhile."""
    totals = accumulate(delay for _, delay in delays)
    steps = [(0, 0), *((index, total) for (index, _), total in zip(delays, totals, strict=True))]
    return stream.filter("setpts", f"N+({step_function(steps, 'N')})").filter("fps", fps=fps)


def overlay(base: Stream, top: Stream, x: int | str, y: int | str, enable: str = "") -> Stream:
    """Overlay one stream on another, in RGB.

    enable: an expression that is nonzero while `top` is visible; "" for always.
    """
    import ffmpeg

    options = {"x": x, "y": y, "format": "rgb", "eof_action": "repeat"}
    return ffmpeg.filter([base, top], "overlay", **options, **({"enable": enable} if enable else {}))


def masked(stream: Stream, mask: Stream) -> Stream:
    """Replace a stream's alpha by the gray levels of another one."""
    import ffmpeg

    return ffmpeg.filter([stream, mask.filter("format", "gray")], "alphamerge")


def fade(stream: Stream, direction: str, start: int, frames: int, fps: int) -> Stream:
    """Fade the alpha "in" or "out" over n frames. Frame k has k/(n+1) of it, so every frame is a mixture."""
    begin, length = (start - 1) / fps, (frames + 1) / fps
    return stream.filter("fade", type=direction, start_time=f"{begin:.6f}", duration=f"{length:.6f}", alpha=1)


def shift(stream: Stream, frames: int) -> Stream:
    """Shift the timestamps; fades do not support negative ones."""
    return stream.filter("setpts", f"PTS{frames:+d}") if frames else stream


def split(stream: Stream, count: int) -> list[Stream]:
    """Return copies of a stream."""
    outputs = stream.filter_multi_output("split", count)
    return [outputs[index] for index in range(count)]


def stack(direction: str, streams: Sequence[Stream]) -> Stream:
    """Stack streams side by side ("hstack") or vertically ("vstack"). Shorter streams hold their last frame."""
    import ffmpeg

    return ffmpeg.filter(list(streams), direction, inputs=len(streams)) if len(streams) > 1 else streams[0]


def mosaic(streams: Sequence[Stream], corners: Sequence[tuple[int, int]]) -> Stream:
    """Put streams, which together cover a rectangle, at these corners in it. Shorter streams hold their last frame."""
    import ffmpeg

    layout = "|".join(f"{x}_{y}" for x, y in corners)
    return (
        ffmpeg.filter(list(streams), "xstack", inputs=len(streams), layout=layout) if len(streams) > 1 else streams[0]
    )


def concatenate(streams: Sequence[Stream]) -> Stream:
    """Return the frames of one stream after the other; their timestamps have no meaning."""
    import ffmpeg

    return ffmpeg.filter(list(streams), "concat", n=len(streams)) if len(streams) > 1 else streams[0]


def output(stream: Stream, path: Path, options: Mapping[str, Any]) -> Stream:
    """Write a stream to a file, without the date or ffmpeg's version."""
    import ffmpeg

    return ffmpeg.output(stream, str(path), **{"fflags": "+bitexact", "flags:v": "+bitexact", **options})


def arguments(*outputs: Stream) -> list[str]:
    """Return the arguments for ffmpeg that write these outputs."""
    import ffmpeg

    merged = ffmpeg.merge_outputs(*outputs) if len(outputs) > 1 else outputs[0]
    return ["-filter_complex_threads", str(FILTER_THREADS), *graph_arguments.arguments(merged)]


def frame_number(fps: int) -> str:
    """Return an expression for the frame number, close enough to an integer to compare with halves."""
    return f"(t*{fps})"


def step_function(steps: Iterable[Step], variable: str) -> str:
    """Return an expression with the value of the last step at or before the variable; before all, of the first.

    ffmpeg rejects expressions nested, or with terms chained, a hundred deep, so this one is a balanced tree.
    """
    changes: list[Step] = []
    for frame, value in sorted(steps):
        if not changes or changes[-1][1] != value:
            changes.append((frame, value))
    return _tree(_flights(changes), variable)


def _flights(steps: Sequence[Step]) -> list[list[Step]]:
    """Group steps of equal width and height, so that one term covers a flight of MIN_FLIGHT steps or more."""
    flights: list[list[Step]] = []
    start = 0
    while start < len(steps):
        end = start + 1
        while end < len(steps) and _rise(steps, end) == _rise(steps, start + 1):
            end += 1
        group = list(steps[start:end])
        flights.extend([group] if len(group) >= MIN_FLIGHT else [[step] for step in group])
        start = end
    return flights


def _rise(steps: Sequence[Step], index: int) -> tuple[int, int]:
    """Return the width and height of the step that ends at an index."""
    (frame, value), (next_frame, next_value) = steps[index - 1], steps[index]
    return next_frame - frame, next_value - value


def _tree(flights: Sequence[Sequence[Step]], variable: str) -> str:
    if len(flights) > 1:
        middle = len(flights) // 2
        below, above = _tree(flights[:middle], variable), _tree(flights[middle:], variable)
        return f"if(lt({variable},{flights[middle][0][0] - 0.5}),{below},{above})"
    flight = flights[0]
    frame, value = flight[0]
    if len(flight) == 1:
        return str(value)
    width, height = _rise(flight, 1)
    return f"{value}{height:+d}*clip(floor(({variable}-{frame - 0.5})/{width}),0,{len(flight) - 1})"
