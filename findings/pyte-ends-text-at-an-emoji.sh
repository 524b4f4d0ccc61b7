#!/usr/bin/env bash
# pyte, a terminal emulator, drops the rest of a text after the first character without a width.
#
# Surprise: of "⚠️ disk full" the screen has "⚠" alone. U+FE0F, which asks for the colored form of the sign, is neither
# printable to pyte nor a combining mark, and pyte then leaves the loop over the text instead of passing over one
# character. The same goes for U+200B and for the joiners in emoji of several people. A good guess would have been that
# the character is ignored, as terminals do that cannot show it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pyte==0.8.2
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import pyte

CASES = {
    "⚠\ufe0f disk full": "⚠",
    "one\u200btwo": "one",
    "👩\u200d🔧 mechanic": "👩",
    "cafe\u0301 au lait": "café au lait",
}
print(f"pyte {version('pyte')}")
unchanged = True
for text, expected in CASES.items():
    screen = pyte.Screen(40, 1)
    pyte.Stream(screen).feed(text)
    shown = screen.display[0].rstrip()
    print(f"{text!r}: shown as {shown!r}")
    unchanged &= shown == expected
sys.exit(0 if unchanged else "the behavior has changed")
PYTHON
