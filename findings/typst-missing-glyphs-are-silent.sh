#!/usr/bin/env bash
# typst warns of a font family that it does not have, but of no character that none of its fonts can draw.
#
# Surprise: with system fonts off, a Chinese title becomes a row of boxes in PNG, SVG and PDF, and the compiler returns
# no warning, although it warns of an unknown family in the same document. Only an export as archival PDF (PDF/A-2u)
# names the characters, as an error. A good guess would have been: one warning for each run of missing glyphs, in every
# format, as TeX engines log.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check typst==0.15.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import typst

SOURCE = '#set page(width: 200pt, height: 60pt)\n#set text(font: "No Such Family")\nA 漢字 title'.encode()


def warnings(format, **options):
    compiler = typst.Compiler(SOURCE, ignore_system_fonts=True)
    _, found = compiler.compile_with_warnings(format=format, **options)
    return [warning.message for warning in found]


seen = {format: warnings(format) for format in ("png", "svg", "pdf")}
print(f"typst {typst.__version__}")
for format, messages in seen.items():
    print(f"{format}: warnings: {messages}")
try:
    typst.compile(SOURCE, ignore_system_fonts=True, format="pdf", pdf_standards="a-2u")
    archival = ""
except typst.TypstError as error:
    archival = error.message
print(f"pdf/a-2u: error: {archival}")
silent = all(len(messages) == 1 and "unknown font family" in messages[0] for messages in seen.values())
sys.exit(0 if silent and "could not be displayed" in archival else "the behavior has changed")
PYTHON
