"""Where drawn text can be divided: long words at syllables, Chinese and Japanese text between phrases."""

from __future__ import annotations

import pytest

from vidbuild.media.text import divisions


@pytest.mark.parametrize(
    ("word", "language", "parts"),
    [
        ("Verantwortungsbewusstsein", "de", "Ver-ant-wor-tungs-be-wusst-sein"),
        ("Sicherheitsvorkehrungen", "de-AT", "Si-cher-heits-vor-keh-run-gen"),
        ("VERANTWORTUNGSBEWUSSTSEIN", "de", "VER-ANT-WOR-TUNGS-BE-WUSST-SEIN"),
    ],
)
def test_a_long_word_has_its_syllables(word: str, language: str, parts: str) -> None:
    """Soft hyphens stand between the syllables that a dictionary of German has, three letters from either end."""
    divided = divisions.hyphens([f"Das {word}, kurz"], language)[word].split(divisions.SOFT_HYPHEN)
    assert "".join(divided) == word
    assert set(_starts(divided)) <= set(_starts(parts.split("-")))
    assert len(divided) >= len(parts.split("-")) - 1
    assert min(len(divided[0]), len(divided[-1])) >= 3


def test_short_words_and_unknown_languages_stay_whole() -> None:
    """Words of less than 14 letters are not looked up, and a language without a dictionary has no syllables."""
    assert divisions.hyphens(["Verantwortung und Bewusstsein"], "de") == {}
    assert divisions.hyphens(["Verantwortungsbewusstsein"], "tlh") == {}


@pytest.mark.parametrize(
    ("text", "language", "phrases"),
    [
        ("このリリースで新しくなったこと", "ja", ["この", "リリースで", "新しくなった", "こと"]),
        ("何が、いつ変わったのか", "ja-JP", ["何が、", "いつ", "変わったのか"]),
        ("一か所で見守る", "ja", ["一か所で", "見守る"]),
    ],
)
def test_japanese_is_divided_between_phrases(text: str, language: str, phrases: list[str]) -> None:
    """A phrase keeps its particles and punctuation, and a word that begins in Han characters its kana."""
    assert divisions.phrases([text], language) == {text: phrases}


def test_chinese_is_divided_between_words() -> None:
    """No word is divided, and punctuation stays with the word before it."""
    [parts] = divisions.phrases(["所有服务。不需要第二份工作"], "zh").values()
    assert "".join(parts) == "所有服务。不需要第二份工作"
    assert {"不需要", "工作"} <= set(parts)
    assert all("。" not in part[0] for part in parts)


def test_a_drawing_has_divisions_only_if_it_needs_some() -> None:
    """Plain text adds nothing to a drawing's parameters, so that they depend on no dictionary."""
    assert divisions.params({"title": "Fail early", "items": [{"text": "Say why"}]}, "en") == {}
    assert divisions.params({"items": [{"text": "Verantwortungsbewusstsein"}]}, "de").keys() == {"hyphens"}
    assert divisions.params({"title": "新しくなったこと"}, "ja").keys() == {"phrases"}
    assert divisions.params({"title": "新しくなったこと"}, "en") == {}


def _starts(parts: list[str]) -> list[int]:
    return [sum(map(len, parts[:index])) for index in range(len(parts))]
