"""Cues of captions: their markup, their order, and what of them is said once although it is shown several times."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

from vidbuild.create.source.outline import Omission

ADJACENT = 0.1  # seconds between cues that follow each other without a pause
FLASH = 0.3  # seconds: a shorter cue cannot be read, and only moves the text of others
MIN_ROLLS = 2
ROLLING = 0.2  # share of cues that repeat lines of the one before and add to them, in captions that roll
_TAGS = "a|b|big|bold|em|font|i|italic|p|ruby|s|small|span|strike|strong|sub|sup|tt|u|underline"  # of players
# "a <b and c> d" has no tag: only tags of WebVTT have a text without "=" behind their names.
_KNOWN = re.compile(
    rf"</?(?:{_TAGS})(?:\.[^\s<>]*)?(?:\s[^<>=]*=[^<>]*|\s*)/?>|</?(?:c|lang|v)(?:[.\s][^<>]*)?>|<\d[\d:.]*>",
    re.IGNORECASE,
)
_ANY = re.compile(r"</?[A-Za-z][^<>]*>|</?>|<\d[\d:.]*>")
_BREAK = re.compile(r"<br\s*/?>|\\[Nn]|\[br\]", re.IGNORECASE)
_RUBY = re.compile(r"<rt\b[^<>]*>[^<]*</rt>", re.IGNORECASE)
_OVERRIDE = re.compile(r"\{\\[^{}]*\}")
_LABEL = re.compile(r"\[([^\[\]]{1,40})\]:\s*(?=\S)")
_CAPITALS = re.compile(r"([A-Z][A-Z0-9 .'-]{1,30}):\s+(?=\S)")
_NAMES = re.compile(r"((?:[^\W\d_][\w.'\u2019-]*)(?: [^\W\d_][\w.'\u2019-]*){0,3}):\s+(?=\S)")
_SOUND = re.compile(r"(?<![\w\])])\[[^\[\]]*\]|^\([^()]*\)$|^\([A-Z][A-Z ,.'-]+\)(?=\s)")
_HYPHEN = re.compile(r"(?<=[^\W\d_])-\n(?=[^\W\d_])")  # of a word that goes on in the next line
_NOTES = re.compile("[\u2669-\u266c]")  # around what is sung
_NUMBERED = re.compile(r"(?i:speaker)[_ ]0*(\d{1,4})$")
_TURN = re.compile(r"^(?:>{2,}|[-\u2013\u2014](?=\s?\w))\s*")


@dataclass(frozen=True, slots=True)
class Cue:
    """What captions show at one time.

    start, end: in seconds; both 0 if the source has no times.
    text: lines, without markup.
    line: in the source, counted from 1; 0 if it has none.
    speaker: "" if the source names none.
    turn: whether another speaker begins, even if no name is given.
    """

    start: float
    end: float
    text: str
    line: int = 0
    speaker: str = ""
    turn: bool = False

    @property
    def lines(self) -> list[str]:
        """The lines that have a text."""
        return [line for line in self.text.split("\n") if line]


def plain(text: str, *, any_tag: bool = False) -> str:
    """Return the text of a cue without its markup. any_tag: whether the format has no text between angle brackets."""
    text = _OVERRIDE.sub("", _BREAK.sub("\n", _RUBY.sub("", text)))
    text = html.unescape((_ANY if any_tag else _KNOWN).sub("", text))
    lines = (
        " ".join(re.sub(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]", "", line).split())
        for line in text.split("\n")
    )
    return "\n".join(line for line in lines if line)


def clipped(cues: Sequence[Cue]) -> Iterator[Cue]:
    """Yield cues that end when the next one begins: captions that roll stay while the next ones are spoken."""
    for cue, later in zip_longest(cues, cues[1:]):
        yield replace(cue, end=later.start) if later and cue.start < later.start < cue.end else cue


def cleaned(cues: Sequence[Cue]) -> tuple[list[Cue], list[Omission]]:
    """Return the cues in the order of their times, each text once, by turn, and what of them is no speech."""
    omissions: list[Omission] = []
    spoken: list[Cue] = []
    for cue in said_once(sorted(cues, key=lambda each: each.start)):
        reversed_times = 0 < cue.end < cue.start
        if reversed_times:
            omissions.append(Omission("the end of a cue, which is before its start", cue.line))
        spoken += _turns(replace(cue, end=cue.start) if reversed_times else cue)
    label = _label(spoken)
    found = []
    for cue in spoken:
        named = _named(cue, label)
        text = " ".join(_NOTES.sub(" ", _SOUND.sub(" ", _HYPHEN.sub("-", named.text))).split())
        omissions += [Omission(f"the sound '{sound}'", cue.line) for sound in _SOUND.findall(named.text)]
        if text:
            found.append(replace(named, text=text))
    return found, omissions


def _named(cue: Cue, label: re.Pattern[str] | None) -> Cue:
    """Return a cue without the label of its speaker, who is named by it."""
    match = label.match(cue.text) if label else None
    if match is None:
        return cue
    name = match[1].title() if match[1].isupper() else match[1]
    return replace(cue, speaker=name, text=cue.text[match.end() :], turn=True)


def _label(cues: Sequence[Cue]) -> re.Pattern[str] | None:
    """Return the form of speakers' names in the texts: HOST, if one comes again; First Speaker, if most have one."""
    for label, share in ((_CAPITALS, 0.0), (_NAMES, 0.5)):
        names = Counter(match[1] for cue in cues if (match := label.match(cue.text)))
        if names and names.most_common(1)[0][1] > 1 and names.total() >= share * len(cues):
            return label
    return None


def said_once(cues: Sequence[Cue]) -> Iterator[Cue]:
    """Yield the cues with the lines that the cues before them do not show already; real repeats stay."""
    rolls = sum(_rolls(before, cue) for before, cue in pairwise(cues))
    rolling = rolls >= max(MIN_ROLLS, ROLLING * len(cues))
    before: Cue | None = None
    for cue in cues:
        lines = cue.lines
        if not lines:
            continue
        if before is not None and before.speaker == cue.speaker:
            if rolling and cue.start - before.end <= ADJACENT:
                lines = _added(before.lines, lines)
            elif cue.lines == before.lines and _is_one(before, cue):
                lines = []
        before = cue
        if lines:
            yield replace(cue, text="\n".join(lines))


def _rolls(before: Cue, cue: Cue) -> bool:
    """Return whether a cue begins with the end of the one before, and adds to it."""
    if not cue.lines or not before.lines or cue.start - before.end > ADJACENT:
        return False
    return _added(before.lines, cue.lines) not in ([], cue.lines)


def _added(before: Sequence[str], lines: Sequence[str]) -> list[str]:
    """Return the lines that are new: behind the longest end of those before, or behind a line that has grown."""
    for count in range(min(len(before), len(lines)), 0, -1):
        if list(before[-count:]) == list(lines[:count]):
            return list(lines[count:])
    if before and lines and lines[0].startswith(before[-1] + " "):
        return [lines[0][len(before[-1]) :].strip(), *lines[1:]]
    return list(lines)


def _is_one(before: Cue, cue: Cue) -> bool:
    """Return whether two cues with one text show what is said once: at one time, or too shortly to be read."""
    timed = cue.end > 0
    overlap = cue.start < before.end - ADJACENT
    flash = cue.start - before.end <= ADJACENT and min(before.end - before.start, cue.end - cue.start) < FLASH
    return timed and (overlap or flash)


def named(speaker: str) -> str:
    """Return a speaker's name as it is shown; programs that know voices apart write SPEAKER_01."""
    match = _NUMBERED.match(speaker)
    return f"Speaker {int(match[1])}" if match else " ".join(speaker.split())


def _turns(cue: Cue) -> Iterator[Cue]:
    """Yield the parts of a cue, one for each speaker."""
    parts: list[Cue] = []
    for line in cue.lines:
        match = _TURN.match(line)
        text = line[match.end() :] if match else line
        label = _LABEL.match(text)
        speaker = label[1] if label else cue.speaker
        text = text[label.end() :] if label else text
        if parts and not match and not label:
            parts[-1] = replace(parts[-1], text=f"{parts[-1].text}\n{text}")
        elif text:
            parts.append(replace(cue, text=text, speaker=named(speaker), turn=cue.turn or match is not None))
    yield from parts
