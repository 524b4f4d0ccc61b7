"""Tapes of VHS: the commands that they type. What these print is not known before they run."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from vidbuild.create.source import phrases
from vidbuild.create.source.outline import Block, Command, Commands, Omission, Outline, Section
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.location import Location

MAX_COMMANDS = 6  # of one scene
MAX_REPEAT = 1000
# A text in one kind of quotes, a theme in braces, or a word with its speed.
_TOKEN = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`|\{[^{}]*\}|#[^\n]*|[^\s\"'`{}#]+|[\"'`{}]")
_KEY = re.compile(r"(?:Ctrl|Alt|Shift)\+\S+$")
_WORD = re.compile(r"([A-Z][A-Za-z]+)(?:@\S+)?$")
_QUOTES = "\"'`"
_UNCLOSED = _QUOTES + "{}"
_KEYS = {"Down", "Escape", "PageUp", "PageDown"}  # of programs that fill the terminal


class TapeImporter:
    """A scene for each few commands."""

    name = "tape"
    summary = "tapes of VHS"
    endings: Collection[str] = (".tape",)
    network = False

    def recognizes(self, source: Source) -> bool:
        """No other kind has the ending."""
        return source.path.suffix.lower() in self.endings

    def read(self, source: Source) -> Outline:
        """Return the commands of a tape."""
        reading = _Reading(source)
        reading.run(source.text())
        if not reading.commands:
            raise SourceError(f"'{source.address}' types no command and presses Enter")
        title = phrases.title_of(source.path.stem)
        sections = [Section(title, (), name="(title)", source_text=title), *_sections(reading.commands, reading.shell)]
        omissions = (*reading.omissions, Omission("the outputs, which a tape does not have: add them to the commands"))
        return Outline(title, tuple(sections), omissions=omissions, paced=True).named()


class _Reading:
    """Follows the keys of a tape up to each Enter."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._line = ""
        self._hidden = False
        self.commands: list[tuple[int, str]] = []
        self.omissions: list[Omission] = []
        self.shell = ""
        self._program = ""  # that fills the terminal, so that it gets what is typed

    def run(self, text: str) -> None:
        """Read a whole tape."""
        previous = ""
        setting = ""
        place, line = 0, 1
        for match in _TOKEN.finditer(text):
            line, place = line + text.count("\n", place, match.start()), match.start()
            token = match[0]
            if token.startswith("#"):
                continue
            if len(token) == 1 and token in _UNCLOSED:
                column = match.start() - text.rfind("\n", 0, match.start())
                raise SourceError(
                    f"a text has no closing {token}", Location(self._source.address, line, column, column)
                )
            if token[0] in _QUOTES:
                if previous == "Type":
                    self._line += token[1:-1]
                elif setting == "Shell":
                    self.shell = token[1:-1]
                continue
            if token.isdigit():
                self._press(previous, min(int(token), MAX_REPEAT) - 1, line)
                continue
            word = _WORD.match(token)
            if previous == "Set" and word:
                setting, previous = word[1], ""
            elif _KEY.match(token) or word:
                previous = word[1] if word else token
                setting = ""
                self._press(previous, 1, line)

    def _press(self, key: str, count: int, line: int) -> None:
        if key in {"Hide", "Show"}:
            self._hidden = key == "Hide"
        elif key == "Space":
            self._line += " " * count
        elif key == "Backspace":
            self._line = self._line[: len(self._line) - count] if count else self._line
        elif key in {"Ctrl+C", "Ctrl+D", "Ctrl+U"}:
            self._line = self._program = ""
        elif key in _KEYS and self.commands and not self._program:
            self._line, self._program = "", self.commands[-1][1]
            self.omissions.append(Omission(f"the keys that are pressed in '{self._program}'", line))
        elif key == "Enter" and count:
            command, self._line = self._line.strip(), ""
            if self._program:
                return
            if command and self._hidden:
                self.omissions.append(Omission(f"the hidden command '{command}'", line))
            elif command:
                self.commands.append((line, command))


def _sections(commands: list[tuple[int, str]], shell: str) -> Iterator[Section]:
    for first in range(0, len(commands), MAX_COMMANDS):
        part = commands[first : first + MAX_COMMANDS]
        blocks: tuple[Block, ...] = (Commands(tuple(Command(run=run) for _, run in part), shell),)
        text = "\n".join(run for _, run in part)
        yield Section("", blocks, line=part[0][0], source_text=text, name=part[0][1])
