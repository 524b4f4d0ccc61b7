"""Whether the text of a recording can be what is spoken in it, by how long that would take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vidbuild.media.text.align import spoken_weight
from vidbuild.media.text.words import Speech, Token
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.timeline.params import TimelineParams
from vidbuild.timeline.spoken import utterances_of

# Letters a second (media/text/align.py) between pauses. In 16 languages and texts of numbers and abbreviations, espeak
# speaks 4 at half its rate and 57 at twice its rate.
SLOWEST, FASTEST = 2.0, 70.0
REST = 3.0  # seconds of other sounds that a recording may have
# Where the times of a recording's words come from, right text or not.
FOUND = frozenset({"recognizer", "warped"})
FIELD = "narration.text"
HINT = "write what is spoken in the recording, all of it"


def warnings(params: TimelineParams, speeches: Sequence[Speech]) -> Iterator[tuple[str, str, str]]:
    """Yield field, message and hint for each recording for which its text is far too long or too short."""
    for index, (_, tokens, speech) in enumerate(utterances_of(params, speeches)):
        field = f"narration.{index}.text" if params.utterances else FIELD
        yield from ((field, *each) for each in _warnings(tokens, speech))


def _warnings(tokens: Sequence[Token], speech: Speech) -> Iterator[tuple[str, str]]:
    if (speech.words and speech.source not in FOUND) or not speech.phrases:
        return
    seconds = sum(end - start for start, end in speech.phrases) / SAMPLE_RATE
    weight = spoken_weight(tokens)
    size = "too long" if weight > FASTEST * seconds else "too short" if weight < SLOWEST * (seconds - REST) else ""
    if size:
        words = "1 word" if len(tokens) == 1 else f"{len(tokens)} words"
        yield f"the text is {size} for its recording: {words} for {seconds:.1f} s of speech", HINT
