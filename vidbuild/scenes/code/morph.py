"""Code that changes into other code: which lines are kept and move, which ones go and which ones come."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

MAX_LINES = 60  # of either code: more than a frame can show
MAX_PARTS = 40  # layers


class Part(NamedTuple):
    """Lines that do the same.

    kind: "keep", "gone" or "new".
    old, new: the indexes of the first line before and after; the one that does not apply is 0.
    """

    kind: str
    old: int
    new: int
    length: int


def parts(old: Sequence[str], new: Sequence[str]) -> list[Part]:
    """Return the parts of two codes, in their order."""
    found = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Part("keep", i, k, j - i))
            continue
        if j > i:
            found.append(Part("gone", i, 0, j - i))
        if m > k:
            found.append(Part("new", 0, k, m - k))
    return found
