#!/usr/bin/env bash
# typst skips each face that has no PostScript name (name ID 6), without a word, though its family is named.
#
# Surprise: two fonts are equal in all but one entry of their name tables. The one without a PostScript name does not
# exist for typst: its family is unknown, and a document that names it is drawn in another face. FreeType (here through
# Pillow) reads both alike. Fonts made by scripts often lack the entry: the builder of fonttools writes only the names
# that it is given. A good guess would have been: a face is found by its family and style, and only a PDF needs a
# PostScript name, which can be made up.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check typst==0.15.0 fonttools==4.68.0 pillow==13.0.0
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import importlib.metadata
import sys
from pathlib import Path

import typst
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import ImageFont

folder = Path(sys.argv[1])
names = {"familyName": "Own Blocks", "styleName": "Regular"}
found, freetype = {}, {}
for label, more in (("with", {"psName": "OwnBlocks-Regular"}), ("without", {})):
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 700), (900, 700), (900, 0)):
        pen.lineTo(corner)
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "A"])
    builder.setupCharacterMap({ord("A"): "A"})
    builder.setupGlyf(dict.fromkeys((".notdef", "A"), pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys((".notdef", "A"), (1000, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({**names, **more})
    builder.setupOS2()
    builder.setupPost()
    (folder / label).mkdir()
    path = folder / label / "blocks.ttf"
    builder.save(path)
    faces = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(path.parent)])
    found[label] = faces.families()
    freetype[label] = ImageFont.truetype(str(path)).getname()
print(", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("typst", "fonttools", "pillow")))
for label in found:
    print(f"{label} a PostScript name: typst {found[label]}, FreeType {freetype[label]}")
same = freetype["with"] == freetype["without"] == ("Own Blocks", "Regular")
sys.exit(0 if same and found == {"with": ["Own Blocks"], "without": []} else "the behavior has changed")
PYTHON
