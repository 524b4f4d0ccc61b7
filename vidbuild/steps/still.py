"""The step `still:SCENE`: one frame of a scene as a PNG, in the colors of its layers.

A poster may be chosen from several scenes: it is the first of their candidates that shows something, or the one that
shows most.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from vidbuild import seal
from vidbuild.engine.graph.context import Context
from vidbuild.errors import SpecProblem, StepError
from vidbuild.frozen import replaced
from vidbuild.media.ffmpeg import filtergraph, tool_output
from vidbuild.media.image import image_size
from vidbuild.media.render import compose
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.clip import read_companions
from vidbuild.media.render.motion import Motion
from vidbuild.steps import render
from vidbuild.timeline.cut_params import cut_layer

STILL = "still.png"

# Where in a clip its candidates for a poster are, as shares of the scene: the last frame, as in other scenes, then
# frames before a fade-out.
CANDIDATES = (1.0, 0.75, 0.5, 0.25, 0.0)

# A dithered background is smallest without row filters, and level 4 is nearly as small as 6 in a third of the time.
PNG = {"format": "image2pipe", "c:v": "png", "pred": "none", "compression_level": 4, "frames:v": 1, "threads:v": 1}


def run(context: Context) -> None:
    """Write still.png.

    Params: frame: counted from the scene's start; -1, or the number of frames, is the last one.
    width: to which the frame is scaled; default: that of the video.
    plain: for a poster, instead: for each scene that it is chosen from, whether it may show nothing.
    """
    if "plain" in context.params:
        _choose(context, context.params["plain"])
    else:
        animation = render.read_animation(context)
        _render(context, animation, _valid_frame(context.params["frame"], animation.motion))
    png = context.out / STILL
    if "width" in context.params:
        png.write_bytes(_scaled(png.read_bytes(), context.params["width"]))
    png.write_bytes(seal.sealed_png(png.read_bytes()))


def _render(context: Context, animation: Animation, frame: int) -> None:
    window = replaced(animation, motion=animation.motion.window(frame, 1))
    render.run_encoder(context, still_arguments(window, context.out), 1, 1, "render the still")
    _verify(context.out / STILL, _size(animation))


def _scaled(data: bytes, width: int) -> bytes:
    """Return a PNG at another width."""
    from PIL import Image

    from vidbuild.media.image import raster

    with Image.open(io.BytesIO(data)) as image:
        size = (width, max(1, round(image.height * width / image.width)))
        return raster.png(image.resize(size, Image.Resampling.LANCZOS))


def _choose(context: Context, plain: Sequence[bool]) -> None:
    """Write the first candidate that shows something: the last frame of a scene, then earlier ones of a clip."""
    from vidbuild.media.image import content

    best, written = content.Content(-1.0, 0.0), b""
    for index, doubtful in enumerate(plain):
        animation = render.read_animation(context, f"{index}.")
        plays = animation.clip or cut_layer(0) in animation.motion.clips
        for share in CANDIDATES if doubtful and plays else (1.0,):
            _render(context, animation, max(0, round(animation.motion.frames_before_exit * share) - 1))
            if not doubtful:
                return
            data = (context.out / STILL).read_bytes()
            shown = content.measure(data, _shown(animation))
            if shown.edges >= content.ENOUGH:
                return
            if shown > best:
                best, written = shown, data
    (context.out / STILL).write_bytes(written)


def _shown(animation: Animation) -> tuple[int, int, int, int]:
    """Return the box of the clip or image in the frame; the frame around it shows something in any case."""
    found = [layer for layer in animation.layers.layers if layer.name in {"clip", "picture", cut_layer(0)}]
    return (found[0].x, found[0].y, found[0].width, found[0].height) if found else (0, 0, *_size(animation))


def _size(animation: Animation) -> tuple[int, int]:
    return animation.layers.width, animation.layers.height


def _verify(path: Path, size: tuple[int, int]) -> None:
    """Raise StepError unless the PNG is complete and as large as the video, whatever ffmpeg's exit code."""
    try:
        found = image_size.png_size(tool_output.read(path, render.max_output_bytes(*size), "still"))
    except image_size.ImageFileError as error:
        raise StepError(f"ffmpeg wrote a corrupt still: {error}") from error
    if found != size:
        raise StepError(f"ffmpeg wrote a wrong still: expected {size[0]}x{size[1]}, got {found[0]}x{found[1]}")


def _valid_frame(frame: int, motion: Motion) -> int:
    if frame > motion.frames:
        duration, time = (round(count / motion.fps, 3) for count in (motion.frames, frame))
        hint = f"choose a time up to {duration} s"
        raise SpecProblem(f"no frame at {time} s: the scene lasts {duration} s", hint=hint)
    # The number of frames is valid: a time just before the end may be rounded up to it.
    return motion.frames - 1 if frame < 0 else min(frame, motion.frames - 1)


def still_arguments(animation: Animation, out: Path) -> list[str]:
    """Return the arguments for ffmpeg that render the first frame of a motion."""
    stream = compose.frames(animation).filter("format", "rgb24")
    return read_companions(filtergraph.arguments(filtergraph.output(stream, out / STILL, PNG)), *animation.all_clips)
