"""The ladder that an animated image goes down until it is small enough: quality first, then frames, then width."""

from __future__ import annotations

from typing import NamedTuple

QUALITIES = (90, 75, 60, 40)  # of WebP
COLORS = (256, 128, 64, 32)  # of each image in a GIF
SLOWER = ((2, 3), (1, 2))  # of the frames a second
NARROWER = ((3, 4), (1, 2))  # of the width
MIN_RATE = 5  # frames a second below which no step goes
MIN_WIDTH = 240  # pixels below which no step goes


class Rung(NamedTuple):
    """A way to encode the images of a video.

    quality: of WebP, or the number of colors of a GIF.
    rate: images a second, at the most.
    width, height: pixels.
    """

    quality: int
    rate: int
    width: int
    height: int


def ladder(encoding: str, rate: int, size: tuple[int, int]) -> list[Rung]:
    """Return the rungs of an encoding, "webp" or "gif", from the best one down.

    rate, size: of the best one.
    """
    qualities = COLORS if encoding == "gif" else QUALITIES
    rungs = [Rung(quality, rate, *size) for quality in qualities]
    for part, whole in SLOWER:
        rungs.append(rungs[-1]._replace(rate=max(min(MIN_RATE, rate), rate * part // whole)))
    for part, whole in NARROWER:
        width = max(min(MIN_WIDTH, size[0]), size[0] * part // whole)
        rungs.append(Rung(qualities[-1], rungs[-1].rate, *scaled(size, width)))
    return list(dict.fromkeys(rungs))


def scaled(size: tuple[int, int], width: int) -> tuple[int, int]:
    """Return a size as wide as this, in the shape of another one."""
    return width, max(1, round(size[1] * width / size[0]))
