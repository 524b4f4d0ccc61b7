"""The fonts that texts can be drawn in, and what each can draw of a text."""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.api.load import load
from vidbuild.frozen import dataclass
from vidbuild.media.text import font_packages, fonts, glyphs, scene_text, system_fonts
from vidbuild.media.text.fonts import StagedFonts

if TYPE_CHECKING:
    import typst

THEME, BUILT_IN, EXTRA, SYSTEM = "theme", "built-in", "extra", "system"


@dataclass(frozen=True, slots=True)
class Family:
    """A font family.

    source: "theme", "built-in", "extra" or "system".
    extra: the extra of vidbuild that installed it; "" for other sources.
    weights: of its faces; of a variable font, the one that it has by default.
    files: none of a family that is part of typst.
    missing: the characters of the text that it lacks, and combinations such as a letter with a mark.
    """

    name: str
    source: str
    extra: str
    weights: tuple[int, ...]
    files: tuple[Path, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FontList:
    """All families, and what they can draw of a text.

    units: the characters and combinations of the text that are drawn, without spaces, in the text's order.
    missing: those that no family can draw.
    available: extras that are not installed; if there is a text, those that have what is missing.
    """

    families: tuple[Family, ...]
    units: tuple[str, ...]
    missing: tuple[str, ...]
    available: tuple[str, ...]


def families(text: str = "", spec: Path | None = None, variables: Mapping[str, str] | None = None) -> FontList:
    """Return the families in the order of their sources, and what each can draw of a text.

    spec: adds the fonts of its theme, and those of the system if the theme uses them. Raises SpecError.
    """
    theme = load(spec, variables or {}).theme if spec is not None else None
    extras = [(package.extra, file) for package in font_packages.PACKAGES for file in font_packages.files_of(package)]
    system = system_fonts.families() if theme is not None and theme.system_fonts else {}
    with tempfile.TemporaryDirectory() as folder:
        staged = fonts.stage(Path(folder) / "usual", theme.fonts if theme else ())
        units = _units(scene_text.clean(text), staged)
        own = set(staged.own_families())
        found = [
            *_of(staged.own_faces() if staged.own else None, THEME, units),
            *(each for each in _of(staged.faces(), BUILT_IN, units) if each.name not in own),
        ]
        for index, (extra, file) in enumerate(extras):
            found += _of(fonts.alone(Path(folder) / f"extra-{index}", [file]), EXTRA, units, extra)
        for index, files in enumerate(system.values()):
            found += _of(fonts.alone(Path(folder) / f"system-{index}", files), SYSTEM, units)
    missing = [unit for unit in units if _is_missing(unit, found)]
    known = dict.fromkeys(package.extra for package in font_packages.PACKAGES)
    useful = font_packages.extras_for(unit[0] for unit in missing) if text else known
    return FontList(tuple(found), tuple(units), tuple(missing), tuple(font_packages.not_installed(useful)))


def name_of(unit: str) -> str:
    """Return the Unicode names of the characters of a unit: "THAI CHARACTER KO KAI"."""
    unnamed = "private-use character" if glyphs.PRIVATE_USE.search(unit) else "no name"
    return " + ".join(unicodedata.name(character, unnamed) for character in unit)


def code_points(unit: str) -> str:
    """Return the code points of the characters of a unit: "U+0E01"."""
    return " ".join(f"U+{ord(character):04X}" for character in unit)


def _units(text: str, staged: StagedFonts) -> list[str]:
    """Return the different characters and combinations of a text that are drawn, in the text's order."""
    return [unit for unit in glyphs.clusters([text], staged.faces()) if not unit.isspace()] if text else []


def _is_missing(unit: str, found: Sequence[Family]) -> bool:
    sources = {THEME} if glyphs.PRIVATE_USE.search(unit) else {THEME, BUILT_IN, EXTRA, SYSTEM}
    return all(unit in each.missing for each in found if each.source in sources)


def _of(faces: typst.Fonts | None, source: str, units: Sequence[str], extra: str = "") -> Iterator[Family]:
    by_family: dict[str, list[typst.FontInfo]] = {}
    for face in faces.fonts() if faces is not None else ():
        by_family.setdefault(face.family, []).append(face)
    for name, own in by_family.items():
        assert faces is not None  # noqa: S101 - it gave the families
        lacking = tuple(glyphs.lacking(units, faces, [name]))
        weights = tuple(sorted({face.weight for face in own}))
        yield Family(name, source, extra, weights, _files(own), lacking)


def _files(faces: Iterable[typst.FontInfo]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(Path(face.path).resolve() for face in faces if face.path))
