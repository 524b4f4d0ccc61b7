"""The step `still:SCENE`: one picture of a scene as a PNG, with the colours of its layers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from vidbuild.engine.context import Context
from vidbuild.media import compose, graph
from vidbuild.media.layer import Picture
from vidbuild.steps import film

STILL = "still.png"


def run(context: Context) -> None:
    """Write still.png. Params: frame, from the scene's start; past its end, or -1, is the last."""
    picture = film.read(context)
    last = picture.motion.frames - 1
    frame = context.params["frame"]
    frame = last if frame < 0 else min(frame, last)
    picture = replace(picture, motion=picture.motion.window(frame, 1))
    film.shoot(context, still_arguments(picture, context.out), 1, "make the still")


def still_arguments(picture: Picture, out: Path) -> list[str]:
    """The arguments for ffmpeg that make the first picture of a motion."""
    options = {"format": "image2pipe", "c:v": "png", "frames:v": 1, "threads:v": 1}
    return graph.arguments(graph.output(compose.pictures(picture).filter("format", "rgb24"), out / STILL, options))
