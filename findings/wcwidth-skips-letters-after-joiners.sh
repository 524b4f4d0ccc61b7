#!/usr/bin/env bash
# wcwidth counts no column for the letter after a zero-width joiner, also where nothing is joined.
#
# Surprise: "a", U+200D, "b" has a width of 1, though its two graphemes, which wcwidth divides as Unicode says, have one
# each. In Persian the joiner asks for a letter's connected form, and the next letter is missing in the width as well. A
# good guess would have been that the width of a text is the sum of the widths of its graphemes, and that only emoji are
# merged.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check wcwidth==0.9.4
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import wcwidth

print(f"wcwidth {wcwidth.__version__}")
unchanged = True
for text, whole, parts in (("a\u200db", 1, [1, 1]), ("\u0647\u200d\u0647", 1, [1, 1]), ("👩\u200d🔧", 2, [2])):
    widths = [wcwidth.width(grapheme) for grapheme in wcwidth.iter_graphemes(text)]
    print(f"{text!r}: width {wcwidth.width(text)}, of its graphemes {widths}")
    unchanged &= (wcwidth.width(text), widths) == (whole, parts)
sys.exit(0 if unchanged else "the behavior has changed")
PYTHON
