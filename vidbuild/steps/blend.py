"""The step `blend:A+B`: the pictures of a transition, made from both scenes' layers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidbuild.engine.context import Context
from vidbuild.errors import StepError
from vidbuild.media import compose, graph
from vidbuild.media.layer import Picture
from vidbuild.steps import film


def run(context: Context) -> None:
    """Write segment.h264 and film.json."""
    leaving, coming = film.read(context, "a."), film.read(context, "b.")
    frames = context.params["frames"]
    if context.params["effect"] != "fade":
        raise StepError(f"there is no transition '{context.params['effect']}'", field="transition.type")
    if (leaving.motion.fps, leaving.motion.frames) != (coming.motion.fps, frames - leaving.motion.frames):
        raise StepError(
            f"a transition of {frames} frames cannot be made of {leaving.motion.frames} and {coming.motion.frames}"
        )
    args = blend_arguments(leaving, coming, frames, context.params["profile"], context.out)
    film.shoot(context, args, frames, "film the transition")
    film.verify(context.out / film.SEGMENT, leaving, frames)
    film.write_facts(context.out, frames)


def blend_arguments(leaving: Picture, coming: Picture, frames: int, profile: Mapping[str, Any], out: Path) -> list[str]:
    """The arguments for ffmpeg that make a transition's segment."""
    mixed = compose.encodable(compose.crossfade(leaving, coming, frames), profile["pixels"])
    return graph.arguments(film.segment_of(mixed, frames, leaving.motion.fps, profile, out))
