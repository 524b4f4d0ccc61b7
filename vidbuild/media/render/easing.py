"""How motion speeds up and slows down: curves from 0 to 1, by name."""

from __future__ import annotations

from collections.abc import Mapping
from math import pow as power

# The power of each curve: the higher, the more of the way is covered in the first frames.
POWERS: Mapping[str, float] = {"linear": 1.0, "gentle": 2.0, "smooth": 3.0, "snappy": 5.0}
DEFAULT = "smooth"


def arriving(easing: str, share: float) -> float:
    """Return how far something has come that settles in its place. share: of its time, from 0 to 1."""
    if easing == "gentle":
        return gliding(easing, share)
    return 1 - power(1 - share, POWERS[easing])


def departing(easing: str, share: float) -> float:
    """Return how far something has gone that starts slowly and is quick at last."""
    return gliding(easing, share) if easing == "gentle" else power(share, POWERS[easing])


def gliding(easing: str, share: float) -> float:
    """Return how far something has come from one place to another: slow at both ends."""
    if share < 1 / 2:
        return power(2 * share, POWERS[easing]) / 2
    return 1 - power(2 - 2 * share, POWERS[easing]) / 2
