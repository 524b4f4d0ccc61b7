"""The text of a recording as it is compared and read by people: settled, masked, without styles."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from vidbuild.scenes.command.masks import Mask, lines_of, masked, plain
from vidbuild.scenes.command.transcript import Ran

MAX_DIFF = 40  # lines of a difference that are shown


@dataclass(frozen=True, slots=True)
class Difference:
    """The first command that prints something else; command: its index; line: of the recording's text."""

    command: int
    line: int
    diff: tuple[str, ...]


def text(commands: Sequence[Ran], masks: Sequence[Mask]) -> str:
    """Return the text of a recording."""
    return "".join(f"{line}\n" for each in commands for line in _lines(each, masks))


def difference(old: Sequence[Ran], new: Sequence[Ran], masks: Sequence[Mask], name: str) -> Difference | None:
    """Return how the text of two recordings of the same commands differs; None if it does not.

    name: of the file with the text.
    """
    start = 1
    for index, (before, after) in enumerate(zip(old, new, strict=True)):
        was, now = _lines(before, masks), _lines(after, masks)
        if was != now:
            other = (at for at, (a, b) in enumerate(zip(was, now, strict=False)) if a != b)
            line = start + next(other, min(len(was), len(now)))
            one, two = (text(each, masks).splitlines() for each in (old, new))
            diff = list(difflib.unified_diff(one, two, name, "now", lineterm=""))
            shown = diff[:MAX_DIFF] + ([f"… {len(diff) - MAX_DIFF} more lines"] if len(diff) > MAX_DIFF else [])
            return Difference(index, line, tuple(shown))
        start += len(was)
    return None


def is_shown_as(commands: Sequence[Ran], masks: Sequence[Mask]) -> bool:
    """Return whether a recording shows what its masks put into the video."""
    shown = [mask for mask in masks if mask.shown]
    return all(list(masked(line, shown)) == list(line) for each in commands for line in lines_of(each.output))


def _lines(ran: Ran, masks: Sequence[Mask]) -> list[str]:
    first, *more = ran.run.split("\n")
    status = [f"[exit {ran.status}]"] if ran.status else []
    outputs = [plain(masked(line, masks)) for line in lines_of(ran.output)]
    return [f"$ {first}", *(f"> {line}" for line in more), *outputs, *status]
