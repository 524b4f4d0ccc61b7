"""Draws every scene type in both themes onto one sheet each, for a look by eye: `python -m tests.looks.sheet OUT`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from PIL import Image

from tests.support.drawing import FIELDS, THEMES, TYPES, drawn, theme

SIZES = {"landscape": (1920, 1080), "vertical": (1080, 1920), "square": (1080, 1080)}
WIDTHS = {"landscape": 960, "vertical": 540, "square": 640}
# What is not seen at the moment that is looked at: the first highlight, the second item, the end of typing.
HIDDEN = {"code": ("code", "bar-1", "focus-1"), "list": ("item-0",)}
GAP = 16


def sheet(images: list[Image.Image], columns: int, wide: int) -> Image.Image:
    """Images side by side in rows, each `wide` pixels wide."""
    small = [item.resize((wide, round(item.height * wide / item.width)), Image.Resampling.LANCZOS) for item in images]
    rows = [small[at : at + columns] for at in range(0, len(small), columns)]
    high = small[0].height + GAP
    whole = Image.new("RGB", (columns * (wide + GAP) + GAP, len(rows) * high + GAP), (128, 128, 128))
    for number, row in enumerate(rows):
        for column, image in enumerate(row):
            whole.paste(image, (GAP + column * (wide + GAP), GAP + number * high))
    return whole


def main() -> None:
    """One sheet per theme and shape."""
    out = Path(sys.argv[1])
    for name in THEMES:
        for shape, size in SIZES.items():
            images = []
            for kind in TYPES:
                start = time.perf_counter()
                made = drawn(out / name / shape / kind, kind, FIELDS[kind], size=size, theme_values=theme(name))
                sys.stdout.write(f"{name} {shape} {kind}: {time.perf_counter() - start:.3f} s {made.warnings}\n")
                images.append(made.composed(HIDDEN.get(kind, ())))
            sheet(images, 2 if shape == "landscape" else 4, WIDTHS[shape]).save(out / f"{name}-{shape}.png")


main()
