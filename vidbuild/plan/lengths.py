"""Estimate how long scenes last from their texts, before anything is spoken."""

from __future__ import annotations

from vidbuild.model import Scene, Utterance
from vidbuild.plan.variant import VideoSpec
from vidbuild.plan.weights import WORDS_PER_SECOND
from vidbuild.timebase import SAMPLE_RATE

CHARACTERS_PER_SECOND = 5.0  # of Chinese and Japanese
EAST_ASIAN = 0x2E80  # the first character of these scripts


def words(video: VideoSpec, scene: Scene) -> int:
    """Return how many words a scene's narration has."""
    return sum(len(each.narration.tokens) for each in video.utterances(scene))


def estimated(video: VideoSpec, scene: Scene) -> float | None:
    """Return about how many seconds a scene lasts; None for a silent one whose length its files decide."""
    if scene.duration is not None:
        return float(scene.duration)
    spoken = video.utterances(scene)
    if not spoken:
        return float(scene.min_duration) or None
    length = scene.pause_before + sum(map(speech, spoken)) + scene.pause_after
    return round(max(length, scene.min_duration), 3)


def speech(utterance: Utterance) -> float:
    """Return about how many seconds an utterance takes to speak, at the rate of its voice, with its pauses."""
    silence = utterance.pause + sum(length for _, length in utterance.narration.pauses) / SAMPLE_RATE
    spoken = sum(_word(token.text, token.spoken) for token in utterance.narration.tokens)
    return silence + spoken * 100 / utterance.voice.rate


def _word(text: str, spoken: str) -> float:
    """Return the seconds of a word, or of characters of a script without spaces."""
    wide = sum(ord(character) >= EAST_ASIAN for character in text)
    return max(len(spoken.split()) / WORDS_PER_SECOND, wide / CHARACTERS_PER_SECOND)
