"""Estimates how long a scene with clips lasts: as its timeline will be, with estimated words and the clips' lengths."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from vidbuild.engine.graph.graph import Source
from vidbuild.errors import SpecProblem
from vidbuild.frozen import replaced
from vidbuild.plan.scene_steps import timeline_step
from vidbuild.plan.showings import insets
from vidbuild.plan.variant import VideoSpec
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.timeline.clip_params import ClipParams
from vidbuild.timeline.params import TimelineParams
from vidbuild.timeline.spoken import estimated_speeches
from vidbuild.timeline.timeline import lay_out

Clips = Mapping[str, tuple[Path, ClipParams]]
_CLIP = "clip"


def clips(video: VideoSpec, index: int) -> Clips:
    """Layer -> the file of each clip in a scene and its part that plays; "" for the clip of the whole scene."""
    scene = video.spec.scenes[index]
    if SCENE_TYPES[scene.type].clip(scene) is None and not insets(scene):
        return {}
    step = timeline_step(video, index)
    params = TimelineParams.from_data(step.params)
    files = {role: source.path for role, source in step.inputs.items() if isinstance(source, Source)}
    found = {layer: (Path(files[f"{_CLIP}:{layer}"]), part) for layer, part in params.insets.items()}
    return {**({"": (Path(files[_CLIP]), params.clip)} if params.clip else {}), **found}


def seconds(video: VideoSpec, index: int, milliseconds: Mapping[str, float]) -> float | None:
    """About how many seconds a scene lasts; None if it fits none of its limits.

    milliseconds: layer -> how long each of its `clips` plays, in its file.
    """
    estimating = replaced(video, variant=replaced(video.variant, draft=True))
    params = TimelineParams.from_data(timeline_step(estimating, index).params)
    lengths = {layer: length for layer, length in milliseconds.items() if layer}
    try:
        timeline = lay_out(params, estimated_speeches(params), milliseconds.get(""), lengths)
    except SpecProblem:
        return None
    return round(timeline.motion.frames / params.fps, 3)
