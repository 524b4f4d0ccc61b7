"""Finds the characters that no face can draw, and describes them.

Typst warns of none in a picture, so it is asked: PDF/A forbids missing glyphs, and its export names each text that has
one, after the same fallback from face to face as in a picture.

A private-use character has no meaning but the one that a font gives it: Powerline and Nerd Fonts have icons where the
default faces have parts of mathematical signs. So only a theme's own fonts can draw it.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from vidbuild.media.text import fonts
from vidbuild.media.text.fonts import StagedFonts
from vidbuild.patterns import later

if TYPE_CHECKING:
    import typst

LATIN_1 = 0xFF
PRIVATE_USE = later("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
NO_GLYPH = "\U0010fffd"  # stands for a private-use character that must not be drawn; no known font uses it
WEIGHTS = (400, 600, 800)  # those of the templates
MAX_NAMED = 4  # in one message
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_COMBINING = frozenset({"Mn", "Me", "Mc"})
_REPORTED = later(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPE = later(r"\\u\{([0-9a-f]+)\}|\\(.)")
_EMOJI = 0x1F000
_SCRIPTS = {
    "CJK": "CJK SC",
    "HIRAGANA": "CJK JP",
    "KATAKANA": "CJK JP",
    "HANGUL": "CJK KR",
    **{
        name.upper(): name
        for name in (
            *("Arabic", "Armenian", "Bengali", "Cherokee", "Devanagari", "Ethiopic", "Georgian", "Gujarati"),
            *("Gurmukhi", "Hebrew", "Kannada", "Khmer", "Lao", "Malayalam", "Mongolian", "Myanmar", "Sinhala"),
            *("Tamil", "Telugu", "Thaana", "Thai", "Tibetan"),
        )
    },
}


def undrawable(texts: Sequence[str], staged: StagedFonts) -> list[str]:
    """Return the characters, and the combinations of characters, of all texts that no face can draw, sorted."""
    characters = set().union(*texts)
    private = {character for character in characters if PRIVATE_USE.match(character)}
    seen = {character for character in characters - private if is_visible(character)}
    missing = _private(private, staged)
    combined = [text for text in texts if any(unicodedata.category(character) in _COMBINING for character in text)]
    if seen or combined:
        faces = staged.faces()
        missing |= missing_units(sorted(seen), faces)
        missing |= _clusters(combined, missing, faces)
    return sorted(missing)


def without_foreign_signs(text: str, drawable: frozenset[str]) -> str:
    """Replace the private-use characters that are not drawable, so that no other sign is drawn in their place."""
    return PRIVATE_USE.sub(lambda match: match[0] if match[0] in drawable else NO_GLYPH, text)


def drawable_private(texts: Iterable[str], staged: StagedFonts) -> frozenset[str]:
    """Return the private-use characters of the texts that a theme's own fonts can draw."""
    private = {character for text in texts for character in PRIVATE_USE.findall(text)}
    return frozenset(private - _private(private, staged))


def message(missing: Sequence[str]) -> str:
    """Return a message that names the first missing ones."""
    return f"no font can draw {listed(missing)}"


def listed(missing: Sequence[str]) -> str:
    """Return a text that names the first of these characters and combinations."""
    named = ", ".join(
        f"'{unit}' ({' '.join(f'U+{ord(character):04X}' for character in unit)})" for unit in missing[:MAX_NAMED]
    )
    more = f" and {len(missing) - MAX_NAMED} more" if len(missing) > MAX_NAMED else ""
    return f"{named}{more}"


def fitting_fonts(missing: Iterable[str]) -> list[str]:
    """Return the free fonts that have the missing characters, as far as these are known by their script."""
    return list(dict.fromkeys(filter(None, (_fitting_font(unit[0]) for unit in missing))))


def _fitting_font(character: str) -> str:
    if PRIVATE_USE.match(character):
        return "a Nerd Font"
    script = _SCRIPTS.get(unicodedata.name(character, "").partition(" ")[0].partition("-")[0])
    if script:
        return f"Noto Sans {script}"
    return "Noto Color Emoji" if ord(character) >= _EMOJI and unicodedata.category(character) == "So" else ""


def is_visible(character: str) -> bool:
    """Return whether a character is visible by itself, and not of Latin-1, which all default faces have."""
    return ord(character) > LATIN_1 and unicodedata.category(character) not in _UNSEEN | _COMBINING


def _private(private: set[str], staged: StagedFonts) -> set[str]:
    """Return those of the private-use characters that the theme's own fonts lack in any weight."""
    if not private or not staged.own:
        return private
    faces, families = staged.own_faces(), staged.own_families()
    return set().union(*(missing_units(sorted(private), faces, families, weight) for weight in WEIGHTS))


def _clusters(texts: Sequence[str], missing: set[str], faces: typst.Fonts) -> set[str]:
    """Return the combinations of characters that no face has together, such as a keycap or a letter with a mark.

    missing: single characters, of which combinations need no mention.
    """
    units = [unit for unit in clusters(texts, faces) if len(unit) > 1 and missing.isdisjoint(unit)]
    if not units or not missing_units(units, faces):
        return set()
    return {unit for unit in units if missing_units([unit], faces)}


def clusters(texts: Sequence[str], faces: typst.Fonts) -> list[str]:
    """Return the different grapheme clusters of texts, as the typesetter divides them."""
    import typst

    source = b"#metadata(json(bytes(sys.inputs.data)).map(text => text.clusters()).flatten().dedup()) <clusters>"
    data = {"data": json.dumps(list(texts), ensure_ascii=False)}
    with fonts.guarded():
        found = typst.query(
            source, "<clusters>", field="value", one=True, sys_inputs=data, font_paths=faces, ignore_system_fonts=True
        )
    return [str(unit) for unit in json.loads(found)]


def missing_units(
    units: Sequence[str], faces: typst.Fonts, families: Sequence[str] = (), weight: int = 400
) -> set[str]:
    """Return those of the units, characters or combinations of them, that no face has.

    These are the texts of which typst reports missing glyphs, as far as each is reported as a whole, or its parts.

    families: those to use and no other; default: all.
    """
    import typst

    source = b"""#let data = json(bytes(sys.inputs.data))
#set text(weight: data.weight)
#set text(font: data.families, fallback: false) if data.families.len() > 0
#for unit in data.units { par(unit) }"""
    data = json.dumps({"units": units, "families": families, "weight": weight}, ensure_ascii=False)
    try:
        with fonts.guarded():
            typst.compile(
                source,
                font_paths=faces,
                ignore_system_fonts=True,
                sys_inputs={"data": data},
                format="pdf",
                pdf_standards="a-2u",
            )
    except typst.TypstError as error:
        return set(reported(str(error.diagnostic)))
    return set()


def lacking(units: Sequence[str], faces: typst.Fonts, families: Sequence[str]) -> list[str]:
    """Return those of the units that these families alone cannot draw, in their order."""
    if not units:
        return []
    missing = missing_units(list(dict.fromkeys((*units, *(unit[0] for unit in units)))), faces, families)
    if not missing:
        return []

    def is_missing(unit: str) -> bool:
        """Return whether a unit is missing; one of several characters can be reported in parts."""
        if unit in missing or unit[0] in missing:
            return True
        return len(unit) > 1 and bool(missing_units([unit], faces, families))

    return [unit for unit in units if is_missing(unit)]


def reported(diagnostic: str) -> list[str]:
    """Return the texts that cannot be displayed, as typst's errors of an export to PDF/A name them."""
    return [_unescaped(found) for found in _REPORTED.findall(diagnostic)]


def _unescaped(text: str) -> str:
    r"""Return a text that Rust escaped: `\u{e0b0}`."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], text)


def texts_with(missing: Sequence[str], texts: Mapping[str, str]) -> dict[str, list[str]]:
    """Return field -> those of the missing ones that its text has, in the text's order; fields without any left out."""
    found = {field: sorted((unit for unit in missing if unit in text), key=text.index) for field, text in texts.items()}
    return {field: units for field, units in found.items() if units}
