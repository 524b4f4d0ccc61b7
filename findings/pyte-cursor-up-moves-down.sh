#!/usr/bin/env bash
# In pyte, "cursor up" moves the cursor down if it is above the scrolling region.
#
# Surprise: CUU (ESC [ A) clamps the new row to the top margin of the scrolling region, wherever the cursor is. With a
# region of rows 3 to 5 (DECSTBM) and the cursor in row 2, "up by one" lands in row 3, inside the region, and text goes
# into what scrolls. A good guess would have been that the margin stops only a cursor that is in the region or below it,
# as the VT100's manual says and xterm does: from row 2 the cursor goes to row 1.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pyte==0.8.2
"$folder/venv/bin/python" - <<'PYTHON'
import importlib.metadata
import sys

import pyte

screen = pyte.Screen(10, 6)
stream = pyte.Stream(screen)
stream.feed("a\r\nb\r\nc\r\nd\x1b[3;5r\x1b[2;1H")
before = screen.cursor.y + 1
stream.feed("\x1b[1A")
after = screen.cursor.y + 1
stream.feed("X")
print(f"pyte {importlib.metadata.version('pyte')}: region 3-5, cursor in row {before}; up by one: row {after}")
print([line.rstrip() for line in screen.display])
sys.exit(not (before == 2 and after == 3 and screen.display[2].startswith("X")))
PYTHON
