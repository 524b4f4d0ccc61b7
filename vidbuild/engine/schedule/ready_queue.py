"""Which of the ready steps is started next; it knows nothing of what they do or wait for."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping


class ReadyQueue:
    """Ready steps, the one to be started first in front.

    ranks: step -> how early it is to start, higher first; equals start in the order in which they came.
    """

    def __init__(self, ranks: Mapping[str, float]) -> None:
        self._ranks = ranks
        self._steps: list[tuple[float, int, str]] = []
        self._items: dict[str, tuple[float, int, str]] = {}
        self._count = 0

    def __len__(self) -> int:
        return len(self._steps)

    def __iter__(self) -> Iterator[str]:
        """The steps as they are now; any of them may be taken out meanwhile."""
        return (step for _, _, step in list(self._steps))

    def add(self, step: str) -> None:
        """A step is ready."""
        self._count += 1
        item = self._items[step] = (-self._ranks.get(step, 0.0), self._count, step)
        insort(self._steps, item)

    def remove(self, step: str) -> None:
        """A step is ready no more."""
        del self._steps[bisect_left(self._steps, self._items.pop(step))]


def shuffled(steps: Iterable[str], seed: int) -> dict[str, float]:
    """Ranks in a random order that follows from the seed alone."""
    import random

    chance = random.Random(seed)  # noqa: S311 - an order, no secret
    return {step: chance.random() for step in steps}
