"""The words, cues and utterances of a narration in samples from the scene's start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from vidbuild.frozen import dataclass, field, replaced
from vidbuild.media.text import spoken_length
from vidbuild.media.text.align import align
from vidbuild.media.text.cue_times import estimated_cues, place_cues
from vidbuild.media.text.words import Speech, TimedWord, Token
from vidbuild.timeline.params import TimelineParams, UtteranceParams


@dataclass(frozen=True, slots=True)
class TimedUtterance:
    """What one speaker says at a time. voice: the one that spoke; words: how many."""

    speaker: str
    voice: str
    start: int
    end: int
    words: int

    def to_data(self) -> dict[str, Any]:
        """As JSON values."""
        return {"speaker": self.speaker, "voice": self.voice, "start": self.start, "end": self.end, "words": self.words}


@dataclass(frozen=True, slots=True)
class TimedSpeech:
    """A narration in time.

    estimated: cues without a sure time.
    utterances: of a list; the words of each follow those of the one before.
    """

    words: tuple[TimedWord, ...] = ()
    cues: Mapping[str, int] = field(default_factory=dict)
    begin: int = 0
    end: int = 0
    estimated: tuple[str, ...] = ()
    utterances: tuple[TimedUtterance, ...] = ()


def timed_speech(params: TimelineParams, speeches: Sequence[Speech]) -> TimedSpeech:
    """Return when everything is spoken. speeches: that of each utterance; none in a silent scene."""
    if not speeches:
        return TimedSpeech()
    words: list[TimedWord] = []
    cues: dict[str, int] = {}
    estimated: list[str] = []
    utterances: list[TimedUtterance] = []
    end = params.pause_before
    for part, tokens, speech in utterances_of(params, speeches):
        start = end + part.pause
        aligned = align(tokens, speech)
        words += (replaced(word, start=start + word.start, end=start + word.end) for word in aligned)
        placed = place_cues(part.cues, aligned, speech.samples, part.anchors)
        cues.update({name: start + at for name, at in placed.items()})
        estimated += estimated_cues(part.cues, aligned)
        end = start + speech.samples
        utterances.append(TimedUtterance(part.speaker, speech.voice, start, end, len(aligned)))
    listed = tuple(utterances) if params.utterances else ()
    return TimedSpeech(tuple(words), cues, utterances[0].start, end, tuple(estimated), listed)


def utterances_of(
    params: TimelineParams, speeches: Sequence[Speech]
) -> Iterator[tuple[UtteranceParams, Sequence[Token], Speech]]:
    """Yield each utterance with its words and its speech; a narration that is no list is one, silence is none."""
    if not speeches:
        return
    whole = UtteranceParams(words=len(params.narration), cues=params.cues, anchors=params.anchors)
    first = 0
    for part, speech in zip(params.utterances or (whole,), speeches, strict=True):
        yield part, params.narration[first : first + part.words], speech
        first += part.words


def estimated_speeches(params: TimelineParams) -> list[Speech]:
    """Return what would be spoken for each utterance, of a draft; of any other video, none.

    An estimate is no reason to reject a limit that the spoken narration may keep: a longer one is spoken faster.
    """
    if not params.paces:
        return []
    parts = params.utterances or (UtteranceParams(words=len(params.narration)),)
    ends = list(accumulate(each.words for each in parts))
    tokens = [params.narration[end - each.words : end] for each, end in zip(parts, ends, strict=True)]
    paces = list(zip(tokens, params.paces, strict=True))
    limit = params.duration
    if limit is None and params.max_duration is not None:
        limit = params.max_duration - params.pause_after
    if limit is not None:
        silence = params.pause_before + sum(each.pause for each in parts)
        room = limit - silence - sum(length for pace in params.paces for _, length in pace.pauses)
        spoken = sum(spoken_length.samples(words, replaced(pace, pauses=())) for words, pace in paces)
        if spoken > room > 0:
            faster = -(-spoken * 100 // (room - len(paces))) / 100 if room > len(paces) else 1.0
            paces = [(words, replaced(pace, rate=pace.rate * faster)) for words, pace in paces]
    return [spoken_length.speech(words, pace) for words, pace in paces]
