"""Limits on what a video has, and what of it is beyond them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

_SPANS = (
    ("black", "video", "max_black", "is black"),
    ("frozen", "video", "max_frozen", "does not change"),
    ("silent", "audio", "max_silent", "is silent"),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a video may have; None does not limit it.

    min_duration, max_duration: in seconds.
    min_loudness, max_loudness: integrated loudness in LUFS. max_peak: true peak in dBTP.
    max_black, max_frozen, max_silent: the longest span of each kind in seconds.
    max_offset: how far speech may begin from the time in the timing file, in seconds.
    max_caption_problems, max_chapter_problems: how many broken rules are accepted.
    """

    min_duration: float | None = None
    max_duration: float | None = None
    min_loudness: float | None = None
    max_loudness: float | None = None
    max_peak: float | None = None
    max_black: float | None = None
    max_frozen: float | None = None
    max_silent: float | None = None
    max_offset: float | None = None
    max_caption_problems: int | None = None
    max_chapter_problems: int | None = None

    def or_else(self, others: Limits) -> Limits:
        """Return these limits, with the others in place of those that are None."""
        missing = {each.name: getattr(others, each.name) for each in fields(self) if getattr(self, each.name) is None}
        return replace(self, **missing)


# What --strict checks: for a narrated video at the loudness that vidbuild builds by default, -16 LUFS.
STRICT = Limits(
    min_loudness=-18.0,
    max_loudness=-14.0,
    max_peak=-1.0,
    max_black=2.0,
    max_frozen=12.0,
    max_silent=4.0,
    max_offset=0.2,
    max_caption_problems=0,
    max_chapter_problems=0,
)


def problems(facts: Mapping[str, Any], limits: Limits) -> list[dict[str, str]]:
    """Return what is beyond the limits, as `limit` and `message`; damage always is.

    facts: from vidbuild.api.inspect.
    """
    found: list[tuple[str, str]] = []
    if facts["damaged"]:
        found.append(("damaged", facts["damaged"]))
    found += _duration(facts["duration"], limits)
    if facts["audio"] is not None:
        found += _loudness(facts["audio"], limits)
    for name, kind, limit, what in _SPANS:
        found += _spans(facts[kind], name, limit, getattr(limits, limit), what)
    found += _offsets(facts, limits.max_offset)
    found += _counts(facts, limits)
    return [{"limit": limit, "message": message} for limit, message in found]


def _duration(seconds: float, limits: Limits) -> Iterator[tuple[str, str]]:
    if limits.min_duration is not None and seconds < limits.min_duration:
        yield "min_duration", f"lasts {seconds:.3f} s: the minimum is {limits.min_duration:g} s"
    if limits.max_duration is not None and seconds > limits.max_duration:
        yield "max_duration", f"lasts {seconds:.3f} s: the maximum is {limits.max_duration:g} s"


def _loudness(audio: Mapping[str, Any], limits: Limits) -> Iterator[tuple[str, str]]:
    loudness, peak = audio["loudness"], audio["peak"]
    if limits.min_loudness is not None and (loudness is None or loudness < limits.min_loudness):
        got = "the audio is silent" if loudness is None else f"loudness is {loudness:.1f} LUFS"
        yield "min_loudness", f"{got}: the minimum is {limits.min_loudness:g} LUFS"
    if limits.max_loudness is not None and loudness is not None and loudness > limits.max_loudness:
        yield "max_loudness", f"loudness is {loudness:.1f} LUFS: the maximum is {limits.max_loudness:g} LUFS"
    if limits.max_peak is not None and peak is not None and peak > limits.max_peak:
        yield "max_peak", f"true peak is {peak:.1f} dBTP: the maximum is {limits.max_peak:g} dBTP"


def _spans(
    facts: Mapping[str, Any] | None, name: str, limit: str, longest: float | None, what: str
) -> Iterator[tuple[str, str]]:
    if facts is None or longest is None:
        return
    for span in facts[name]:
        length = span["end"] - span["start"]
        if length > longest:
            at = f"from {span['start']:.2f} to {span['end']:.2f} s"
            yield limit, f"{what} for {length:.2f} s, {at}: the maximum is {longest:g} s"


def _offsets(facts: Mapping[str, Any], longest: float | None) -> Iterator[tuple[str, str]]:
    if longest is None:
        return
    if facts["timing_problem"]:
        yield "max_offset", facts["timing_problem"]
    for each in facts["sync"]:
        if each["offset"] is None:
            if each["missing"]:
                yield "max_offset", f"scene '{each['scene']}': {each['problem']}"
        elif abs(each["offset"]) > longest:
            begins = f"speech begins {abs(each['offset']):.2f} s {'late' if each['offset'] > 0 else 'early'}"
            yield "max_offset", f"scene '{each['scene']}': {begins}: the maximum is {longest:g} s"


def _counts(facts: Mapping[str, Any], limits: Limits) -> Iterator[tuple[str, str]]:
    broken = [f"{track['source']}: {_caption(each)}" for track in facts["captions"] for each in track["problems"]]
    for name, most, messages in (
        ("max_caption_problems", limits.max_caption_problems, broken),
        ("max_chapter_problems", limits.max_chapter_problems, facts["chapter_problems"]),
    ):
        if most is not None and len(messages) > most:
            yield from ((name, message) for message in messages)


def _caption(problem: Mapping[str, Any]) -> str:
    return f"caption at {problem['at']:.3f} s {problem['message']}: '{problem['text']}'"
