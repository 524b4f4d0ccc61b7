#!/usr/bin/env bash
# libwebp's encoder of lossy animations leaves out small changes, and so all of a slow fade.
#
# Surprise: it compares each picture with the one before it, not with what a viewer sees. A pixel that differs by less
# than a threshold, five levels of 255 at Pillow's default quality, is kept as it was. The next picture is compared with
# this one again. So an area that gets brighter by three levels in each of 20 pictures is stored once, and is 57 levels
# too dark at the end; with quality 90, steps of two levels are lost. Only a key frame, of which Pillow asks for one in
# five pictures unless kmax says otherwise, shows the source again. A good guess would have been that each picture is
# about as close to its source as in a file of its own. It is, if every picture is encoded apart.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pillow==13.0.0
"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys

from PIL import Image, __version__, features

print(f"Pillow {__version__}, libwebp {features.version('webp')}")
COUNT = 20


def picture(number, step):
    image = Image.new("RGB", (64, 64), "black")
    image.paste((100 + step * number,) * 3, (0, 0, 64, 32))
    image.paste("red", (2 * number, 40, 2 * number + 10, 50))  # so that something changes in each picture
    return image


def last(quality, step):
    pictures = [picture(number, step) for number in range(COUNT)]
    target = io.BytesIO()
    pictures[0].save(target, "webp", save_all=True, append_images=pictures[1:], duration=100, quality=quality, kmax=0)
    with Image.open(target) as image:
        image.seek(image.n_frames - 1)
        image.load()
        shown = image.convert("RGB").getpixel((32, 16))[0]
    alone = io.BytesIO()
    pictures[-1].save(alone, "webp", quality=quality)
    with Image.open(alone) as image:
        own = image.convert("RGB").getpixel((32, 16))[0]
    source = 100 + step * (COUNT - 1)
    print(f"quality {quality}, {step} levels a picture: the last is {source}, in a file of its own {own}, shown {shown}")
    return source, own, shown


lost = [last(quality, step) for quality, step in ((80, 3), (80, 1), (90, 2), (90, 1))]
kept = last(100, 3)
near = all(abs(source - own) <= 3 for source, own, _ in (*lost, kept))
sys.exit(not (near and all(source - shown >= 15 for source, _, shown in lost) and abs(kept[0] - kept[2]) <= 3))
PYTHON
