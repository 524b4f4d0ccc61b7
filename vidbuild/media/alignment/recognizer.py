"""Finds the words of an English text in audio with pocketsphinx, the extra `align`."""

from __future__ import annotations

import array
import re
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from vidbuild.media.alignment import phones
from vidbuild.media.alignment.features import RATE, decimated
from vidbuild.media.text.words import EngineWord
from vidbuild.timebase import SAMPLE_RATE

FRAME = SAMPLE_RATE // 100
PACKAGE = "pocketsphinx"
# What a path through the audio may cost more than the best one; pocketsphinx's own limits lose long texts. Its second
# search over the words that it found can end before the last of them.
SEARCH = {"beam": 1e-80, "pbeam": 1e-80, "wbeam": 1e-60, "bestpath": False}
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")

Pronouncer = Callable[[Sequence[str]], Mapping[str, str]]
"""Returns word -> its phonemes in IPA."""


def stat_paths() -> Sequence[Path]:
    """Return the package's file, which an update replaces; none if it is not installed."""
    found = find_spec(PACKAGE)
    return [Path(found.origin)] if found and found.origin else []


def identity() -> str:
    """Return the package's version; "none" if it is not installed."""
    if not stat_paths():
        return "none"
    from importlib import metadata

    return f"{PACKAGE} {metadata.version(PACKAGE)}"


def align(text: str, samples: array.array[int], pronounce: Pronouncer) -> list[EngineWord] | None:
    """Return the words of a text with their times, each with its place in the text; None if they are not found.

    pronounce: for words that are not in pocketsphinx's dictionary.
    """
    words = [(match[0].lower().replace("’", "'"), match.start()) for match in _WORD.finditer(text.replace("’", "'"))]  # noqa: RUF001 - an apostrophe
    if not words or not stat_paths():
        return None
    decoder = _decoder()
    unknown = list(dict.fromkeys(word for word, _ in words if decoder.lookup_word(word) is None))
    for word, ipa in pronounce(unknown).items() if unknown else ():
        if spelled := phones.arpabet(ipa):
            decoder.add_word(word, spelled)
    known = [(word, at) for word, at in words if decoder.lookup_word(word) is not None]
    segments = _segments(decoder, [word for word, _ in known], samples)
    if len(segments) != len(known):
        return None
    return [
        EngineWord(text[at : at + len(word)], min(start * FRAME, len(samples)), min(end * FRAME, len(samples)), at)
        for (word, at), (start, end) in zip(known, segments, strict=True)
    ]


def _decoder() -> Any:  # noqa: ANN401 - pocketsphinx has no types
    from pocketsphinx import Decoder

    return Decoder(samprate=RATE, lm=None, loglevel="FATAL", **SEARCH)


def _segments(decoder: Any, words: Sequence[str], samples: array.array[int]) -> list[tuple[int, int]]:  # noqa: ANN401 - as above
    """Return the first frame of each word and the one after its last; none if the audio does not fit the text."""
    decoder.set_align_text(" ".join(words))
    decoder.start_utt()
    decoder.process_raw(decimated(samples).tobytes(), full_utt=True)
    decoder.end_utt()
    if decoder.hyp() is None:
        return []
    return [
        (segment.start_frame, segment.end_frame + 1)
        for segment in decoder.seg()
        if segment.word[0] not in "<[+"  # silence, noise and fillers
    ]
