"""The step `transition:A+B`: encode the frames of a transition, rendered from both scenes' layers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.ffmpeg.filtergraph import Stream
from vidbuild.media.render import blend, compose, whole_scenes
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.clip import read_companions
from vidbuild.media.render.encode_plan import EncodePlan, encode_plan, full_plan
from vidbuild.media.text.direction import is_right_to_left
from vidbuild.steps import render, whole_codecs


def run(context: Context) -> None:
    """Write segment.h264, or as its codec ends, and render.json.

    Params: effect: its type. direction, language: of a slide, push or wipe. color: of a dip.
    """
    leaving, coming = read_scenes(context)
    frames, effect, profile = (context.params[name] for name in ("frames", "effect", "profile"))
    if effect in blend.EFFECTS:
        blended = blend.blended(leaving, coming, effect)
        plan = encode_plan(blended, profile)
        args = render.encoder_arguments(blended, plan, profile, context.scratch, None)
    else:
        plan = full_plan(leaving.layers.height, range(frames), leaving.motion.fps, profile)
        args = _whole_arguments(leaving, coming, plan, context.params, context.scratch)
    render.run_encoder(context, args, plan.most_frames, frames, "render the transition")
    render.write_segment(context, coming, plan, frames)


def read_scenes(context: Context) -> tuple[Animation, Animation]:
    """Return the scenes on both sides. Raise StepError if they do not fit together, or the effect is unknown."""
    leaving, coming = render.read_animation(context, "a."), render.read_animation(context, "b.")
    frames, effect = context.params["frames"], context.params["effect"]
    if effect not in {*blend.EFFECTS, *whole_scenes.WHOLE}:
        raise StepError(f"unknown transition '{effect}'", field="transition.type")
    if not leaving.motion.frames == coming.motion.frames == frames or leaving.motion.fps != coming.motion.fps:
        lengths = f"{leaving.motion.frames} and {coming.motion.frames}"
        raise StepError(f"transition: expected {frames} frames of each of its scenes, got {lengths}")
    return leaving, coming


def whole_frames(leaving: Animation, coming: Animation, params: Mapping[str, Any]) -> Stream:
    """Return every frame of a transition of whole scenes, in RGB."""
    if params["effect"] == "dip":
        way = params["color"]
    else:
        way = params["direction"] or ("right" if is_right_to_left(params["language"]) else "left")
    return whole_scenes.WHOLE[params["effect"]](leaving, coming, way)


def _whole_arguments(
    leaving: Animation, coming: Animation, plan: EncodePlan, params: Mapping[str, Any], scratch: Path
) -> list[str]:
    """Return the arguments for ffmpeg that encode the frames of a transition of whole scenes."""
    mixed = whole_frames(leaving, coming, params)
    converted = compose.tag_colors(compose.to_encoder_pixels(mixed, params["profile"]["pixels"]))
    output = render.band_output(converted, leaving, plan, 0, params["profile"], scratch)
    arguments = filtergraph.arguments(output, *whole_codecs.templates(leaving, params["profile"], scratch))
    return read_companions(arguments, *leaving.all_clips, *coming.all_clips)
