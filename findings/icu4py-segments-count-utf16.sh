#!/usr/bin/env bash
# icu4py's `segments()` counts UTF-16 code units, so its offsets do not fit the Python string they are for.
#
# Surprise: WordBreaker("👩 file").segments() yields (3, 7) for "file", whose index in the string is 2; every character
# beyond U+FFFF moves all later offsets by one, and slices are cut inside words. Iterating over the breaker yields the
# right texts. A good guess would have been: indexes of the string, since the package takes and returns Python strings.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check icu4py==1.2.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import icu4py
from icu4py.breakers import WordBreaker

text = "\U0001f469 file one"
offsets = list(WordBreaker(text, "en").segments())
sliced = [text[start:end] for start, end in offsets]
words = list(WordBreaker(text, "en"))
print(f"icu4py 1.2.0 with ICU {icu4py.icu_version}")
print(f"len(text) = {len(text)}, last offset = {offsets[-1][1]}")
print(f"slices:    {sliced}")
print(f"iteration: {words}")
expected = "".join(words) == text and words[2] == "file" and sliced[2] == "ile " and offsets[-1][1] == len(text) + 1
sys.exit(0 if expected else "the behavior has changed")
PYTHON
