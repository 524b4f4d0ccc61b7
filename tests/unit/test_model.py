"""A checked spec as data: voices, narrations, their pauses and speakers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from vidbuild.media.text.words import Token
from vidbuild.model import Narration, Scene, Utterance, Voice
from vidbuild.transitions import Transition

ANNA, BEN = Voice("espeak", "en-us"), Voice("edge", "en-GB-RyanNeural")


def narration(*words: str, **fields: Any) -> Narration:
    """A narration of words, of which those that begin with "-" follow without a space."""
    tokens = tuple(Token(word.lstrip("-"), word.lstrip("-"), joined=word.startswith("-")) for word in words)
    return Narration("", "", tokens, {}, **fields)


def scene(spoken: Narration | Mapping[str, Narration] | None) -> Scene:
    """A scene with a narration, whose voice is Anna's."""
    return Scene("a", "title", 0, spoken, ANNA, None, 0, 0, 0, None, Transition(), None, {}, {})


@pytest.mark.parametrize(
    ("at", "characters"),
    [(0, 0), (1, len("one ")), (2, len("one two ")), (3, len("one two three")), (4, len("one two threefour"))],
)
def test_a_pause_is_before_the_word_that_follows_it(at: int, characters: int) -> None:
    """The place of a pause counts the blank before its word, if the word has one; none at the start and the end."""
    text = narration("one", "two", "three", "-four", pauses=((at, 4800),))
    assert text.spoken_pauses() == [(characters, "0.1 s")]


def test_pauses_of_utterances_are_pauses_of_the_narration() -> None:
    """A narration has pauses if its text has one, or that of one of its entries."""
    plain, paused = narration("a"), narration("a", pauses=((0, 1),))
    lists = [narration(utterances=(Utterance(0, each, ANNA, "", 0.0),)) for each in (plain, paused)]
    assert [each.has_pauses for each in (plain, paused, *lists)] == [False, True, False, True]


def test_a_speaker_is_known_by_name_or_voice() -> None:
    """Entries are of one speaker if they have the same name, or no name and the same voice."""
    assert Utterance(0, narration(), ANNA, "Anna", 0.0).identity == "Anna"
    assert Utterance(0, narration(), ANNA, "", 0.0).identity == "espeak:en-us"


def test_a_voice_is_normal_without_settings() -> None:
    """A voice has its normal rate and pitch; its step gets these, and the fallback, but no volume."""
    assert ANNA.volume == 100
    data = {"engine": "espeak", "name": "en-us", "rate": 100, "pitch": 0}
    assert ANNA.to_data() == data
    both = Voice("edge", "x", 90, 5, 80, ANNA)
    assert both.to_data() == {"engine": "edge", "name": "x", "rate": 90, "pitch": 5, "fallback": data}


def test_the_voices_of_a_scene_are_those_that_speak() -> None:
    """A silent scene has no voice, a narration that is a list those of its entries, others the scene's own."""
    talk = narration(utterances=tuple(Utterance(0, narration("a"), voice, "", 0.0) for voice in (ANNA, BEN)))
    assert scene(None).voices == []
    assert scene(narration("a")).voices == [ANNA]
    assert scene({}).voices == []
    assert scene({"en": narration("a"), "de": narration("b")}).voices == [ANNA]
    assert scene(talk).voices == [ANNA, BEN]
    assert scene({"en": talk, "de": talk}).voices == [ANNA, BEN, ANNA, BEN]


def test_a_scene_is_captioned_unless_it_says_otherwise() -> None:
    """By default a scene has captions, and neither music nor sounds nor an alternative text."""
    plain = scene(None)
    assert (plain.captions, plain.alt, plain.music, plain.sounds, plain.speaker) == (True, "", None, (), "")
