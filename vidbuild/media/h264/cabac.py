"""Arithmetic coding (CABAC) of the data of an H.264 slice in which every macroblock is skipped.

Such a slice repeats the frame before it. Clause numbers refer to Rec. ITU-T H.264 (08/2021).
"""

from __future__ import annotations

from functools import lru_cache

from vidbuild.media.h264.bits import Writer

# The slice's cabac_init_idc and QP: those with the highest initial probability of a skip.
INIT_IDC, QP = 2, 51

STATE = ((29 * QP) >> 4) + 16 - 64  # 9.3.1.1 of ctxIdx 11 (mb_skip_flag; Table 9-13), whose likelier value is 1
LAST_STATE = 62
QUARTER = 256

# Table 9-44 (rangeTabLPS) from STATE to LAST_STATE.
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


@lru_cache(maxsize=64)
def all_skipped(macroblocks: int) -> bytes:
    """Return the slice data (7.3.4) of so many skipped macroblocks of a P slice, with the stop bit and padding.

    Each macroblock has its skip flag, which has the likelier value, in the context in which all neighbors are skipped
    (9.3.3.1.1.1), and a flag for the end of the slice (9.3.4.5). The low end of the coder's interval moves only at the
    very end, so all bits before are zeros.
    """
    width, zeros, state = 510, 0, STATE  # 9.3.4.1
    for remaining in range(macroblocks - 1, -1, -1):
        width -= RANGE_LPS[state - STATE][(width >> 6) & 3]
        state = min(state + 1, LAST_STATE)
        width, zeros = _renormalize(width, zeros)
        width -= 2
        if remaining:
            width, zeros = _renormalize(width, zeros)
    # Flushing writes the low end, now at `width`, in ten bits, the last of which is the stop bit (9.3.4.5). The very
    # first bit is never written (9.3.4.2).
    return Writer().put(zeros + 9, width | 1).to_bytes()


def _renormalize(width: int, zeros: int) -> tuple[int, int]:
    """Double an interval below a quarter and count the bit that is put out (9.3.4.2); here once is always enough."""
    return (width << 1, zeros + 1) if width < QUARTER else (width, zeros)
