"""Reads the captions of a built video anew, from its files alone, and checks them by the rules of docs/captions.md.

It shares no code with the maker of captions: it has parsers, widths and lists of its own. What was spoken it reads in
`NAME.timing.json`. `python -m tests.support.caption_checker VIDEO.srt...` prints a table.
"""

from __future__ import annotations

import html
import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

SHORTEST, SPEED, LINES, COLUMNS, EAST_ASIAN_COLUMNS = 800, 20, 2, 42, 40
GAP_FRAMES = 2
ROUNDING = 1  # milliseconds, as files have whole ones

NO_BREAK = "\u00a0\u202f\u2060\ufeff"
UNSPACED = (
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7ff"
    r"\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
EMOJI = r"[\U0001f300-\U0001faff\u2600-\u27bf]"
GLUED = "\u200d\ufe0f\u20e3"
REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff]")
SKIN = re.compile("[\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
THAI_LEADING = "เแโใไ"
MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # of direction, which are not in the spec
ABBREVIATIONS = re.compile(
    r"[(\"'“]*(e\.g|i\.e|cf|vs|approx|dr|mrs?|ms|st|prof|no|fig|jan|feb|aug|sept?|oct|nov|dec|z|d|bzw|vgl|ggf|evtl|hrn?"
    r"|abb|nr|kap|m|mme|sra|dott|bijv|рис)\.",
    re.IGNORECASE,
)
UNITS = re.compile("[kMGT]B|[kMG]Hz|[mck]?m|m?s|kg|°C|[%€]|fps|px|Uhr")


@dataclass(frozen=True)
class Cue:
    """A caption of a file: lines, and when they are shown, in milliseconds."""

    start: int
    end: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines as one text, as a warning quotes it."""
        return " ".join(self.lines)


@dataclass(frozen=True)
class Fault:
    """A rule that a caption breaks: the rule's name, and the caption's text."""

    rule: str
    text: str


def faults_of(srt: Path, *, line_length: int | None = None, speed: float = SPEED) -> list[Fault]:
    """Return all faults of the captions of a video. srt: beside the others of its files."""
    timing = json.loads(srt.with_suffix(".timing.json").read_text(encoding="utf-8"))
    cues = list(cues_of_srt(srt.read_text(encoding="utf-8")))
    others = list(cues_of_vtt(srt.with_suffix(".vtt").read_text(encoding="utf-8")))
    assert [(cue.start, cue.end, _plain(cue.text)) for cue in cues] == [
        (cue.start, cue.end, _plain(cue.text)) for cue in others
    ], f"{srt}: SubRip and WebVTT have other captions"
    is_east_asian = timing["language"].split("-")[0] in {"zh", "ja", "ko"}
    most = line_length or (EAST_ASIAN_COLUMNS if is_east_asian else COLUMNS)
    return [
        *_of_shape(others, most, speed, GAP_FRAMES * 1000 / timing["fps"]),
        *_of_breaks(others, timing["scenes"], most),
    ]


def cues_of_srt(text: str) -> Iterator[Cue]:
    """Yield the captions of a SubRip file."""
    for number, block in enumerate(re.split(r"\n\n", text.strip("\n")) if text.strip() else (), 1):
        first, times, *lines = block.split("\n")
        assert first == str(number), f"caption {number} has the number {first}"
        yield Cue(*_times(times, ","), tuple(lines))


def cues_of_vtt(text: str) -> Iterator[Cue]:
    """Yield the captions of a WebVTT file."""
    head, *blocks = text.strip("\n").split("\n\n")
    assert head.startswith("WEBVTT")
    for block in blocks:
        if block.startswith(("NOTE", "STYLE", "REGION")):
            continue
        times, *lines = block.split("\n")
        plain = re.sub(r"</?(?:v|lang|b|i|c)(?:[ .][^>]*)?>", "", "\n".join(lines))
        assert "<" not in plain, f"a tag that is not known: {plain}"
        yield Cue(*_times(times, "."), tuple(MARKS.sub("", html.unescape(plain)).split("\n")))


def columns(text: str) -> int:
    """Return the columns of a text: two for a wide character, none for one without a width of its own."""
    found, joined = 0, False
    for letter in text:
        if letter == "\u200d":
            joined = True
        elif unicodedata.category(letter) in {"Mn", "Me", "Cf"} or SKIN.match(letter) or joined:
            joined = False
        else:
            found += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
    return found


def unreported(faults: Iterable[Fault], messages: Iterable[str]) -> list[Fault]:
    """Return the faults whose caption no warning of captions names."""
    quoted = " ".join(message for message in messages if message.startswith("captions "))
    return [fault for fault in faults if _plain(fault.text)[:24] not in _plain(quoted)]


def _times(line: str, point: str) -> tuple[int, int]:
    found = re.fullmatch(
        rf"(\d\d+):(\d\d):(\d\d){re.escape(point)}(\d\d\d) --> (\d\d+):(\d\d):(\d\d){re.escape(point)}(\d\d\d)", line
    )
    assert found, line
    hours, minutes, seconds, rest, *end = map(int, found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest, ((end[0] * 60 + end[1]) * 60 + end[2]) * 1000 + end[3]


def _plain(text: str) -> str:
    """Return a text without spaces and invisible characters, and with ordinary braces."""
    return "".join(
        unicodedata.normalize(
            "NFKC", re.sub("[\u2060\u200b\u00ad\u200e\u200f\u2066-\u2069\u202a-\u202e]", "", text)
        ).split()
    )


def _of_shape(cues: Sequence[Cue], most: int, speed: float, gap: float) -> Iterator[Fault]:
    for cue in cues:
        if not 0 < len(cue.lines) <= LINES:
            yield Fault("lines", cue.text)
        if any(columns(line) > most for line in cue.lines):
            yield Fault("width", cue.text)
        if cue.end - cue.start < SHORTEST - ROUNDING:
            yield Fault("short", cue.text)
        if cue.end <= cue.start or sum(map(columns, cue.lines)) * 1000 / (cue.end - cue.start) >= speed + 0.5:
            yield Fault("speed", cue.text)
    for before, after in pairwise(cues):
        if after.start - before.end < gap - 2 * ROUNDING:
            yield Fault("gap", before.text)


def _of_breaks(cues: Sequence[Cue], scenes: Sequence[dict[str, Any]], most: int) -> Iterator[Fault]:
    """Yield the faults of line ends; raise if the captions of a scene are not what is spoken in it."""
    for scene in scenes:
        shown = [cue for cue in cues if scene["start"] * 1000 - ROUNDING <= cue.start < scene["end"] * 1000 - ROUNDING]
        spoken = "".join(
            word["text"] if word.get("joined") or not index else f" {word['text']}"
            for index, word in enumerate(scene["words"])
        ).replace("\u00ad", "")
        at = 0
        for cue in shown:
            for nth, line in enumerate(cue.lines):
                start, at = _found(line, spoken, at, is_first=nth == 0)
                if start and (rule := _broken(spoken, start, most)):
                    yield Fault(rule, cue.text)
        assert not shown or not spoken[at:].strip(), f"captions lack '{spoken[at:]}'"


def _found(line: str, spoken: str, at: int, *, is_first: bool) -> tuple[int, int]:
    """Return where a line starts and ends in what is spoken, from a place on; a speaker's name is not spoken."""
    while at < len(spoken) and spoken[at].isspace():
        at += 1
    candidates = [line]
    if is_first:
        candidates += [line[match.end() :] for match in re.finditer(r": |^- ?", line)]
    for candidate in candidates:
        if spoken.startswith(candidate, at):
            return at, at + len(candidate)
    raise AssertionError(f"captions have '{line}' where '{spoken[at : at + 60]}' is spoken")


def _broken(spoken: str, at: int, most: int) -> str:
    """Return the rule that a line end before a place breaks; "" if none."""
    before, after = spoken[:at], spoken[at:]
    gap = before[len(before.rstrip()) :]
    if any(letter in NO_BREAK for letter in (*gap, after[0], before[-1])):
        return "no-break space"
    if unicodedata.category(after[0])[0] == "M" or before[-1] in THAI_LEADING:
        return "syllable"
    return _of_words(before.split()[-1], after.split()[0]) if gap else _inside(before, after, most)


def _of_words(left: str, right: str) -> str:
    """Return the rule that a line end between two words breaks."""
    if ABBREVIATIONS.fullmatch(left):
        return "abbreviation"
    is_grouped = re.fullmatch(r"\d{1,3}", left) and re.match(r"\d{3}\b", right)
    has_unit = re.fullmatch(r"[\d.,]*\d", left) and UNITS.fullmatch(right.rstrip(".,;:!?"))
    return "number" if is_grouped or has_unit else ""


def _inside(before: str, after: str, most: int) -> str:
    """Return the rule that a line end without a space breaks; a text that is wider than a line has to be divided."""
    if after[0] in GLUED or before[-1] in GLUED[:1] or SKIN.match(after) or _splits_flag(before, after):
        return "emoji"
    text = before.rsplit(maxsplit=1)[-1] + after.split(maxsplit=1)[0]
    if columns(text) > most and not re.search(f"{UNSPACED}$", before):
        return ""
    if re.search(r"\d[.,:]?$", before) and re.match(r"[.,:]?\d", after):
        return "number"
    may_end = re.search(f"(?:{UNSPACED}|{EMOJI}|[—\u200b\ufe0f])$", before) or re.match(f"{UNSPACED}|{EMOJI}", after)
    return "" if may_end else "word"


def _splits_flag(before: str, after: str) -> bool:
    count = 0
    while count < len(before) and REGIONAL.match(before[-1 - count]):
        count += 1
    return bool(count % 2 and REGIONAL.match(after))


def table(files: Iterable[Path]) -> Iterator[str]:
    """Yield the lines of a table of the captions of videos: how many, the widest, fastest and shortest, and faults."""
    yield "| captions | count | widest line | fastest | shortest | faults |"
    yield "|---|---|---|---|---|---|"
    for path in files:
        cues = list(cues_of_vtt(path.with_suffix(".vtt").read_text(encoding="utf-8")))
        if cues:
            widest = max(columns(line) for cue in cues for line in cue.lines)
            fastest = max(sum(map(columns, cue.lines)) * 1000 / (cue.end - cue.start) for cue in cues)
            shortest = min(cue.end - cue.start for cue in cues) / 1000
            faults = ", ".join(f"{fault.rule}: {fault.text}" for fault in faults_of(path)) or "none"
            yield f"| {path} | {len(cues)} | {widest} | {fastest:.1f} | {shortest:.2f} s | {faults} |"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in table(map(Path, sys.argv[1:])))
