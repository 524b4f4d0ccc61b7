"""Estimate how long scenes last from their texts, before anything is spoken."""

from __future__ import annotations

from vidbuild.model import Narration, Scene, Voice
from vidbuild.timebase import SAMPLE_RATE

WORDS_PER_SECOND = 2.6
CHARACTERS_PER_SECOND = 5.0  # of Chinese and Japanese
EAST_ASIAN = 0x2E80  # the first character of these scripts


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
    silence = sum(length for _, length in narration.pauses) / SAMPLE_RATE
    return silence + sum(_word(token.text, token.spoken) for token in narration.tokens) * 100 / voice.rate


def _word(text: str, spoken: str) -> float:
    """Return the seconds of a word, or of characters of a script without spaces."""
    wide = sum(ord(character) >= EAST_ASIAN for character in text)
    return max(len(spoken.split()) / WORDS_PER_SECOND, wide / CHARACTERS_PER_SECOND)
