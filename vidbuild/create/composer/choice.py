"""Which scenes fit into a video of a given length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

USUAL = 150.0  # seconds: about as long as people watch how something is done


@dataclass(frozen=True, slots=True)
class Candidate:
    """A scene that could be in the video.

    worth: to a viewer, from 0 to 1.
    section: the part of the source it is from.
    is_first: whether it is its section's first scene, which the others of it need.
    """

    seconds: float
    worth: float
    section: str
    is_first: bool


def chosen(
    candidates: Sequence[Candidate], seconds: float | None, scenes: int | None, kept: Collection[int] = ()
) -> list[int]:
    """Return the indexes of the scenes that are worth most together, in their order; the first is always there.

    Without a length and a number, everything of a short document is there, and of a long one what fits into USUAL.

    kept: indexes of scenes that are there in any case.
    """
    limit = float("inf") if seconds is None and scenes is not None else seconds or USUAL
    most = scenes or len(candidates)
    taken = set(kept)
    used = sum(candidates[index].seconds for index in taken)
    seen = dict(Counter(candidates[index].section for index in taken))
    while len(taken) < most:
        best, value = None, 0.0
        for index, each in enumerate(candidates):
            if index in taken or (taken and used + each.seconds > limit * 1.05):
                continue
            if not each.is_first and each.section not in seen:
                continue
            # Another scene of a section is worth less than the next one's first, and late ones less than early ones.
            worth = each.worth * 0.6 ** seen.get(each.section, 0) * (1 - 0.3 * index / len(candidates))
            worth = 2.0 if index == 0 else worth
            if worth > value:
                best, value = index, worth
        if best is None:
            break
        taken.add(best)
        used += candidates[best].seconds
        seen[candidates[best].section] = seen.get(candidates[best].section, 0) + 1
    return sorted(taken)
