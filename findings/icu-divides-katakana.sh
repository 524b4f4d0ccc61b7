#!/usr/bin/env bash
# ICU's word breaker divides Japanese loanwords in Katakana that its dictionary lacks: ビルド becomes ビル and ド.
#
# Surprise: Unicode's rules for words (UAX 29, WB13) never divide Katakana from Katakana, and other loanwords (コンテナ,
# デプロイ) stay whole, so ビルド (a build) and クラウド (a cloud) were expected to be one word each. A text highlighted word by
# word lights half of them. Its line breaker with phrases (lw=phrase) keeps them whole.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check icu4py==1.2.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import icu4py
from icu4py.breakers import LineBreaker, WordBreaker

print(f"icu4py 1.2.0 with ICU {icu4py.icu_version}")
found = {word: list(WordBreaker(word, "ja")) for word in ("ビルド", "クラウド", "コンテナ", "デプロイ")}
for word, parts in found.items():
    print(f"{word}: {parts}")
phrases = list(LineBreaker("ビルドを実行します", "ja-u-lw-phrase"))
print(f"phrases: {phrases}")
expected = found["ビルド"] == ["ビル", "ド"] and found["クラウド"] == ["クラ", "ウド"] and found["コンテナ"] == ["コンテナ"]
sys.exit(0 if expected and phrases[0].startswith("ビルド") else "the behavior has changed")
PYTHON
