#!/usr/bin/env bash
# icu4py's segments() gives offsets in UTF-16 units, which do not index a Python string.
#
# Surprise: breaker.segments() yields (start, end) pairs, but after the first character outside the basic plane,
# such as an emoji, text[start:end] is shifted by one for each of them, and the last pair ends behind the text. Nothing
# is raised, and a text without emoji gives no hint of it. Iterating over the breaker itself gives the right strings. A
# good guess would have been: offsets in code points, as everything in Python that takes or gives an offset has.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check icu4py==1.2.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from icu4py.breakers import WordBreaker

TEXT = "😀 one two"
strings = list(WordBreaker(TEXT, "en"))
pairs = list(WordBreaker(TEXT, "en").segments())
sliced = [TEXT[start:end] for start, end in pairs]
print(f"icu4py {version('icu4py')}, text of {len(TEXT)} characters: {TEXT!r}")
print(f"iterated:  {strings}")
print(f"segments:  {pairs}")
print(f"as slices: {sliced}")
shifted = pairs[-1][1] == len(TEXT) + 1 and sliced != strings and "".join(strings) == TEXT
sys.exit(0 if shifted else "the behavior has changed")
PYTHON
