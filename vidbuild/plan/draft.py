"""What a draft has instead of a video's own parts: estimated times, silence, and a mark on every picture."""

from __future__ import annotations

from vidbuild.engine.graph.graph import Source, Step
from vidbuild.media.text.spoken_length import Pace
from vidbuild.model import Scene, Utterance
from vidbuild.plan.variant import VideoSpec
from vidbuild.scenes.layout_files import SCENES
from vidbuild.voices import recorded

TEXT = "DRAFT"
ESTIMATED = ("VB220",)  # warnings about captions, which follow from the exact times of words
REDUCED = 2  # by which its width and height are divided
COMMENT = "Draft, made by vidbuild: half the width and height, no sound, times estimated from the text"


def watermark(video: VideoSpec) -> Step:
    """The step that draws the mark: it depends on the size alone, so that drafts of all specs share it."""
    inputs = {"template": Source(str(SCENES / "watermark.typ"))}
    params = {"size": video.size, "text": TEXT}
    return Step(video.step_id("watermark"), "watermark", params, inputs, video.spec.locations)


def layout_params(video: VideoSpec) -> dict[str, int]:
    """Parameters of a writer's own layout in a draft, whose lengths need not be shares of the frame."""
    return {"reduced": REDUCED} if video.variant.draft else {}


def paces(video: VideoSpec, scene: Scene) -> tuple[Pace, ...]:
    """How each utterance of a scene would be spoken; () unless the video is a draft."""
    return tuple(map(_pace, video.utterances(scene))) if video.variant.draft else ()


def _pace(utterance: Utterance) -> Pace:
    narration, voice = utterance.narration, utterance.voice
    if narration.audio is not None:
        return Pace(pauses=narration.pauses, voice=recorded.NAME)
    return Pace(voice.rate, narration.pauses, f"{voice.engine}:{voice.name}")
