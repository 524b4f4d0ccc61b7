#!/usr/bin/env bash
# Pillow opens a PNG of 16 bits per channel with a transparent color (tRNS), and convert("RGBA") makes nothing transparent.
#
# Surprise: the file is valid (PNG, third edition, 11.3.1.1), Image.info has the transparent color, and the same file with
# 8 bits per channel is transparent where it should be. With 16 bits, Pillow keeps the upper 8 bits of each sample and
# compares them with all 16 bits of the transparent color, which never match: the image is opaque, without an error or a
# warning. Gray of 2 and 4 bits fails alike: samples are widened to 8 bits, the transparent gray is not. A good guess would
# have been: the depth of a PNG does not decide whether its transparent color is transparent.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pillow==13.0.0
cd "$folder"
venv/bin/python - <<'PYTHON'
import struct
import zlib

import PIL
from PIL import Image


def png(depth, kind, row, transparent):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 1, 1, depth, kind, 0, 0, 0)
    parts = ((b"IHDR", header), (b"tRNS", transparent), (b"IDAT", zlib.compress(b"\0" + row)), (b"IEND", b""))
    with open("a.png", "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts))
    with Image.open("a.png") as image:
        return image.convert("RGBA").getpixel((0, 0))[3]


color = struct.pack(">3H", 10000, 50000, 20000)
found = {
    "RGB, 8 bits": png(8, 2, bytes((39, 195, 78)), struct.pack(">3H", 39, 195, 78)),
    "RGB, 16 bits": png(16, 2, color, color),
    "gray, 8 bits": png(8, 0, b"\x33", b"\0\x33"),
    "gray, 4 bits": png(4, 0, b"\x30", b"\0\x03"),
    "gray, 2 bits": png(2, 0, b"\x40", b"\0\x01"),
}
print("Pillow", PIL.__version__)
for name, alpha in found.items():
    print(f"{name}: the transparent color has an alpha of {alpha}")
if list(found.values()) != [0, 255, 0, 255, 255]:
    raise SystemExit("the behavior has changed")
PYTHON
