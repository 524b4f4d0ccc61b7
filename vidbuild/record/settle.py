"""What a terminal shows of an output in the end, whatever was overwritten on the way."""

from __future__ import annotations

from vidbuild.scenes.command import sequences
from vidbuild.scenes.command.screen import Screen
from vidbuild.scenes.command.style import Style, runs
from vidbuild.scenes.command.transcript import COLUMNS

MAX_LINES = 1000  # of a command's output: a video shows far fewer

Line = tuple[tuple[str, Style], ...]


class TooManyLinesError(Exception):
    """An output has more than MAX_LINES lines."""


def settled(output: str) -> list[Line]:
    """Return the lines that an output leaves on the screen. Raises TooManyLinesError."""
    screen = Screen((COLUMNS, MAX_LINES + 2))  # the row of the cursor after the last line, and one that must stay free
    for index, line in enumerate(output.split("\n")):
        screen.write(f"\n{line}" if index else line)
        if screen.cursor[0] > MAX_LINES:
            raise TooManyLinesError
    lines = [tuple(runs(row)) for row in screen.rows]
    while lines and not any(text.strip() for text, _ in lines[-1]):
        lines.pop()
    return lines


def printed(output: str) -> str:
    """Return the text of an output without control sequences, each blank and line end as one blank."""
    text = "".join(
        match["text"] if match["text"] is not None else " " if (match["control"] or "") in {"\n", "\r", "\t"} else ""
        for match in sequences.PART.finditer(output)
    )
    return " ".join(text.split())
