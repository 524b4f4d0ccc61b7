"""The characters that no face can draw."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import font_lab
from vidbuild.media.text import fonts, glyphs
from vidbuild.media.text.fonts import StagedFonts

POWERLINE, NERD, OF_MANROPE = "\ue0b0", "\uf303", "\ue001"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
KEYCAP = "1\ufe0f\u20e3"


@pytest.fixture
def staged(tmp_path: Path) -> StagedFonts:
    """The default faces alone."""
    return fonts.stage(tmp_path / "fonts", ())


@pytest.fixture
def with_own(tmp_path: Path) -> Callable[[str], StagedFonts]:
    """Stages the default faces and one with these characters."""

    def stage(characters: str) -> StagedFonts:
        return fonts.stage(tmp_path / "fonts", [font_lab.write(tmp_path / "own", "Own Blocks", characters)])

    return stage


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("plain text, àé ß", []),
        ("Ελληνικά Кириллица Česky → ─│┌ … — “ ”", []),
        ("שלום مرحبا", []),
        ("日本 and 日", ["日", "本"]),
        ("a 🎉 party 🚀", ["🎉", "🚀"]),
        ("\u200b\u200d\ufe0f\u00a0\u202e", []),
        ('"#\\', []),
        ("n\u0308 a\u0310", []),
        ("ที่นี่", ["ท", "น"]),
        (f"{KEYCAP} of 1", [KEYCAP]),
        (FAMILY, list(FAMILY[::-2])),
        (POWERLINE + NERD + OF_MANROPE, [OF_MANROPE, POWERLINE, NERD]),
        ("\U000f0001 \U0010ffff \u0378", ["\u0378", "\U000f0001", "\U0010ffff"]),
    ],
)
def test_characters_without_a_glyph_are_found(text: str, missing: list[str], staged: StagedFonts) -> None:
    """A character that no face has is found once, private use and combinations included; others are not."""
    assert sorted(glyphs.undrawable([text], staged)) == sorted(missing)


def test_a_themes_font_draws_what_the_default_ones_cannot(with_own: Callable[[str], StagedFonts]) -> None:
    """Characters of the theme's own fonts are not missing, private ones included; others still are."""
    assert glyphs.undrawable(["日本" + POWERLINE + NERD], with_own("日" + POWERLINE)) == ["本", NERD]


def test_a_mark_that_no_face_has_with_its_letter_is_found(with_own: Callable[[str], StagedFonts]) -> None:
    """A letter that a face has is missing where it has a mark that no face has."""
    assert glyphs.undrawable(["日\U0001e8d0 日"], with_own("日")) == ["日\U0001e8d0"]


def test_a_private_character_is_drawn_only_by_a_font_of_the_theme(with_own: Callable[[str], StagedFonts]) -> None:
    """The default faces have other signs at these places: they are replaced by one that no face has."""
    drawable = glyphs.drawable_private([POWERLINE + NERD], with_own(NERD))
    assert drawable == {NERD}
    text = f"a{POWERLINE}b{NERD}c"
    assert glyphs.without_foreign_signs(text, drawable) == f"a{glyphs.NO_GLYPH}b{NERD}c"


def test_a_message_names_the_first_ones(staged: StagedFonts) -> None:
    """A message has at most four characters and the number of the others; a combination has all its code points."""
    assert glyphs.message(["日", KEYCAP]) == f"no font can draw '日' (U+65E5), '{KEYCAP}' (U+0031 U+FE0F U+20E3)"
    assert glyphs.message(glyphs.undrawable(["一二三四五六"], staged)).endswith(" and 2 more")


def test_texts_name_their_own_missing_characters() -> None:
    """Each field has those that are in its text, in the text's order."""
    found = glyphs.texts_with(["日", "本", KEYCAP], {"a": "x", "b": "1 本日", "c": KEYCAP})
    assert found == {"b": ["本", "日"], "c": [KEYCAP]}


@pytest.mark.parametrize(
    ("missing", "font"),
    [
        ("安", "Noto Sans CJK SC"),
        ("ガ", "Noto Sans CJK JP"),
        ("한", "Noto Sans CJK KR"),
        ("ท", "Noto Sans Thai"),
        ("ა", "Noto Sans Georgian"),
        ("🎉", "Noto Color Emoji"),
        (NERD, "a Nerd Font"),
    ],
)
def test_a_fitting_font_is_known_by_the_script(missing: str, font: str) -> None:
    """The hint can name a free font for the most common scripts, emoji and icons."""
    assert glyphs.fitting_fonts([missing, missing]) == [font]


def test_no_font_is_invented_for_other_scripts() -> None:
    """A script without a well-known font has no suggestion."""
    assert glyphs.fitting_fonts(["\U00012000", "☃"]) == []
