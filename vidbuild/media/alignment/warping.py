"""Dynamic time warping: which moment of one speech is which of another (Sakoe and Chiba, 1978)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vidbuild.media.alignment.features import Floats

# How far two moments may be from the diagonal: a share of the whole, but at least 300 frames (3 s), and at most 1500.
BAND_SHARE, NARROWEST, WIDEST = 0.15, 300, 1500
DIAGONAL, DOWN, RIGHT = 0, 1, 2
STRAY = 1.15  # a step that does not advance both costs so much more: real speech advances


def warp(one: Floats, other: Floats) -> tuple[NDArray[np.int64], float]:
    """Return for each frame of one speech the frame of the other that is the same moment, and the mean distance.

    one, other: features, frames x coefficients; both of the same text from its beginning to its end. Time and memory
    grow with the product of the lengths, of which a band around the diagonal is computed.
    """
    import numpy as np

    rows, columns = len(one), len(other)
    half = int(min(WIDEST, max(NARROWEST, BAND_SHARE * max(rows, columns)))) + 2
    centers = (np.arange(rows) * (columns - 1) // max(1, rows - 1)).astype(np.int64)
    starts = np.clip(centers - half, 0, max(0, columns - 2 * half - 1))
    width = min(columns, 2 * half + 1)
    steps = np.zeros((rows, width), np.int8)
    squares = (other * other).sum(axis=1)
    before = np.full(width, np.inf)
    for row in range(rows):
        start = int(starts[row])
        part = other[start : start + width]
        cost = np.sqrt(np.maximum(squares[start : start + width] - 2 * (part @ one[row]) + one[row] @ one[row], 0))
        if row == 0:
            total = np.cumsum(cost * STRAY)
            steps[row] = RIGHT
        else:
            total = _next(before, int(starts[row] - starts[row - 1]), cost, steps[row])
        before = total
    return _path(steps, starts, rows, columns), float(before[columns - 1 - int(starts[-1])]) / (rows + columns)


def _next(
    before: NDArray[np.float64], moved: int, cost: NDArray[np.float64], steps: NDArray[np.int8]
) -> NDArray[np.float64]:
    """Return the least totals of a row from those of the one before, and note the step into each cell.

    moved: by how many columns the band has moved.
    """
    import numpy as np

    width = len(cost)
    padded = np.full(width + moved + 1, np.inf)
    padded[1 : width + 1] = before
    diagonal = padded[moved : moved + width] + cost
    down = padded[moved + 1 : moved + 1 + width] + cost * STRAY
    best = np.minimum(down, diagonal)
    steps[:] = np.where(down < diagonal, DOWN, DIAGONAL)
    # Moving right adds the costs of the cells on the way, so the least total is a running minimum of the rest.
    passed = np.cumsum(cost * STRAY)
    running = np.minimum.accumulate(best - passed) + passed
    right = running < best - 1e-9
    steps[right] = RIGHT
    return np.where(right, running, best)


def _path(steps: NDArray[np.int8], starts: NDArray[np.int64], rows: int, columns: int) -> NDArray[np.int64]:
    """Return for each row the middle of the columns that the best path passes in it."""
    import numpy as np

    first = np.zeros(rows, np.int64)
    last = np.zeros(rows, np.int64)
    row, column = rows - 1, columns - 1
    last[row] = column
    while row or column:
        step = steps[row, column - int(starts[row])]
        if row == 0 or (step == RIGHT and column > 0):
            column -= 1
            continue
        first[row] = column
        row -= 1
        column -= int(step == DIAGONAL)
        last[row] = column
    first[0] = 0
    return (first + last) // 2
