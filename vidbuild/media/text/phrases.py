"""Divides words among the phrases of a recording: which words are spoken between which pauses."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from vidbuild.frozen import dataclass
from vidbuild.timebase import SAMPLE_RATE

# How far a phrase's length differs from what its words need, as a share and in seconds, at usual changes of speed.
SHARE, SECONDS = 0.2, 0.15
# What a pause costs after a word that ends no phrase, after a comma, and what the end of a sentence without one costs.
IN_PHRASE, AFTER_PHRASE, NO_PAUSE = 4.0, 0.5, 0.7
LONG_PAUSE = 0.6  # seconds: after a word that ends nothing, a longer one is not less likely
SENTENCE = 2  # of `Unit.ends`
BAND = 25  # words around the expected one at which a phrase can end


@dataclass(frozen=True, slots=True)
class Unit:
    """A word. weight: how long it takes to speak; ends: 0, 1 at a phrase's end, 2 at a sentence's end."""

    weight: int
    ends: int


def divide(units: Sequence[Unit], phrases: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return start and end of each word, in samples: within phrases by weight, with pauses where sentences end.

    Of all divisions of the words among the phrases, in order, the one whose lengths and pauses fit best.
    """
    weights = [0, *accumulate(unit.weight for unit in units)]
    lengths = [end - start for start, end in phrases]
    spans: list[tuple[int, int]] = []
    for (start, end), (first, last) in zip(phrases, _best(units, weights, phrases, lengths), strict=True):
        total = max(weights[last] - weights[first], 1)
        spans += (
            (
                start + (end - start) * (weights[index] - weights[first]) // total,
                start + (end - start) * (weights[index + 1] - weights[first]) // total,
            )
            for index in range(first, last)
        )
    return spans


def _best(
    units: Sequence[Unit], weights: Sequence[int], phrases: Sequence[tuple[int, int]], lengths: Sequence[int]
) -> list[tuple[int, int]]:
    """Return for each phrase the words [first, last) that are spoken in it."""
    rate = sum(lengths) / max(weights[-1], 1)
    stops = [0, *accumulate(unit.ends == SENTENCE for unit in units)]
    passed = list(accumulate(lengths))
    costs: dict[int, float] = {0: 0.0}
    steps: list[dict[int, int]] = []
    for index, length in enumerate(lengths):
        after: dict[int, float] = {}
        step: dict[int, int] = {}
        for last in _ends(weights, passed[index] / rate, final=index == len(lengths) - 1):
            pause = _pause_cost(units, last, phrases, index)
            for first, cost in costs.items():
                if first <= last:
                    inside = (stops[max(last - 1, first)] - stops[first]) * NO_PAUSE
                    total = cost + pause + inside + _length_cost((weights[last] - weights[first]) * rate, length)
                    if total < after.get(last, float("inf")):
                        after[last], step[last] = total, first
        costs = after
        steps.append(step)
    return _backwards(steps, len(units))


def _ends(weights: Sequence[int], expected: float, *, final: bool) -> range:
    """Return the counts of words after which a phrase can end."""
    count = len(weights) - 1
    if final:
        return range(count, count + 1)
    middle = next((index for index, weight in enumerate(weights) if weight >= expected), count)
    return range(max(middle - BAND, 0), min(middle + BAND, count) + 1)


def _length_cost(needed: float, length: int) -> float:
    spread = SHARE * needed + SECONDS * SAMPLE_RATE
    return ((length - needed) / spread) ** 2


def _pause_cost(units: Sequence[Unit], last: int, phrases: Sequence[tuple[int, int]], index: int) -> float:
    if last in {0, len(units)} or index + 1 == len(phrases) or units[last - 1].ends == SENTENCE:
        return 0.0
    pause = (phrases[index + 1][0] - phrases[index][1]) / SAMPLE_RATE
    return (AFTER_PHRASE if units[last - 1].ends else IN_PHRASE) * min(pause / LONG_PAUSE, 1)


def _backwards(steps: Sequence[dict[int, int]], count: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    last = count
    for step in reversed(steps):
        first = step[last]
        found.append((first, last))
        last = first
    return found[::-1]
