"""Recordings of terminals: a scene for each part, with what was typed as its heading."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from vidbuild.create.importers.cast import recording, typed
from vidbuild.create.importers.cast.recording import TerminalRecording
from vidbuild.create.importers.cast.typed import Typed
from vidbuild.create.source import phrases
from vidbuild.create.source.outline import Outline, Recording, Section, Speech
from vidbuild.create.source.protocol import Source, SourceError

SHORT = 30.0  # seconds: a recording that plays longer gets a scene for each command
MIN_PART = 4.0  # seconds that a scene plays, if it has no comment to be spoken
MAX_NAMED = 60  # characters of commands in a heading
_COMMENT = re.compile(r"#+\s+(?=\S)")


class CastImporter:
    """Parts between markers, behind typed comments, or by command."""

    name = "cast"
    summary = "recordings of terminals: asciicast 1, 2 and 3"
    endings: Collection[str] = (".cast", ".json")
    network = False

    def recognizes(self, source: Source) -> bool:
        """Only some JSON files are recordings."""
        if source.path.suffix.lower() == ".cast" or source.kind == self.name:
            return True
        try:
            return recording.is_recording(source.text())
        except SourceError:
            return False

    def read(self, source: Source) -> Outline:
        """Return the parts of a recording."""
        found = recording.read(source.text(), source)
        title = found.title or phrases.title_of(re.sub(r"\.v[123]$", "", source.path.stem))
        parts = list(_parts(found))
        sections = [Section(title, (), name="(title)", source_text=title)]
        sections += [_section(part, found, source, title) for part in parts]
        return Outline(title, tuple(sections), paced=True).named()


@dataclass(frozen=True, slots=True)
class _Part:
    """start, end: seconds. label: of its marker; spoken: the comments in it; commands: the others."""

    start: float
    end: float
    label: str
    spoken: tuple[str, ...]
    commands: tuple[str, ...]


def _parts(found: TerminalRecording) -> Iterator[_Part]:
    lines = typed.typed_lines(found)
    markers = [(event.seconds, event.data.strip()) for event in found.events if event.kind == "m"]
    comments = [line for line in lines if _COMMENT.match(line.text)]
    if markers:
        starts = [(0.0, ""), *markers]
    elif len(comments) > 1:
        starts = [(0.0, ""), *((line.start, "") for line in comments)]
    elif found.played(0.0, found.end) > SHORT:
        starts = [(0.0, ""), *((line.start, "") for line in lines)]
    else:
        starts = [(0.0, "")]
    for start, end, label in _merged(starts, found, lines):
        own = [line.text for line in _within(lines, start, end if end < found.end else math.inf)]
        spoken = tuple(_COMMENT.sub("", each) for each in own if _COMMENT.match(each))
        yield _Part(start, end, label, spoken, tuple(each for each in own if not _COMMENT.match(each)))


def _merged(
    starts: Sequence[tuple[float, str]], found: TerminalRecording, lines: Sequence[Typed]
) -> Iterator[tuple[float, float, str]]:
    """Yield the parts that have something to show: one without joins the next one, unless a marker parts them."""
    begun: float | None = None
    for nth, (start, label) in enumerate(starts):
        last = nth + 1 == len(starts)
        end = found.end if last else starts[nth + 1][0]
        first = start if begun is None else begun
        prints = any(event.kind == "o" for event in found.between(first, end))
        speaks = any(_COMMENT.match(line.text) for line in _within(lines, first, end))
        marked = bool(label) or (not last and bool(starts[nth + 1][1]))
        short = not marked and not speaks and found.played(first, end) < MIN_PART
        if not last and (not prints or short):
            begun = first
            continue
        begun = None
        if end > first:
            yield first, end, label


def _within(lines: Sequence[Typed], start: float, end: float) -> Sequence[Typed]:
    """Return the lines whose typing begins in a part."""
    first, last = (bisect_left(lines, each, key=lambda line: line.start) for each in (start, end))
    return lines[first:last]


def _section(part: _Part, found: TerminalRecording, source: Source, title: str) -> Section:
    heading = part.label or _listed(part.commands)
    block = Recording(source.path, round(part.start, 3), 0.0 if part.end >= found.end else round(part.end, 3))
    printed = "".join(event.data for event in found.between(part.start, part.end if block.end else math.inf))
    speech = " ".join(each for each in part.spoken if each != title)  # the title has been spoken
    name = part.label or " ".join(part.spoken)[:MAX_NAMED] or heading or "(recording)"
    blocks = (block, Speech(speech)) if speech else (block,)
    return Section(heading, blocks, source_text=f"{block.start} {block.end}\n{printed}", name=name)


def _listed(commands: Sequence[str]) -> str:
    """Return as many of the commands as a heading has room for."""
    found = ""
    for each in commands:
        name = f"`{each}`" if "`" not in each else each
        longer = f"{found}, {name}" if found else name
        if len(longer) > MAX_NAMED:
            break
        found = longer
    return found or (commands[0][: MAX_NAMED - 1].rstrip() + "\u2026" if commands else "")
