"""The order of the faces, and the characters that each leaves to others."""

from __future__ import annotations

import re

from vidbuild.media.text.families import MONO, TEXT, searched

NAMED = {"title": "Inter", "text": "Georgia", "mono": "Fira Mono"}
PRIVATE = r"\u{e000}-\u{f8ff}\u{f0000}-\u{10ffff}"


def names(found: list[dict[str, str]]) -> list[str]:
    """The names in their order."""
    return [each["name"] for each in found]


def covers(found: list[dict[str, str]], name: str, character: str) -> bool:
    """Whether a family may draw a character."""
    (pattern,) = (each["covers"] for each in found if each["name"] == name)
    plain = re.sub(r"\\u\{(\w+)\}", lambda match: chr(int(match[1], 16)), pattern)
    return not plain or re.fullmatch(plain, character) is not None


def test_named_families_come_first_then_the_themes_own_then_those_that_are_always_there() -> None:
    """Emoji fonts come late, since their digits are as wide as emoji, but before a monospaced face in titles."""
    found = searched(NAMED, ["Noto Emoji", "Inter", "Lato"])
    assert names(found["title"]) == ["Inter", "Lato", TEXT, "Noto Emoji", MONO]
    assert names(found["text"]) == ["Georgia", "Inter", "Lato", TEXT, "Noto Emoji", MONO]
    assert names(found["mono"]) == ["Fira Mono", MONO, "Inter", "Lato", TEXT, "Noto Emoji"]


def test_a_family_is_searched_once_whatever_its_case() -> None:
    """A theme may name its own font, or one that is always there, in another case."""
    found = searched({"title": "INTER", "text": TEXT.upper(), "mono": MONO}, ["Inter"])
    assert [name.lower() for name in names(found["title"])] == ["inter", TEXT.lower(), MONO.lower()]
    assert [name.lower() for name in names(found["text"])] == [TEXT.lower(), "inter", MONO.lower()]
    assert names(found["mono"]) == [MONO, "Inter", TEXT]


def test_signs_are_left_to_emoji_fonts_outside_code() -> None:
    """With an emoji font a sign such as the sun has its color in titles and texts; without one any face draws it."""
    with_emoji, without = searched(NAMED, ["Noto Emoji", "Inter"]), searched(NAMED, ["Inter"])
    for use in ("title", "text"):
        drawing = [name for name in names(with_emoji[use]) if covers(with_emoji[use], name, "☀")]
        assert drawing == ["Noto Emoji"]
        assert all(covers(without[use], name, "☀") for name in names(without[use]))
        assert all(covers(with_emoji[use], name, "a") for name in names(with_emoji[use]))
    assert all(covers(with_emoji["mono"], name, "☀") for name in names(with_emoji["mono"]))


def test_private_characters_are_drawn_by_the_themes_own_fonts_alone() -> None:
    """An icon of a theme's font is no other sign of another font, whether named or always there."""
    found = searched(NAMED, ["Noto Emoji", "Inter"])
    for use in ("title", "text", "mono"):
        for icon in ("\ue000", "\uf8ff", "\U000f0000", "\U0010ffff"):
            assert {name for name in names(found[use]) if covers(found[use], name, icon)} == {"Inter", "Noto Emoji"}
        assert all(covers(found[use], name, "\ud7ff") for name in names(found[use]))
