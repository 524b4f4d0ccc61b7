"""Reads the captions of a video, and finds those that are hard to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from vidbuild import columns
from vidbuild.create.importers.captions import timed_text
from vidbuild.create.importers.captions.cues import Cue
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.media.text.caption_rules import COLUMNS, GAP_FRAMES, SHORTEST, SPEED
from vidbuild.timebase import SAMPLE_RATE

LINES = 2  # of a caption
_SHORTEST = SHORTEST / SAMPLE_RATE  # seconds
_ROUNDING = 0.0015  # seconds: formats have whole milliseconds
_BITMAPS = frozenset({"dvd_subtitle", "dvb_subtitle", "hdmv_pgs_subtitle", "xsub"})
_TEXT_LENGTH = 60


class Problem(NamedTuple):
    """A rule that a caption breaks. at: seconds; text: how the caption begins."""

    at: float
    rule: str
    message: str
    text: str


def sidecar(path: str) -> dict[str, Any]:
    """Return the captions of a file. Raises SourceError if it cannot be read, with the line."""
    source = Source("captions", path, Path(path).parent)
    return {"source": path, "language": None, "checked": True, "cues": _cues(source.text(), source)}


def soft(path: Path, number: int, stream: Mapping[str, Any], seconds: float, env: Mapping[str, str]) -> dict[str, Any]:
    """Return the captions of a subtitle track, counted from 0, of a media file."""
    name = f"stream {stream['index']}"
    found = {"source": name, "language": stream["language"], "checked": False, "cues": []}
    if stream["codec"] in _BITMAPS:
        return found
    done = ffmpeg.capture(
        [*ffmpeg.untrusted_input(path.absolute()), "-map", f"0:s:{number}", "-f", "srt", "-"],
        cwd=path.absolute().parent,
        env=env,
        timeout=seconds,
        what=f"read the captions of '{path.name}'",
        check=False,
    )
    if done.code:
        return found
    source = Source("captions", f"{path}: {name}", path.parent)
    try:
        return {**found, "checked": True, "cues": _cues(done.output.decode("utf-8", "replace"), source)}
    except SourceError:  # ffmpeg's own output: a text in it looks like times
        return found


def _cues(text: str, source: Source) -> list[list[Any]]:
    """Return start, end and text of each caption, in the order of their times; voices of one caption are its lines."""
    merged: dict[int, list[Cue]] = {}
    for cue in timed_text.read(text, source).cues:
        merged.setdefault(cue.line, []).append(cue)
    cues = [[each[0].start, each[0].end, "\n".join(cue.text for cue in each)] for each in merged.values()]
    return sorted(cues, key=lambda cue: cue[0])


def problems(cues: Sequence[Sequence[Any]], duration: float, fps: float) -> list[Problem]:
    """Return the rules that captions break.

    duration: of the video in seconds. fps: its frame rate, 0 if it has none.
    """
    found: list[Problem] = []
    for index, (start, end, text) in enumerate(cues):
        following = cues[index + 1][0] if index + 1 < len(cues) else None
        broken = [*_layout(text), *_time(start, end, text, duration), *_gap(end, following, fps)]
        found += [Problem(round(start, 3), rule, message, _shortened(text)) for rule, message in broken]
    return found


def _layout(text: str) -> Iterator[tuple[str, str]]:
    lines = text.split("\n")
    if len(lines) > LINES:
        yield "lines", f"has {len(lines)} lines: the maximum is {LINES}"
    widest = max(map(columns.width, lines))
    if widest > COLUMNS:
        yield "width", f"a line has {widest} columns: the maximum is {COLUMNS}"


def _time(start: float, end: float, text: str, duration: float) -> Iterator[tuple[str, str]]:
    length = end - start
    if length <= 0:
        yield "order", f"ends at {end:.3f} s, before it starts"
        return
    if length + _ROUNDING < _SHORTEST:
        yield "short", f"is shown for {length:.2f} s: the minimum is {_SHORTEST:g} s"
    speed = sum(map(columns.width, text.split("\n"))) / (length + _ROUNDING)
    if speed > SPEED:
        yield "speed", f"has {speed:.1f} characters a second: the maximum is {SPEED}"
    if end > duration + _ROUNDING:
        yield "late", f"ends at {end:.3f} s, after the video, which lasts {duration:.3f} s"


def _gap(end: float, following: float | None, fps: float) -> Iterator[tuple[str, str]]:
    if following is None:
        return
    gap = following - end
    if gap < -_ROUNDING:
        yield "overlap", f"is still shown when the next one starts, at {following:.3f} s"
    elif fps and _ROUNDING < gap < GAP_FRAMES / fps - _ROUNDING:
        yield "gap", f"ends {gap:.3f} s before the next one: expected no gap, or {GAP_FRAMES} frames"


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TEXT_LENGTH else line[: _TEXT_LENGTH - 3] + "..."
