"""Chooses the fonts of extras and of the system that draw what a theme's and the default faces lack."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from vidbuild.media.text import families, font_packages, fonts, glyphs
from vidbuild.media.text.fonts import StagedFonts

Candidate = tuple[Path, ...]  # the files of one family


def of_packages() -> list[Candidate]:
    """Return the fonts of the installed extras, in the order in which they are tried."""
    return [(file,) for package in font_packages.PACKAGES for file in font_packages.files_of(package)]


def wanted(texts: Sequence[str], missing: Iterable[str], staged: StagedFonts, named: Mapping[str, str]) -> list[str]:
    """Return the characters and combinations of texts for which a font is to be found, sorted.

    These are the missing ones, which no face has, and letters of the scripts of extras that only faces for code or for
    other styles have: DejaVu Sans Mono has those of Arabic, as wide as its Latin ones.
    named: use -> family that the theme names for it.
    """
    missing = [unit for unit in missing if not glyphs.PRIVATE_USE.search(unit)]  # only a theme's fonts draw these
    scripts = {script for package in font_packages.PACKAGES for script in package.scripts if script}
    found = {each for each in set().union(*texts) if not each.isascii() and font_packages.script_of(each) in scripts}
    letters = {each for each in found if glyphs.is_visible(each)} - set(missing)
    if not letters:
        return sorted(missing)
    own = staged.own_families()
    usual = [*own, *(named[use] for use in ("title", "text")), families.TEXT]
    lacking = glyphs.missing_units(sorted(letters), staged.faces(), usual)
    if families.MONO not in own:  # joined letters, in a width each, are no face for titles of any theme
        lacking |= {each for each in letters if font_packages.script_of(each) in families.JOINED}
    return sorted({*missing, *lacking})


def instead(units: Sequence[str], staged: StagedFonts) -> dict[str, str]:
    """Return unit -> the family that draws it though it is made for code, for mathematics or for another style."""
    found = dict[str, str]()
    for name in (families.MONO, *staged.families()):
        left = [unit for unit in units if unit not in found]
        lacking = glyphs.lacking(left, staged.faces(), [name])
        found |= {unit: name for unit in left if unit not in lacking}
    return found


def chosen(units: Sequence[str], candidates: Iterable[Candidate]) -> dict[str, Candidate]:
    """Return unit -> the first candidate that can draw it; units that none can draw are left out."""
    left, found = set(units), dict[str, Candidate]()
    for files in candidates:
        if not left:
            break
        for unit in sorted(left - _lacking(sorted(left), files)):
            found[unit] = files
        left -= found.keys()
    return found


def _lacking(units: Sequence[str], files: Candidate) -> set[str]:
    """Return those of the units that fonts alone cannot draw: all of them, if the fonts cannot be used."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            faces = fonts.alone(Path(folder), files)
            names = faces.families()
            return set(glyphs.lacking(units, faces, names) if names else units)
        except (fonts.FontError, OSError):
            return set(units)
