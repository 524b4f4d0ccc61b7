"""Estimate when something appears or disappears in a scene, before anything is spoken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from vidbuild.frozen import replaced
from vidbuild.media.text import spoken_length
from vidbuild.media.text.align import align
from vidbuild.media.text.spoken_length import Pace
from vidbuild.media.text.words import TimedWord
from vidbuild.model import Narration, Scene
from vidbuild.scenes.registry import reveals_of
from vidbuild.timebase import SAMPLE_RATE, samples
from vidbuild.timeline.mentions import mentions, spoken_at
from vidbuild.timeline.reveal_times import reveal_times

TYPED = 1 / 18  # seconds of a typed character, about


def longest(scene: Scene, narration: Narration | None, language: str, seconds: float) -> tuple[float, float]:
    """Return the longest time without a change in a scene of this many seconds: its start and its length in seconds.

    The scene has nothing that moves or plays all the time.
    """
    words = _words(scene, narration)
    marks = ((at, at) for at in _marks(scene, narration, words, language))
    changes = sorted([*_reveals(scene, narration, words, language, seconds), *marks])
    still, found = 0.0, (0.0, 0.0)
    for begin, end in [*changes, (seconds, seconds)]:
        found = max(found, (still, min(begin, seconds) - still), key=lambda span: span[1])
        still = max(still, end)
    return found


def _words(scene: Scene, narration: Narration | None) -> list[TimedWord]:
    """Return about when each word is spoken, in samples from the scene's start."""
    if narration is None:
        return []
    begin = samples(scene.pause_before)
    speech = spoken_length.speech(narration.tokens, Pace(scene.voice.rate, narration.pauses))
    return [replaced(each, start=begin + each.start, end=begin + each.end) for each in align(narration.tokens, speech)]


def _cues(narration: Narration | None, words: Sequence[TimedWord]) -> dict[str, int]:
    """Return cue -> its sample."""
    if narration is None or not words:
        return {}
    return {name: words[at].start if at < len(words) else words[-1].end for name, at in narration.cues.items()}


def _reveals(
    scene: Scene, narration: Narration | None, words: Sequence[TimedWord], language: str, seconds: float
) -> Iterator[tuple[float, float]]:
    """Yield the seconds at which each reveal begins and ends."""
    reveals = reveals_of(scene)
    mentioned = [each.token for each in mentions(reveals, narration.tokens if narration else (), language)]
    span = (words[0].start, words[-1].end) if words else (0, samples(seconds) * 3 // 4)
    end = 0.0
    for reveal, at in zip(reveals, reveal_times(reveals, mentioned, words, _cues(narration, words), span), strict=True):
        begin = max(at / SAMPLE_RATE, end if reveal.after_previous else 0.0)
        lasting = max(reveal.lasting, reveal.characters * TYPED, *(after for _, after in reveal.sequence), 0.0)
        end = begin + lasting
        yield begin, end


def _marks(scene: Scene, narration: Narration | None, words: Sequence[TimedWord], language: str) -> Iterator[float]:
    """Yield the seconds at which callouts and overlays appear and disappear."""
    cues = _cues(narration, words)
    times = [(each.at, each.until) for each in scene.callouts] + [(each.at, each.until) for each in scene.overlays]
    for time in chain.from_iterable(times):
        if isinstance(time, str):
            token = spoken_at(time, narration.tokens, language) if narration and time not in cues else None
            at = cues.get(time, words[token].start if token is not None else None)
            if at is not None:
                yield at / SAMPLE_RATE
        elif time is not None:
            yield time
