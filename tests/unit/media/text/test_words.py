"""The text that a voice gets, and the places in it that have sounds."""

from __future__ import annotations

import pytest

from vidbuild.media.text.words import Token, spoken_sounds, spoken_text


@pytest.mark.parametrize(
    ("tokens", "text", "sounds"),
    [
        ([], "", {}),
        ([Token("One", "One"), Token("two.", "two.")], "One two.", {}),
        ([Token("GIF,", "GIF,", ipa="dʒif")], "GIF,", {"GIF": "dʒif"}),
        ([Token("a", "a"), Token("(GIF)", "(GIF)", ipa="dʒif"), Token("b", "b")], "a (GIF) b", {"GIF": "dʒif"}),
        ([Token("下", "下", ipa="x"), Token("载。", "载。", joined=True, ipa="y")], "下载。", {"下": "x", "载": "y"}),
        (
            [Token("x", "x"), Token("y", "y", joined=True, ipa="waj"), Token("z", "z", ipa="zɛd")],
            "xy z",
            {"y": "waj", "z": "zɛd"},
        ),
        ([Token("—", "—", ipa="x"), Token("don't", "don't", ipa="dəʊnt")], "— don't", {"don't": "dəʊnt"}),
    ],
)
def test_sounds_are_at_the_letters_of_their_words(tokens: list[Token], text: str, sounds: dict[str, str]) -> None:
    """Each part of the spoken text that has sounds is the word without the punctuation around it."""
    assert spoken_text(tokens) == text
    assert {text[start:end]: ipa for start, end, ipa in spoken_sounds(tokens)} == sounds
