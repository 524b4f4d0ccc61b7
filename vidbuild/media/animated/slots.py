"""Choose the frames of a video that an animated image with fewer frames a second shows.

A slot is the time of one image. It shows the last frame in it, so that nothing that appears just before the end of a
scene is lost: the scene's last slot shows its last frame.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

MIN_LAST = 2  # a last slot that is shorter than one in so many of a slot is part of the slot before it


def ends(frames: int, fps: int, rate: int) -> list[int]:
    """Return the frame after the last one of each slot, for so many frames of a video.

    fps: frames per second of the video. rate: slots per second, at most as many.
    """
    slots = -(-frames * rate // fps)
    found = [-(-slot * fps // rate) for slot in range(1, slots)]
    if found and (frames - found[-1]) * rate * MIN_LAST < fps:
        found.pop()
    return [*found, frames]


def wanted(changed: Sequence[int], frames: int, fps: int, rates: Iterable[int]) -> list[int]:
    """Return which of the frames that differ from the one before are shown at any of the rates.

    changed: in order, the first is 0.
    """
    shown = {changed[bisect_left(changed, end) - 1] for rate in rates for end in ends(frames, fps, rate)}
    return sorted(shown)
