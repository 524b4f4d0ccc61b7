"""The words of the share page itself, in the language of its video."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vidbuild.media.text.direction import is_right_to_left
from vidbuild.video_report import labels
from vidbuild.video_report.labels import labels_in
from vidbuild.video_report.share_page import page
from vidbuild.video_report.transcript import Paragraph, Part, Sentence, Transcript

KNOWN = json.loads(Path(labels.__file__).with_name("labels.json").read_text(encoding="utf-8"))


def shared(language: str, captions: str = "WEBVTT\n") -> str:
    """Return a page in a language."""
    part = Part("One", 0, [Paragraph("", [Sentence("Text.", 0.5, 1.5)])])
    spoken = Transcript("Title", "", language, is_right_to_left(language), 9, [part])
    return page(spoken, "v.mp4", "v.poster.png", captions, (640, 360))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ("Kapitel", "Transkript", "Leertaste", 'label="Untertitel"', "Zum Transkript springen")),
        ("pt-BR", ("Capítulos", "Transcrição")),
        ("zh-Hans-CN", ("章节", "文字稿")),
        ("zh-TW", ("章節", "逐字稿")),
        ("ar", ("الفصول", "النص المكتوب")),
    ],
)
def test_words_are_in_the_language_of_the_video(language: str, words: tuple[str, ...]) -> None:
    """All of them are, so that no element is marked as English; a region falls back to its language."""
    text = shared(language)
    assert all(word in text for word in words)
    assert 'lang="en"' not in text
    assert "Transcript</h2>" not in text


@pytest.mark.parametrize("language", ["en-GB", "eo", "nb"])
def test_words_without_a_translation_are_english(language: str) -> None:
    """They are marked as English and read from left to right, whatever the page's language is."""
    text = shared(language)
    assert '<h2 id="spoken" lang="en">Transcript</h2>' in text
    assert '<p class="keys" lang="en" dir="ltr"><kbd>Space</kbd> play or pause' in text
    assert "<kbd>C</kbd> captions</p>" in text


def test_a_silent_video_has_no_key_for_captions() -> None:
    """Without captions, the page names neither their key nor their track."""
    text = shared("fr", "")
    assert "<kbd>C</kbd>" not in text
    assert "Sous-titres" not in text
    keys = "<kbd>Espace</kbd> lecture ou pause <kbd>&larr;</kbd> <kbd>&rarr;</kbd> 5 s en arrière ou en avant</p>"
    assert keys in text


@pytest.mark.parametrize("language", sorted(KNOWN))
def test_every_language_has_all_words(language: str) -> None:
    """None is missing or empty; only English is marked as that."""
    assert KNOWN[language].keys() == KNOWN["en"].keys()
    assert all(word == word.strip() and word for word in KNOWN[language].values())
    assert labels_in(language).english == (language == "en")
