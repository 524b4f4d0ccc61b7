"""WebVTT, SubRip and SBV: a line of times, and lines of text below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from vidbuild.create.importers.captions.cues import Cue, plain
from vidbuild.create.source.outline import Omission
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.location import Location

_TIME = r"(?:(\d{1,6}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,9}))?"
_ARROW = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$")
_COMMA = re.compile(rf"\s*{_TIME}\s*,\s*{_TIME}\s*$")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]*)>|</v>", re.IGNORECASE)
_HEADER = re.compile(r"(Kind|Language|[A-Z][A-Za-z-]*):\s*(.*)$")
_BLOCKS = ("NOTE", "STYLE", "REGION")


@dataclass(slots=True)
class Captions:
    """What a file of captions has."""

    cues: list[Cue] = field(default_factory=list)
    omissions: list[Omission] = field(default_factory=list)
    title: str = ""
    language: str = ""


def read(text: str, source: Source) -> Captions:
    """Return the captions of a file in one of the three formats. Raises SourceError."""
    is_vtt = text.startswith("WEBVTT")
    reading = _Reading(Captions(), is_vtt=is_vtt)
    lines = text.split("\n")
    first = _header(lines, reading.captions) if is_vtt else 0
    for number, line in enumerate(lines[first:], first + 1):
        if times := _times(line, number, source, is_vtt=is_vtt, in_text=reading.inside):
            reading.begin(times, number)
        elif not line.strip():
            reading.pause()
        else:
            reading.add(number, line)
    reading.end()
    return reading.captions


class _Reading:
    """Collects lines to cues. Without a blank line between them, a cue's text ends at the next line of times."""

    def __init__(self, captions: Captions, *, is_vtt: bool) -> None:
        self.captions = captions
        self.inside = False
        self._is_vtt = is_vtt
        self._times: tuple[float, float] | None = None
        self._line = 0
        self._body: list[str] = []
        # Lines behind a blank one: the name of the next cue, a note, or in SubRip more of the text.
        self._loose: list[tuple[int, str]] = []

    def begin(self, times: tuple[float, float], line: int) -> None:
        """Begin a cue."""
        if self._loose:
            self._loose.pop()  # its name
        elif self.inside and self._body and self._body[-1].strip().isdigit():
            self._body.pop()
        self.end()
        self._times, self._line, self._body, self.inside = times, line, [], True

    def add(self, number: int, line: str) -> None:
        """Add a line of text."""
        if self.inside:
            self._body.append(line)
        else:
            self._loose.append((number, line))

    def pause(self) -> None:
        """Read a blank line."""
        self.inside = False
        if self._is_vtt:
            self._settle()

    def end(self) -> None:
        """End a cue."""
        self._settle()
        if self._times is not None:
            text = "\n".join(self._body)
            self.captions.cues.extend(_voices(*self._times, text, self._line, any_tag=self._is_vtt))

    def _settle(self) -> None:
        """Find a place for lines that are no cue's name."""
        lost = self._loose and (self._is_vtt or self._times is None)
        if lost and not (self._is_vtt and self._loose[0][1].startswith(_BLOCKS)):
            self.captions.omissions.append(Omission("a text outside of all cues", self._loose[0][0]))
        elif not lost:
            self._body.extend(line for _, line in self._loose)
        self._loose.clear()


def _header(lines: list[str], captions: Captions) -> int:
    """Read what is above the cues of WebVTT, and return how many lines it has."""
    captions.title = lines[0].removeprefix("WEBVTT").strip(" \t-\u2013:")
    for number, line in enumerate(lines[1:], 1):
        if not line.strip() or "-->" in line:
            return number
        if (match := _HEADER.match(line)) and match[1].casefold() == "language":
            captions.language = match[2].strip()
        if match and match[1].casefold() == "title":
            captions.title = match[2].strip()
    return len(lines)


def _times(line: str, number: int, source: Source, *, is_vtt: bool, in_text: bool) -> tuple[float, float] | None:
    match = _ARROW.match(line) or (None if is_vtt or in_text else _COMMA.match(line))
    if match:
        return _seconds(match.groups()[:4]), _seconds(match.groups()[4:])
    if "-->" in line and re.match(r"\s*[\d:.,]*\s*-->", line):
        location = Location(source.address, number, 1, max(len(line), 1))
        raise SourceError(f"wrong times: expected '00:00:01.000 --> 00:00:02.500', got '{line.strip()[:60]}'", location)
    return None


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + float(f"0.{fraction or 0}")


def _voices(start: float, end: float, text: str, line: int, *, any_tag: bool) -> Iterator[Cue]:
    """Yield a cue for each voice span of a text."""
    speaker = ""
    place = 0
    for match in [*_VOICE.finditer(text), None]:
        if part := plain(text[place : match.start() if match else len(text)], any_tag=any_tag):
            yield Cue(start, end, part, line, speaker)
        if match:
            speaker, place = plain(match[1] or ""), match.end()
