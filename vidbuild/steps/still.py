"""The step `still:SCENE`: one picture of a scene as a PNG, with the colours of its layers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from vidbuild.engine.graph.context import Context
from vidbuild.errors import SpecProblem, StepError
from vidbuild.media.ffmpeg import filtergraph, tool_output
from vidbuild.media.image import image_size
from vidbuild.media.render import compose
from vidbuild.media.render.animation import Motion
from vidbuild.media.render.layer import Picture
from vidbuild.steps import render

STILL = "still.png"

# A dithered background is smallest without row filters, and nearly as small at 4 as at 6, in a third of the time.
CODED = {"format": "image2pipe", "c:v": "png", "pred": "none", "compression_level": 4, "frames:v": 1, "threads:v": 1}


def run(context: Context) -> None:
    """Write still.png. Params: frame, from the scene's start; -1, and the one at its very end, is the last."""
    picture = render.read(context)
    frame = _within(context.params["frame"], picture.motion)
    picture = replace(picture, motion=picture.motion.window(frame, 1))
    render.shoot(context, still_arguments(picture, context.out), 1, 1, "make the still")
    _verify(context.out / STILL, (picture.layers.width, picture.layers.height))


def _verify(path: Path, size: tuple[int, int]) -> None:
    """It is whole and as large as the video, whatever ffmpeg's exit code said."""
    try:
        found = image_size.png_size(tool_output.read(path, render.most_bytes(*size), "still"))
    except image_size.ImageFileError as error:
        raise StepError(f"ffmpeg wrote a damaged still: {error}") from error
    if found != size:
        raise StepError(f"ffmpeg wrote a still of {found[0]}x{found[1]} where {size[0]}x{size[1]} was asked for")


def _within(frame: int, motion: Motion) -> int:
    """A time just before the end may have been rounded up to it."""
    if frame > motion.frames:
        lasts, asked = (round(count / motion.fps, 3) for count in (motion.frames, frame))
        raise SpecProblem(f"there is nothing at {asked} s: the scene lasts {lasts} s")
    return motion.frames - 1 if frame < 0 else min(frame, motion.frames - 1)


def still_arguments(picture: Picture, out: Path) -> list[str]:
    """The arguments for ffmpeg that make the first picture of a motion."""
    return filtergraph.arguments(
        filtergraph.output(compose.pictures(picture).filter("format", "rgb24"), out / STILL, CODED)
    )
