"""The step `transition:A+B`: encode the frames of a transition, rendered from both scenes' layers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.render import compose
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.clip import read_companions
from vidbuild.media.render.encode_plan import EncodePlan, full_plan
from vidbuild.steps import render


def run(context: Context) -> None:
    """Write segment.h264 and render.json."""
    leaving, coming = render.read_animation(context, "a."), render.read_animation(context, "b.")
    frames = context.params["frames"]
    if context.params["effect"] != "fade":
        raise StepError(f"unknown transition '{context.params['effect']}'", field="transition.type")
    if (leaving.motion.fps, leaving.motion.frames) != (coming.motion.fps, frames - leaving.motion.frames):
        lengths = f"{leaving.motion.frames} + {coming.motion.frames}"
        raise StepError(f"transition: expected {frames} frames, got {lengths} from its two scenes")
    profile = context.params["profile"]
    plan = full_plan(leaving.layers.height, range(frames), leaving.motion.fps, profile)
    args = transition_arguments(leaving, coming, plan, profile, context.scratch)
    render.run_encoder(context, args, frames, frames, "render the transition")
    render.write_segment(context, leaving, plan, frames)


def transition_arguments(
    leaving: Animation, coming: Animation, plan: EncodePlan, profile: Mapping[str, Any], scratch: Path
) -> list[str]:
    """Return the arguments for ffmpeg that encode a transition's frames."""
    mixed = compose.crossfade(leaving, coming, len(plan.bands[0].frames))
    converted = compose.tag_colors(compose.to_encoder_pixels(mixed, profile["pixels"]))
    arguments = filtergraph.arguments(render.band_output(converted, leaving, plan, 0, profile, scratch))
    return read_companions(arguments, leaving.clip, coming.clip)
