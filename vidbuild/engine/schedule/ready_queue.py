"""The ready steps, in the order in which they should start."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping


class ReadyQueue:
    """Steps by priority, the highest first; equal ones in the order in which they were added."""

    def __init__(self, priorities: Mapping[str, float]) -> None:
        self._priorities = priorities
        self._steps: list[tuple[float, int, str]] = []
        self._items: dict[str, tuple[float, int, str]] = {}
        self._count = 0

    def __len__(self) -> int:
        return len(self._steps)

    def __iter__(self) -> Iterator[str]:
        """Yield the steps that are queued now; any of them may be removed meanwhile."""
        return iter([step for _, _, step in self._steps])

    def add(self, step: str) -> None:
        """Add a step."""
        self._count += 1
        item = self._items[step] = (-self._priorities.get(step, 0.0), self._count, step)
        insort(self._steps, item)

    def remove(self, step: str) -> None:
        """Remove a step."""
        del self._steps[bisect_left(self._steps, self._items.pop(step))]


def random_priorities(steps: Iterable[str], seed: int) -> dict[str, float]:
    """Return priorities for a random order that follows from the seed alone."""
    import random

    chance = random.Random(seed)  # noqa: S311 - an order, no secret
    return {step: chance.random() for step in steps}
