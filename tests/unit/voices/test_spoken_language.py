"""The language that a voice speaks, by its name."""

from __future__ import annotations

import pytest

from vidbuild.voices import spoken_language


@pytest.mark.parametrize(
    ("engine", "name", "text", "spoken"),
    [
        ("espeak", "en-us+f3", "de", "en"),
        ("espeak", "de", "de-CH", "de-CH"),
        ("espeak", "cmn", "zh-Hant", "zh-Hant"),
        ("espeak", "nb", "no", "no"),
        ("espeak", "yue", "en", "yue"),
        ("espeak", "english", "de", "de"),
        ("espeak", "Annie", "de", "de"),
        ("edge", "en-GB-RyanNeural", "fr", "en"),
        ("edge", "fil-PH-AngeloNeural", "en", "fil"),
        ("edge", "English", "de", "de"),
        ("nanotts", "fr-FR", "en", "fr"),
        ("nanotts", "fr_FR", "en", "en"),
        ("piper", "de_DE-thorsten-medium", "en", "de"),
        ("piper", "my-voice", "en", "en"),
        ("natural", "af_heart", "de", "en"),
        ("natural", "af_heart", "en-GB", "en-GB"),
        ("speech", "alloy", "ja", "ja"),
    ],
)
def test_a_voice_reads_in_its_own_language(engine: str, name: str, text: str, spoken: str) -> None:
    """Numbers are read in the text's language, unless the voice's name shows that it speaks another one."""
    assert spoken_language.of(engine, name, text) == spoken


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en-US", "en"), ("EN", "en"), ("de+f3", "de"), ("cmn", "zh"), ("nn-NO", "no"), ("sr-Latn", "hbs"), ("hr", "hbs")],
)
def test_a_tag_has_its_language(tag: str, language: str) -> None:
    """Region, script and variant do not count, and languages that read each other are one."""
    assert spoken_language.primary(tag) == language
