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
    profile = context.params["profile"]
    shots = film.whole(leaving.layers.height, range(frames), leaving.motion.fps, profile)
    args = blend_arguments(leaving, coming, shots, profile, context.scratch)
    film.shoot(context, args, frames, frames, "film the transition")
    film.finish(context, leaving, shots, frames)


def blend_arguments(
    leaving: Picture, coming: Picture, shots: film.Shots, profile: Mapping[str, Any], scratch: Path
) -> list[str]:
    """The arguments for ffmpeg that make a transition's pictures."""
    mixed = compose.encodable(compose.crossfade(leaving, coming, len(shots.bands[0].frames)), profile["pixels"])
    return graph.arguments(film.band_of(compose.tagged(mixed), leaving, shots, 0, profile, scratch))
