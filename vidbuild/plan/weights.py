"""Estimate the work of a video's steps before any of them has run; no step's output depends on these estimates."""

from __future__ import annotations

from collections.abc import Mapping

from vidbuild.model import Narration, Scene, Spec
from vidbuild.plan.variant import Variant, VideoSpec

WORDS_PER_SECOND = 2.6
AUDIO_SHARE = 0.1  # of the work of rendering the same scene


def weights(spec: Spec, variant: Variant) -> Mapping[str, float]:
    """Step -> its expected work, in seconds of rendered video; steps with too little work to matter are absent."""
    video = VideoSpec(spec, variant)
    work = {}
    for scene in spec.scenes:
        seconds = length(scene, video.narration(scene))
        work[video.step_id("render", scene)] = seconds
        work[video.step_id("audio", scene)] = round(seconds * AUDIO_SHARE, 3)
        speaking = video.speak_ids(scene)
        for step in speaking:
            work[step] = round(seconds * AUDIO_SHARE / len(speaking), 3)
    return work


def length(scene: Scene, narration: Narration | None) -> float:
    """About how many seconds a scene lasts: its duration, or an estimate from its number of words."""
    if scene.duration is not None:
        return float(scene.duration)
    words = len(narration.text.split()) if narration is not None else 0
    speech = scene.pause_before + words / WORDS_PER_SECOND + scene.pause_after
    return round(max(speech, scene.min_duration, 1.0), 3)
