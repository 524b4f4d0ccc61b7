"""A terminal's line as its template draws it: each part at its column, and as many columns wide as in a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from vidbuild import columns
from vidbuild.scenes import isolation
from vidbuild.scenes.command.style import PLAIN, Style

# A text whose characters take one column each, or a text that is shaped as a whole and its columns.
Part = str | list[str | int]

# Scripts whose letters take part in each other's shape.
_SHAPED = re.compile("[\u0700-\u10ff\u1200-\u1dff\u1780-\u18af\ua800-\uabff]")


def parts(line: str, run: re.Pattern[str]) -> list[Part]:
    """Divide a line into the parts that are drawn one by one.

    run: how right-to-left text is isolated: see `isolation.spans`.
    """
    found: list[Part] = []
    at = 0
    for start, end in isolation.spans(line, run):
        _add(found, line[at:start])
        found.append([isolation.isolated(line, start, end), columns.width(line[start:end])])
        at = end
    _add(found, line[at:])
    return found


def styled(line: Iterable[tuple[str, Style]], run: re.Pattern[str]) -> list[Any]:
    """Return the parts of a line whose texts have styles: {"parts", "style"} for each text that is not plain."""
    found: list[Any] = []
    for text, style in line:
        if style == PLAIN:
            found += parts(text, run)
        else:
            found.append({"parts": parts(text, run), "style": style.to_data()})
    return found


def _add(found: list[Part], text: str) -> None:
    shaped = False
    for character in columns.graphemes(text):
        width = columns.width(character)
        before = found[-1] if found else None
        joins, shaped = shaped, bool(_SHAPED.match(character))
        if shaped and joins and isinstance(before, list):
            found[-1] = [f"{before[0]}{character}", int(before[1]) + width]
        elif shaped or width != 1 or len(character) > 1:
            found.append([character, width])
        elif isinstance(before, str) and before.isascii() == character.isascii():
            found[-1] = before + character
        else:
            found.append(character)
