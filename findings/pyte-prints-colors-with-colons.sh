#!/usr/bin/env bash
# pyte prints a color whose parameters are separated by colons as text.
#
# Surprise: ITU-T T.416 separates the parts of a color by colons (ESC [ 38:2::255:128:0 m), and current terminals and
# programs write it so. pyte's parser ends the sequence at the first colon and draws the rest as characters: a red word
# becomes "2::255:0:0mred" on the screen, and all columns after it are wrong. A good guess would have been that a
# sequence with unknown parameters is ignored as a whole, as ECMA-48 defines where it ends: at the "m". With semicolons,
# the same color is read.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pyte==0.8.2
"$folder/venv/bin/python" - <<'PYTHON'
import importlib.metadata
import sys

import pyte


def shown(text):
    screen = pyte.Screen(40, 1)
    pyte.Stream(screen).feed(text)
    return screen.display[0].rstrip(), screen.buffer[0][0].fg


print("pyte", importlib.metadata.version("pyte"))
colons, semicolons = shown("\x1b[38:2::255:0:0mred\x1b[0m"), shown("\x1b[38;2;255;0;0mred\x1b[0m")
print("colons:    ", colons)
print("semicolons:", semicolons)
sys.exit(not (colons[0] == "2::255:0:0mred" and semicolons == ("red", "ff0000")))
PYTHON
