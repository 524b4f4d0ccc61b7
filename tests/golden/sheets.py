"""Small sheets of every scene type, drawn and composed without time: `python -m tests.golden.sheets` writes them.

Each row of a sheet is a scene type. The columns are two themes: midnight, and one of the others in turn, in a shape in
turn, so that few drawings cover every theme and shape.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from tests.support.drawing import FIELDS, THEMES, TYPES, drawn, theme

GOLDEN = Path(__file__).resolve().parent / "sheet.jpg"
SIZES = ((320, 180), (180, 320), (240, 240))
CELL = (160, 90)
OTHERS = tuple(name for name in THEMES if name != "midnight")


def cells(folder: Path) -> Iterator[tuple[str, Image.Image]]:
    """Yield the name of each cell, and its frame scaled to fit into it."""
    for index, kind in enumerate(TYPES):
        for column, name in enumerate(("midnight", OTHERS[index % len(OTHERS)])):
            size = SIZES[index % len(SIZES)] if column else SIZES[0]
            made = drawn(folder / kind / name, kind, FIELDS[kind], size=size, theme_values=theme(name)).composed()
            made.thumbnail(CELL, Image.Resampling.LANCZOS)
            cell = Image.new("RGB", CELL, "#808080")
            cell.paste(made, ((CELL[0] - made.width) // 2, (CELL[1] - made.height) // 2))
            yield f"{kind} in {name}, {size[0]}x{size[1]}", cell


def position(index: int) -> tuple[int, int, int, int]:
    """Return the box of a cell in the sheet, which has four columns."""
    row, column = divmod(index, 4)
    left, top = column * CELL[0], row * CELL[1]
    return left, top, left + CELL[0], top + CELL[1]


def main() -> None:
    """Write the sheet."""
    with tempfile.TemporaryDirectory() as folder:
        found = list(cells(Path(folder)))
    sheet = Image.new("RGB", (4 * CELL[0], position(len(found) - 1)[3]))
    for index, (_, cell) in enumerate(found):
        sheet.paste(cell, position(index))
    sheet.save(GOLDEN, quality=90, subsampling=0, optimize=True)
    sys.stdout.write(f"{GOLDEN.name}: {len(found)} frames, {GOLDEN.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
