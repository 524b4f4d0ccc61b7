"""What was typed in a recording: from its prompts and echoes, or from its input."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidbuild.create.importers.cast.recording import TerminalRecording

if TYPE_CHECKING:
    from vidbuild.scenes.command.cast import Event

MAX_COMMAND = 400  # characters
MAX_LINE = 4000  # characters of a line that is followed, and changes of it
_PROMPT = re.compile(r"(?:[$#%>\u276f\u00bb\u279c\u03bb])[ \u00a0]?$")
_TOKEN = re.compile(
    r"\x1b\](?:[^\x07\x1b]|\x1b(?!\\)){0,2000}(?:\x07|\x1b\\)"  # a title
    r"|\x1b\[(?P<args>[0-9;?<=>]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b[()#][0-9A-Za-z]|\x1b."
    r"|(?P<control>[\x00-\x1f\x7f])"
    r"|(?P<text>[^\x00-\x1f\x7f\x1b]+)",
    re.DOTALL,
)
_SCREEN = {"?1049", "?1047", "?47"}  # of programs that fill the terminal


@dataclass(frozen=True, slots=True)
class Typed:
    """A line that was typed, and when its typing began and ended."""

    text: str
    start: float
    end: float


def typed_lines(recording: TerminalRecording) -> list[Typed]:
    """Return the lines that were typed: those behind a prompt, else the lines of input that the terminal printed."""
    if found := list(_Echo(recording.columns).lines(recording.events)):
        return found
    # What was typed and not printed may be a password.
    printed = _TOKEN.sub(
        lambda match: match["text"] or match["control"] or "",
        "".join(e.data for e in recording.events if e.kind == "o"),
    )
    ends = tuple(line.rstrip() for line in printed.split("\n"))
    return [each for each in _input(recording.inputs) if any(line.endswith(each.text) for line in ends)]


class _Echo:
    """Follows the line of the cursor: what is added to a prompt, bit by bit, was typed."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._line: list[str] = []
        self._at = 0
        self._full = False  # whether a program fills the terminal
        self._seen: list[tuple[float, str]] = []  # the line after each event that changed it
        self._prompts: set[str] = set()

    def lines(self, events: tuple[Event, ...]) -> Iterator[Typed]:
        """Yield what was typed, line by line."""
        for event in events:
            if event.kind != "o":
                continue
            for match in _TOKEN.finditer(event.data):
                if match["control"] == "\n" and not self._full:
                    yield from self._finished(event.seconds)
                    self._line, self._at, self._seen = [], 0, []
                else:
                    self._apply(match)
            text = "".join(self._line)
            if (
                not self._full
                and len(self._seen) < MAX_LINE
                and text.strip()
                and (not self._seen or self._seen[-1][1] != text)
            ):
                self._seen.append((event.seconds, text))

    def _finished(self, seconds: float) -> Iterator[Typed]:
        text = "".join(self._line)
        for nth, (start, before) in enumerate(self._seen):
            if not _PROMPT.search(before) or not text.startswith(before):
                continue
            # A line of output may look like one behind a prompt, but it comes at once.
            command = text[len(before) :].strip()
            if command and (len(self._seen) > nth + 2 or before in self._prompts) and len(command) <= MAX_COMMAND:
                if before.strip() == ">" and self._prompts - {before}:  # goes on with a command
                    return
                self._prompts.add(before)
                first = self._seen[nth + 1][0] if nth + 1 < len(self._seen) else seconds
                yield Typed(command, max(first, start), seconds)
            return

    def _apply(self, match: re.Match[str]) -> None:
        if match["text"]:
            if not self._full:
                self._write(match["text"])
        elif match["control"] == "\b":
            self._at = max(self._at - 1, 0)
        elif match["control"] == "\r":
            self._at = max(self._at - 1, 0) // self._columns * self._columns
        elif match["final"]:
            self._move(match["args"], match["final"])

    def _write(self, text: str) -> None:
        room = max(MAX_LINE - self._at, 0)
        text = text[:room]
        self._line += " " * (self._at - len(self._line))
        self._line[self._at : self._at + len(text)] = text
        self._at += len(text)

    def _move(self, args: str, final: str) -> None:
        first = args.partition(";")[0]
        count = min(int(first), MAX_LINE) if first.isdigit() else 0
        if final in "hl" and first in _SCREEN:
            self._full = final == "h"
        elif final in {"K", "J"} and not self._full:
            if count == 0:
                del self._line[self._at :]
            elif count == 2:  # noqa: PLR2004 - all of the line
                self._line = []
        elif final == "C":
            self._at = min(self._at + max(count, 1), MAX_LINE)
        elif final == "D":
            self._at = max(self._at - max(count, 1), 0)
        elif final == "P":
            del self._line[self._at : self._at + max(count, 1)]
        elif final == "@":
            self._line[self._at : self._at] = " " * max(min(count, 200), 1)


def _input(events: tuple[Event, ...]) -> Iterator[Typed]:
    """Yield the lines of the input that was recorded."""
    line, start = "", 0.0
    for event in events:
        for match in _TOKEN.finditer(event.data):
            if match["text"]:
                start = start if line else event.seconds
                line += match["text"]
            elif match["control"] in {"\x7f", "\b"}:
                line = line[:-1]
            elif match["control"] in {"\x03", "\x15"}:
                line = ""
            elif match["control"] in {"\r", "\n"}:
                if line.strip() and len(line) <= MAX_COMMAND:
                    yield Typed(line.strip(), start, event.seconds)
                line = ""
