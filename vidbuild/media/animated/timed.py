"""The times of the images of an animation, in the format's own ticks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class TimedImage(NamedTuple):
    """An image in the file.

    ticks: how long it is shown.
    box: left, top, right, bottom of the pixels that it replaces.
    size: bytes.
    source: index of its data among all images; one that is shown longer than the format can say is repeated.
    """

    ticks: int
    box: tuple[int, int, int, int]
    size: int
    source: int


def timed(
    starts: Sequence[int],
    boxes: Sequence[tuple[int, int, int, int]],
    sizes: Sequence[int],
    end: int,
    fps: int,
    ticks: int,
    limits: tuple[int, int],
) -> Iterator[TimedImage]:
    """Yield all images with their durations.

    Starts are rounded, and not durations, so that errors do not add up.
    starts, end: in frames of the video, of which there are `fps` a second.
    ticks: of the format, a second. limits: of the ticks of an image. One that is too short takes time from the next.
    """
    shortest, longest = limits
    times: list[int] = []
    for frame in (*starts, end):
        exact = (2 * frame * ticks + fps) // (2 * fps)
        times.append(max(exact, times[-1] + shortest) if times else exact)
    for source, (box, size) in enumerate(zip(boxes, sizes, strict=True)):
        remaining = times[source + 1] - times[source]
        while remaining > longest:
            yield TimedImage(longest, box, size, source)
            remaining -= longest
        yield TimedImage(remaining, box, size, source)
