"""Lays out packages with fonts as the extras of vidbuild install them, with blocks for letters."""

from __future__ import annotations

from pathlib import Path

from tests.support import font_lab
from vidbuild.media.text.font_packages import PACKAGES

_FILE = {"files/*.ttf": "files/Blocks.ttf", "*.ttc": "Blocks.ttc", "NotoSans[A-Z]*.ttf": "NotoSansBlocks.ttf"}
_FILE["NotoSansHebrew*.ttf"] = "NotoSansHebrew-Blocks.ttf"


def install(site: Path, extra: str, characters: str, *, broken: bool = False) -> Path:
    """Write the package of an extra below `site`, whose font draws these characters; return the font.

    Importing the package fails: its files must be found without that.
    """
    package = next(each for each in PACKAGES if each.extra == extra)
    folder = site / package.module
    font = folder / _FILE[package.files[0]]
    font.parent.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('imported')\n", encoding="utf-8")
    if broken:
        font.write_bytes(b"no font")
        return font
    made = font_lab.font(f"Extra {extra}", characters, boxes=dict.fromkeys(characters, (0, 0, 1000, 700)))
    if font.suffix == ".ttc":
        return font_lab.collection(font, made)
    made.save(font)
    return font
