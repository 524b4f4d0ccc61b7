#!/usr/bin/env bash
# typst does not find a font by the name of a link to it, but by the name of the file that the link leads to.
#
# Surprise: a folder of fonts has the link brand.ttf; if it leads to a file that is called brand.ttf, typst has the
# family, and if the same file is called 3f9a2c, as files are in content-addressed stores (caches, Nix, Bazel, Git LFS,
# DVC), typst has not. It resolves links before it looks at the suffix, and reports neither the skipped file nor, where
# another font is found, anything else. A good guess would have been: the name in the folder decides, as it does for
# compilers, browsers and fontconfig, or the content does.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check typst==0.15.0 font-manrope==0.0.2
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import importlib.metadata
import shutil
import sys
from pathlib import Path

import font_manrope
import typst

folder = Path(sys.argv[1])
source = Path(font_manrope.__file__).parent / "files" / "Manrope-Bold.ttf"
found = {}
for name in ("brand.ttf", "3f9a2c"):
    store, fonts = folder / f"store-{name}", folder / f"fonts-{name}"
    store.mkdir()
    fonts.mkdir()
    shutil.copy(source, store / name)
    (fonts / "brand.ttf").symlink_to(store / name)
    faces = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts)])
    found[name] = faces.families()
print(f"typst {importlib.metadata.version('typst')}")
for name, families in found.items():
    print(f"brand.ttf -> {name}: {families}")
sys.exit(0 if found == {"brand.ttf": ["Manrope"], "3f9a2c": []} else "the behavior has changed")
PYTHON
