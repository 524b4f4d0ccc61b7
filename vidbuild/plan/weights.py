"""How much work each step of a spec will about be, before anything is known of it; no step's bytes depend on it."""

from __future__ import annotations

from collections.abc import Mapping

from vidbuild.model import Scene, Spec
from vidbuild.plan.compile import step_id

WORDS_A_SECOND = 2.6
SOUND_SHARE = 0.1  # of what filming the same scene takes


def weights(spec: Spec) -> Mapping[str, float]:
    """Step -> its expected work, in seconds of video that is filmed; other steps are not worth a thought."""
    found = {}
    for scene in spec.scenes:
        seconds = length(scene)
        found[step_id("render", scene)] = seconds
        found[step_id("audio", scene)] = round(seconds * SOUND_SHARE, 3)
        if scene.narration is not None:
            found[step_id("speak", scene)] = round(seconds * SOUND_SHARE, 3)
    return found


def length(scene: Scene) -> float:
    """About how many seconds a scene lasts, told by its words where it does not say itself."""
    if scene.duration is not None:
        return float(scene.duration)
    words = len(scene.narration.text.split()) if scene.narration is not None else 0
    spoken = scene.pause_before + words / WORDS_A_SECOND + scene.pause_after
    return round(max(spoken, scene.min_duration, 1.0), 3)
