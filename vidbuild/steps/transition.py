"""The step `transition:A+B`: the pictures of a transition, made from both scenes' layers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.render import compose
from vidbuild.media.render.layer import Picture
from vidbuild.steps import render


def run(context: Context) -> None:
    """Write segment.h264 and render.json."""
    leaving, coming = render.read(context, "a."), render.read(context, "b.")
    frames = context.params["frames"]
    if context.params["effect"] != "fade":
        raise StepError(f"there is no transition '{context.params['effect']}'", field="transition.type")
    if (leaving.motion.fps, leaving.motion.frames) != (coming.motion.fps, frames - leaving.motion.frames):
        raise StepError(
            f"a transition of {frames} frames cannot be made of {leaving.motion.frames} and {coming.motion.frames}"
        )
    profile = context.params["profile"]
    shots = render.whole(leaving.layers.height, range(frames), leaving.motion.fps, profile)
    args = blend_arguments(leaving, coming, shots, profile, context.scratch)
    render.shoot(context, args, frames, frames, "film the transition")
    render.finish(context, leaving, shots, frames)


def blend_arguments(
    leaving: Picture, coming: Picture, shots: render.EncodePlan, profile: Mapping[str, Any], scratch: Path
) -> list[str]:
    """The arguments for ffmpeg that make a transition's pictures."""
    mixed = compose.encodable(compose.crossfade(leaving, coming, len(shots.bands[0].frames)), profile["pixels"])
    return filtergraph.arguments(render.band_of(compose.tagged(mixed), leaving, shots, 0, profile, scratch))
