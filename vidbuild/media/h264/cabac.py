"""The arithmetic code of H.264 for a slice in which every macroblock is skipped; it knows no headers.

Such a slice repeats the picture before it. Clause numbers are those of Rec. ITU-T H.264 (08/2021).
"""

from __future__ import annotations

from functools import lru_cache

from vidbuild.media.h264.bits import Writer

INIT_IDC, QP = 2, 51
"""The slice's cabac_init_idc and QP, of those there are the ones in which a skip is most expected at the start."""

STATE = ((29 * QP) >> 4) + 16 - 64  # 9.3.1.1 of ctxIdx 11 (mb_skip_flag; Table 9-13), of which 1 is the likelier value
LAST_STATE = 62
QUARTER = 256
RANGE_LPS = (
    (14, 18, 21, 24),
    (14, 17, 20, 23),
    (13, 16, 19, 22),
    (12, 15, 18, 21),
    (12, 14, 17, 20),
    (11, 14, 16, 19),
    (11, 13, 15, 18),
    (10, 12, 15, 17),
    (10, 12, 14, 16),
    (9, 11, 13, 15),
    (9, 11, 12, 14),
    (8, 10, 12, 14),
    (8, 9, 11, 13),
    (7, 9, 11, 12),
    (7, 9, 10, 12),
    (7, 8, 10, 11),
    (6, 8, 9, 11),
    (6, 7, 9, 10),
    (6, 7, 8, 9),
)
"""Table 9-44 (rangeTabLPS) from STATE to LAST_STATE."""


@lru_cache(maxsize=64)
def all_skipped(macroblocks: int) -> bytes:
    """The slice data (7.3.4) of so many skipped macroblocks of a P slice, the stop bit and zeros included.

    Each says that it is skipped, which is the likelier value, in the context without neighbours that are not
    (9.3.3.1.1.1), and whether the slice ends after it (9.3.4.5). The low end of the coder's interval never moves
    before the very end, so all that is put until then are zeros.
    """
    width, zeros, state = 510, 0, STATE  # 9.3.4.1
    for left in range(macroblocks - 1, -1, -1):
        width -= RANGE_LPS[state - STATE][(width >> 6) & 3]
        state = min(state + 1, LAST_STATE)
        width, zeros = _renormalised(width, zeros)
        width -= 2
        if left:
            width, zeros = _renormalised(width, zeros)
    # Flushing writes the low end, now at `width`, in ten bits, of which the last is the stop bit (9.3.4.5); the very
    # first bit of all is never written (9.3.4.2).
    return Writer().put(zeros + 9, width | 1).filled()


def _renormalised(width: int, zeros: int) -> tuple[int, int]:
    """9.3.4.2: an interval below a quarter is doubled, and a bit is out; one that likely never needs it twice."""
    return (width << 1, zeros + 1) if width < QUARTER else (width, zeros)
