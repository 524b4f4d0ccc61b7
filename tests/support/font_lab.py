"""Makes tiny fonts whose glyphs are unmistakable: each character is a solid block, or what the test draws."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import ascii_letters, digits

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.tables.TupleVariation import TupleVariation

EM = 1000
LATIN = ascii_letters + digits + " .,-"
Box = tuple[int, int, int, int]  # left, bottom, right, top in units of EM
BLOCK: Box = (50, 0, 950, 700)


def write(
    path: Path,
    family: str = "Blocks",
    characters: str = LATIN,
    *,
    boxes: Mapping[str, Box] | None = None,
    weight: int = 400,
    opentype: bool = False,
    names: Mapping[str, str] | None = None,
) -> Path:
    """Write a font in which every character but a space is a block.

    boxes: character -> its box; default: BLOCK.
    opentype: with the outlines of PostScript (.otf), not of TrueType.
    names: more entries of its name table.
    """
    font(family, characters, boxes=boxes, weight=weight, opentype=opentype, names=names).save(path)
    return path


def font(
    family: str,
    characters: str = LATIN,
    *,
    boxes: Mapping[str, Box] | None = None,
    weight: int = 400,
    opentype: bool = False,
    names: Mapping[str, str] | None = None,
    advance: int = EM,
) -> TTFont:
    """Return what `write` writes.

    advance: the width of every character, with the space around it.
    """
    given = boxes or {}
    shapes: dict[str, Box | None] = {".notdef": BLOCK}
    shapes.update({_name(each): None if each == " " else given.get(each, BLOCK) for each in characters})
    builder = FontBuilder(EM, isTTF=not opentype)
    builder.setupGlyphOrder(list(shapes))
    builder.setupCharacterMap({ord(each): _name(each) for each in characters})
    postscript = family.replace(" ", "") + f"-{weight}"
    if opentype:
        charstrings = {name: _charstring(box) for name, box in shapes.items()}
        builder.setupCFF(postscript, {"FullName": postscript}, charstrings, {})
    else:
        builder.setupGlyf({name: _glyph(box) for name, box in shapes.items()})
    builder.setupHorizontalMetrics(dict.fromkeys(shapes, (advance, 50)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    own = {"familyName": family, "styleName": "Regular", "fullName": family, "psName": postscript}
    builder.setupNameTable({key: text for key, text in {**own, **(names or {})}.items() if text})
    builder.setupOS2(usWeightClass=weight, sTypoAscender=800, sTypoDescender=-200)
    builder.setupPost()
    made: TTFont = builder.font
    return made


def collection(path: Path, *fonts: TTFont) -> Path:
    """Write a collection (.ttc)."""
    made = TTCollection()
    made.fonts = list(fonts)
    made.save(path)
    return path


def variable(path: Path, family: str = "Blocks", characters: str = LATIN) -> Path:
    """Write a font whose blocks are as wide as its weight: 100 of EM at weight 100, and 900 at weight 900."""
    made = font(family, characters, boxes=dict.fromkeys(characters, (0, 0, 100, 700)), weight=100)
    builder = FontBuilder(font=made)
    builder.setupFvar([("wght", 100, 100, 900, "Weight")], [])
    still = [(0, 0)]
    wider = [*still, *still, (800, 0), (800, 0), *still * 4]
    drawn = [_name(each) for each in characters if each != " "]
    builder.setupGvar({name: [TupleVariation({"wght": (0, 1, 1)}, wider)] for name in drawn})
    builder.save(path)
    return path


def _name(character: str) -> str:
    return f"u{ord(character):05X}"


def _corners(box: Box) -> list[tuple[int, int]]:
    left, bottom, right, top = box
    return [(left, bottom), (left, top), (right, top), (right, bottom)]


def _draw(pen: TTGlyphPen | T2CharStringPen, box: Box) -> None:
    first, *rest = _corners(box)
    pen.moveTo(first)
    for corner in rest:
        pen.lineTo(corner)
    pen.closePath()


def _glyph(box: Box | None) -> object:
    pen = TTGlyphPen(None)
    if box:
        _draw(pen, box)
    return pen.glyph()


def _charstring(box: Box | None) -> object:
    pen = T2CharStringPen(EM, None)
    if box:
        _draw(pen, box)
    return pen.getCharString()
