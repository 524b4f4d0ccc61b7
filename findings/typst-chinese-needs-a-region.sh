#!/usr/bin/env bash
# typst draws the traditional faces of a Chinese font in the forms of the mainland, unless the text has a region.
#
# Surprise: with `lang: "zh"` alone, typst asks the font for its localized forms (locl) of simplified Chinese, and the
# face `Noto Sans CJK TC`, whose own forms are those of Taiwan, has a substitution for them. So the family that was named
# for its forms is drawn in others, the same as in `Noto Sans CJK SC`; without a language, or with `region: "TW"`, the
# face's own forms come. A good guess would have been: the family decides, and a language only adds to it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check typst==0.15.0 noto-cjk-sans-otc==0.0.1
"$folder/venv/bin/python" - <<'PYTHON'
import importlib.metadata
import importlib.util
import sys
from pathlib import Path

import typst

package = Path(importlib.util.find_spec("noto_cjk_sans_otc").origin).parent
only = {"font_paths": [str(package)], "ignore_system_fonts": True}


def drawn(family: str, rest: str) -> bytes:
    page = "#set page(width: 60pt, height: 60pt, margin: 5pt)\n"
    text = f'#set text(font: "{family}", size: 40pt, fallback: false{rest})\n'
    return typst.compile((page + text + "骨").encode(), format="png", **only)


traditional, simplified = "Noto Sans CJK TC", "Noto Sans CJK SC"
mainland = drawn(simplified, ', lang: "zh", region: "CN"')
taiwan = drawn(traditional, ', lang: "zh", region: "TW"')
without_region = drawn(traditional, ', lang: "zh"')
found = {
    "the two forms differ": mainland != taiwan,
    f"{traditional}, lang zh: those of the mainland": without_region == mainland,
    f"{traditional}, lang zh, region TW: those of Taiwan": taiwan == drawn(traditional, ', lang: "en"'),
}
print(", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("typst", "noto-cjk-sans-otc")))
for what, holds in found.items():
    print(f"{what}: {'yes' if holds else 'no'}")
sys.exit(0 if all(found.values()) else "the behavior has changed")
PYTHON
