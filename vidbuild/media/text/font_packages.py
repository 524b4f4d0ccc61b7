"""The packages with fonts for other scripts, found without importing them.

Those for Arabic and Hebrew are requirements of vidbuild, the others of its extras.
"""

from __future__ import annotations

import importlib.util
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class FontPackage:
    """A package that has fonts.

    extra: the extra of vidbuild that installs it, even if it was removed from an installation.
    module: its folder's name.
    files: glob patterns of its fonts in the folder.
    scripts: the first words of the Unicode names of the characters that it is for; "" for all that others lack.
    """

    extra: str
    module: str
    files: tuple[str, ...]
    scripts: tuple[str, ...]


def _noto(script: str) -> FontPackage:
    return FontPackage(f"fonts-{script}", f"fontpkg_noto_sans_{script}", ("files/*.ttf",), (script.upper(),))


_OTHERS = (
    *("ARMENIAN", "BENGALI", "ETHIOPIC", "GEORGIAN", "GUJARATI", "GURMUKHI", "HEBREW", "KANNADA", "LAO", "MALAYALAM"),
    *("MYANMAR", "ORIYA", "SINHALA"),
)

# One explicit list in one order: which font draws a character must not depend on how packages happen to be listed.
PACKAGES = (
    *(_noto(script) for script in ("thai", "arabic", "devanagari", "tamil", "telugu", "khmer")),
    FontPackage("fonts-hebrew", "pylopdf_fonts_he", ("NotoSansHebrew*.ttf",), ("HEBREW",)),
    FontPackage(
        "fonts-cjk",
        "noto_cjk_sans_otc",
        ("*.ttc",),
        ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC", "FULLWIDTH", "HALFWIDTH"),
    ),
    FontPackage(
        "fonts-world",
        "manimgx_fonts",
        ("NotoSans[A-Z]*.ttf", "NotoEmoji*.ttf"),
        (*_OTHERS, *("THAI", "ARABIC", "DEVANAGARI", "TAMIL", "TELUGU", "KHMER"), ""),
    ),
)
_EMOJI = 0x1F000


def folder_of(package: FontPackage) -> Path | None:
    """Return the folder of an installed package, or None."""
    try:
        found = importlib.util.find_spec(package.module)
    except (ImportError, ValueError):
        return None
    places = list(found.submodule_search_locations or ()) if found else []
    return Path(places[0]) if places else None


def files_of(package: FontPackage) -> tuple[Path, ...]:
    """Return the fonts of a package, sorted by name; none if it is not installed."""
    folder = folder_of(package)
    if folder is None:
        return ()
    return tuple(sorted({path for pattern in package.files for path in folder.glob(pattern) if path.is_file()}))


def installed() -> list[FontPackage]:
    """Return the installed packages that have fonts, in their order."""
    return [package for package in PACKAGES if files_of(package)]


def script_of(character: str) -> str:
    """Return the first word of a character's Unicode name: "THAI", "CJK"; "" if it has no name."""
    return unicodedata.name(character, "").partition(" ")[0].partition("-")[0]


def is_for(package: FontPackage, character: str) -> bool:
    """Return whether a package is made for the script of a character."""
    script = script_of(character)
    return bool(script) and script in package.scripts


def is_none_of(file: Path) -> bool:
    """Return whether a font is in no package."""
    folders = {folder for package in PACKAGES if (folder := folder_of(package))}
    return folders.isdisjoint(file.parents)


def not_installed(extras: Iterable[str]) -> list[str]:
    """Return those of the extras whose packages are not installed."""
    have = {package.extra for package in installed()}
    return [extra for extra in extras if extra not in have]


def extras_for(characters: Iterable[str]) -> list[str]:
    """Return the extras that have fonts for these characters, as few as are known to do."""
    return list(dict.fromkeys(filter(None, map(_extra_for, characters))))


def _extra_for(character: str) -> str:
    found = next((package.extra for package in PACKAGES if is_for(package, character)), "")
    is_emoji = ord(character) >= _EMOJI and unicodedata.category(character) == "So"
    return found or ("fonts-world" if is_emoji else "")
