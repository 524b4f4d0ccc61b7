"""Estimate how long scenes last from their texts, before anything is spoken."""

from __future__ import annotations

from vidbuild.media.text import spoken_length
from vidbuild.media.text.spoken_length import Pace
from vidbuild.model import Narration, Scene, Voice
from vidbuild.timebase import SAMPLE_RATE


def estimated(scene: Scene, narration: Narration | None) -> float | None:
    """Return about how many seconds a scene lasts; None for a silent one whose length its files decide.

    narration: in the language of the video.
    """
    if scene.duration is not None:
        return float(scene.duration)
    if narration is None:
        return float(scene.min_duration) or None
    length = scene.pause_before + _narration(narration, scene.voice) + scene.pause_after
    return round(max(length, scene.min_duration), 3)


def _narration(narration: Narration, voice: Voice) -> float:
    """Return about how many seconds a narration takes to speak, with its pauses."""
    if narration.utterances:
        return sum(each.pause + _narration(each.narration, each.voice) for each in narration.utterances)
    return spoken_length.samples(narration.tokens, Pace(voice.rate, narration.pauses)) / SAMPLE_RATE
