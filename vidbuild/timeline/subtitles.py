"""When the subtitles in the picture are visible: each page while its words are spoken, and which of them is lit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from vidbuild import timebase
from vidbuild.frozen import dataclass, field
from vidbuild.media.render.motion import NEVER, Effect, Track
from vidbuild.media.text.boundaries import is_letter
from vidbuild.media.text.words import TimedWord
from vidbuild.timeline.spoken import TimedSpeech
from vidbuild.timeline.subtitle_params import SUBTITLE, SubtitleParams

# Seconds.
PAUSE = 1.5  # a longer silence is no part of a page
AFTER = 0.5  # for which a page stays then
SHORT_REST = 0.6  # in which a word stays lit until the next one

NOTHING_LIT = "no word is lit: the voice reports no times of words, and a search in the audio found none"


@dataclass(frozen=True, slots=True)
class Subtitles:
    """The tracks of the layers of subtitles, and a warning as (code, field, message) if no word can be lit."""

    tracks: dict[str, Track] = field(default_factory=dict)
    warnings: tuple[tuple[str, str, str], ...] = ()


def page_layer(page: int) -> str:
    """Return the name of the layer of a page."""
    return f"{SUBTITLE}{page}"


def word_layer(page: int, word: int) -> str:
    """Return the name of the layer of a lit word, counted from the first of its page."""
    return f"{SUBTITLE}{page}-{word}"


def subtitles(params: SubtitleParams, timed: TimedSpeech, frames: int, fps: int) -> Subtitles:
    """Return when the pages are visible. frames: the scene's length."""
    words = timed.words
    spans = list(_spans(params.starts, words, frames, fps))
    tracks = {page_layer(index): _track(first, end, frames) for index, (first, end) in enumerate(spans)}
    known = False
    for index, (begin, last) in enumerate(pairwise([*params.starts, len(words)]) if params.lit else ()):
        own = words[begin:last]
        has_times = any(word.source != "spread" for word in own)
        known = known or has_times
        spoken = lit(own, spans[index], fps) if has_times else [(0, 0)] * len(own)
        for word, (first, end) in enumerate(spoken):
            tracks[word_layer(index, word)] = _track(first, end, frames)
    warnings = (("VB221", "subtitles", NOTHING_LIT),) if params.lit and words and not known else ()
    return Subtitles(tracks, warnings)


def _spans(starts: Sequence[int], words: Sequence[TimedWord], frames: int, fps: int) -> Iterator[tuple[int, int]]:
    """Yield the first frame of each page and the one at which it disappears."""
    parts = [words[begin:last] for begin, last in pairwise([*starts, len(words)])]
    begins = [timebase.frame_at(part[0].start, fps) for part in parts]
    for part, begin, until in zip(parts, begins, [*begins[1:], frames], strict=True):
        spoken = timebase.frame_at(max(word.end for word in part), fps)
        stays = until - spoken <= timebase.frames(PAUSE, fps)
        yield begin, until if stays else spoken + timebase.frames(AFTER, fps)


def lit(words: Sequence[TimedWord], page: tuple[int, int], fps: int) -> Iterator[tuple[int, int]]:
    """Yield the first frame at which each word of a page is lit, and the first at which it is not."""
    begins = [timebase.frame_at(word.start, fps) for word in words]
    for index, word in enumerate(words):
        if word.end <= word.start or not any(map(is_letter, word.text)):
            yield 0, 0
            continue
        until = next((at for at in begins[index + 1 :] if at > begins[index]), page[1])
        ended = timebase.frame_at(word.end, fps)
        rests = until - ended <= timebase.frames(SHORT_REST, fps)
        yield begins[index], min(until if rests else ended, page[1])


def _track(first: int, end: int, frames: int) -> Track:
    if end <= first or first >= frames:
        return Track(enter=NEVER)
    return Track(Effect(first, 0, "cut") if first else None, Effect(end, 0, "cut") if end < frames else None)
