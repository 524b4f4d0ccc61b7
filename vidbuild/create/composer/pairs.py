"""Which two things are shown beside each other in one scene: of a slide, and code with its result."""

from __future__ import annotations

import io
from collections.abc import Sequence

from vidbuild import inline
from vidbuild.create.composer.beats import Beat
from vidbuild.create.source.outline import Block, Chart, Code, Items, Picture, Table

MAX_ITEMS, MAX_TEXT = 5, 90
MAX_LINES, MAX_COLUMNS = 14, 44  # of code in half of the frame
MAX_ASPECT = 1.5  # of a picture in half of the frame
MAX_ROWS, MAX_CELLS, MAX_CELL = 6, 3, 40


def fits(found: Sequence[Beat]) -> bool:
    """Return whether a slide shows two different things, each of which is still readable in half of the frame."""
    match [each.shown for each in found]:
        case [[left], [right]]:
            return _is_small(left) and _is_small(right) and not (isinstance(left, Items) and isinstance(right, Items))
    return False


def grouped(found: Sequence[Beat]) -> list[tuple[Beat, ...]]:
    """Return the beats, each by itself or as code with its result: they are shown beside each other."""
    groups: list[tuple[Beat, ...]] = []
    for beat in found:
        last = groups[-1] if groups else ()
        if len(last) == 1 and _is_result(beat, last[0]):
            groups[-1] = (*last, beat)
        else:
            groups.append((beat,))
    return groups


def _is_result(beat: Beat, before: Beat) -> bool:
    """Return whether a beat shows what the code before it prints or draws, without a word between the two."""
    if any(beat.prose[0]) or any(before.prose[-1]):
        return False
    match [before.shown, beat.shown]:
        case [[Code(language=language) as code], [Code(language="") | Picture() | Table() as result]] if language:
            return _is_small(code) and _is_small(result)
    return False


def _is_small(block: Block) -> bool:
    match block:
        case Picture():
            return not _is_wide(block)
        case Chart():
            return True
        case Items(items=items):
            texts = (inline.plain(f"{item.text} {item.detail}") for item in items)
            return len(items) <= MAX_ITEMS and all(len(text) <= MAX_TEXT for text in texts)
        case Code(code=code):
            lines = code.split("\n")
            return len(lines) <= MAX_LINES and max(map(len, lines)) <= MAX_COLUMNS
        case Table(columns=columns, rows=rows):
            is_brief = all(len(inline.plain(cell)) <= MAX_CELL for row in rows for cell in row)
            return len(columns) <= MAX_CELLS and len(rows) <= MAX_ROWS and is_brief
        case _:
            return False


def _is_wide(picture: Picture) -> bool:
    """Return whether a picture needs the whole frame: it is wide, or a drawing, whose texts are mostly small."""
    from PIL import Image

    try:
        with Image.open(picture.path or io.BytesIO(picture.data)) as image:
            return image.width > MAX_ASPECT * image.height
    except (OSError, ValueError, Image.DecompressionBombError):
        return True
