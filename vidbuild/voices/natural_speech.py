"""Speaks a narration with a natural voice: sentences to phonemes, phonemes to samples, and the time of each word."""

from __future__ import annotations

import array
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from vidbuild.errors import StepError
from vidbuild.media.audio import wav
from vidbuild.media.text.words import EngineWord, Speech
from vidbuild.voices import espeak_scripts, levels, natural_ipa, natural_model, natural_times, natural_voices
from vidbuild.voices.natural_times import TimedPiece
from vidbuild.voices.protocol import SpeechRequest

if TYPE_CHECKING:
    import numpy as np

    from vidbuild.voices.natural_model import Model

# The seed of the model's noise: the same samples each time.
SEED = 0

# The model's peaks reach 0.75 of full scale in a dozen sentences; this leaves room for higher ones.
LEVEL = 0.6

# The model was trained on sentences of fewer phonemes: longer ones are divided, after a phrase if possible.
MOST_PHONEMES = 400

# The library has no names for numbers of more digits: they are spoken digit by digit.
LONG_NUMBER = re.compile(r"\d(?:,?\d){14,}")

# It reads only so many letters of a word that its dictionary does not have: a longer one is spoken in parts.
LETTERS = 24
LONG_WORD = re.compile(rf"[^\W\d_]{{{LETTERS + 1},}}")

# Around a part of the text whose sounds are given.
OPENING, CLOSING = " ([\"'“‘", " )]\"'”’.,;:!?…"  # noqa: RUF001 - quotation marks

PAUSES = frozenset(",;:—.!?…")


@dataclass(frozen=True)
class _Piece:
    """A token of the library's reader. at: where it is in the text; spaced: a space follows."""

    text: str
    phonemes: str
    at: int
    spaced: bool


def speak(request: SpeechRequest) -> Speech:
    """Write a narration to `request.wav_path`; return its length and the times of its words."""
    import numpy as np

    voice = natural_voices.voices()[request.voice]
    model = natural_model.load(voice, request.files.get("model", voice.path))
    sentences = list(_sentences(model, request))
    _warn_of_unspoken(request, sentences)
    noise = np.random.default_rng(SEED)
    parts: list[np.ndarray[Any, Any]] = []
    timed: list[TimedPiece] = []
    length, known = 0, True
    for chunk in (chunk for sentence in sentences for chunk in _chunks(sentence)):
        ids, places = _ids(model, chunk)
        spoken = model.speak(ids, request.rate / 100, request.pitch, noise)
        known = known and bool(spoken.lengths)
        if known:
            spans = [(each.at, each.phonemes, *place) for each, place in zip(chunk, places, strict=True)]
            timed += natural_times.timed_pieces(spans, spoken.lengths, length)
        parts.append(spoken.samples)
        length += len(spoken.samples)
    if not parts:
        raise StepError("nothing in this narration can be spoken", field="narration")
    floats = np.concatenate(parts) * (LEVEL * wav.MAX_SAMPLE)
    words = natural_times.words(floats, timed) if known else []
    rounded = np.rint(np.clip(floats, -wav.MAX_SAMPLE, wav.MAX_SAMPLE)).astype("<i2")
    samples, cut = wav.trim(wav.from_bytes(rounded.tobytes()))
    if not samples:
        raise StepError(f"the voice 'natural:{request.voice}' makes no sound of this narration", field="voice")
    levels.write(request.wav_path, samples, request.scratch, request.env)
    return Speech(_shifted(words, request.text, cut, samples), len(samples), source="model" if known else "")


def _shifted(
    words: Sequence[tuple[int, int, int]], text: str, cut: int, samples: array.array[int]
) -> tuple[EngineWord, ...]:
    def moved(sample: int) -> int:
        return min(max(sample - cut, 0), len(samples))

    return tuple(EngineWord(text[at:].split(maxsplit=1)[0], moved(start), moved(end), at) for at, start, end in words)


def _warn_of_unspoken(request: SpeechRequest, sentences: Sequence[Sequence[_Piece]]) -> None:
    """Warn of words that the captions show and the voice leaves out, beside those that the spec's checks name."""
    known = {word for _, word in espeak_scripts.not_latin(request.text)}
    silent = (each.text for pieces in sentences for each in pieces if not _has_sound(each.phonemes))
    for word in dict.fromkeys(each for each in silent if any(map(_is_spoken, each)) and each not in known):
        request.on_warning(f"the voice 'natural:{request.voice}' leaves out '{word}', which captions show")


def _is_spoken(character: str) -> bool:
    """Return whether a character is one that people speak: a letter, a digit or a sign of mathematics."""
    return character.isalnum() or unicodedata.category(character) == "Sm"


def _has_sound(phonemes: str) -> bool:
    return not natural_times.NO_SOUNDS.issuperset(phonemes)


# Text to phonemes.


def _sentences(model: Model, request: SpeechRequest) -> Iterator[list[_Piece]]:
    """Yield each sentence as tokens with their phonemes and their places in the text."""
    begin, text = 0, request.text
    british = natural_voices.voices()[request.voice].british
    sounds = [(start, end, natural_ipa.phonemes(ipa, british=british)) for start, end, ipa in request.ipa]
    for sentence in model.split_sentences(text):
        begin = text.index(sentence, begin)
        own = [(start - begin, end - begin, each) for start, end, each in sounds if 0 <= start - begin < len(sentence)]
        yield list(_sounded(list(_pieces(model, sentence, begin, own)), begin, own))
        begin += len(sentence)


def _sounded(pieces: Sequence[_Piece], begin: int, sounds: Sequence[tuple[int, int, str]]) -> Iterator[_Piece]:
    """Yield the pieces, with the sounds that are given in place of their own."""
    left = list(sounds)
    missing = end = 0  # characters of the part that the last sounds were for, and where it ends
    for piece in pieces:
        size = len(piece.text.replace(" ", ""))
        at = max(piece.at, end)
        if missing > 0:
            missing -= size
            yield _Piece(piece.text, "", piece.at, piece.spaced)
        elif left and left[0][0] <= at - begin < left[0][1] and _has_sound(piece.phonemes):
            start, stop, phonemes = left.pop(0)
            missing, end = stop - start - size, begin + stop
            yield _Piece(piece.text, phonemes, piece.at, piece.spaced)
        else:
            yield _Piece(piece.text, piece.phonemes, at, piece.spaced)


def _apart(sentence: str, sounds: Sequence[tuple[int, int, str]]) -> str:
    """Return the sentence with spaces around the parts whose sounds are given, which makes them tokens of their own."""
    for start, end, _ in reversed(sounds):
        before = " " if sentence[start - 1 : start].strip(OPENING) else ""
        after = " " if sentence[end : end + 1].strip(CLOSING) else ""
        sentence = f"{sentence[:start]}{before}{sentence[start:end]}{after}{sentence[end:]}"
    return sentence


def _pieces(model: Model, sentence: str, begin: int, sounds: Sequence[tuple[int, int, str]]) -> Iterator[_Piece]:
    text = _apart(sentence, sounds)
    text = LONG_NUMBER.sub(lambda match: " ".join(re.sub(r"\D", "", match[0])), text)
    text = LONG_WORD.sub(lambda match: _divided(model, match[0]), text)
    normal, tokens = _read(model, text)
    places, at = _Places(normal, sentence), 0
    for index, token in enumerate(tokens):
        at = max(normal.find(token.text, at), at)
        known = "".join(each for each in token.phonemes or "" if each in model.vocabulary)
        yield _Piece(token.text, known, begin + places.place(at), bool(token.whitespace) or index + 1 == len(tokens))
        at += len(token.text)


def _divided(model: Model, word: str) -> str:
    """Return a long word in parts that the reader reads to their ends; one of the dictionary as it is."""
    lexicon = model.reader.lexicon
    if any(word.lower() in words for words in (lexicon.golds, lexicon.silvers)):
        return word
    return " ".join(word[first : first + LETTERS] for first in range(0, len(word), LETTERS))


def _read(model: Model, sentence: str) -> tuple[str, list[Any]]:
    """Return a sentence with its numbers, units and abbreviations as words, and the tokens of that with phonemes."""
    from hibari.g2p.normalize import normalize

    try:
        normal = normalize(sentence)
        return normal, model.reader.phonemize_tokens(model.reader.tokenize(normal)) if normal else []
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        message = f"the natural voice cannot read '{sentence}' ({type(error).__name__}: {error})"
        raise StepError(message, hint="write it as it is spoken", field="narration") from error


class _Places:
    """Where the parts of a text are in the one that it was made of, by words that both have."""

    def __init__(self, text: str, source: str) -> None:
        self._same = text == source
        self._starts = [match.start() for match in re.finditer(r"\S+", text)]
        sources = [match.start() for match in re.finditer(r"\S+", source)]
        matcher = SequenceMatcher(None, text.split(), source.split(), autojunk=False)
        self._to: list[tuple[int, bool]] = []
        for kind, first, last, begin, end in [] if self._same else matcher.get_opcodes():
            for index in range(first, last):
                nearest = begin + (index - first) * max(1, end - begin) // max(1, last - first)
                self._to.append((sources[min(nearest, len(sources) - 1)], kind == "equal"))

    def place(self, at: int) -> int:
        """Return the place for one in the text; that of the whole word if the words differ."""
        if self._same:
            return at
        word = max(0, bisect_right(self._starts, at) - 1)
        place, equal = self._to[word]
        return place + at - self._starts[word] if equal else place


# Phonemes to what the model takes.


def _chunks(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """Yield what the model speaks at once: a sentence, or parts of one that is too long."""
    chunk: list[_Piece] = []
    for piece in _short(pieces):
        if chunk and sum(len(each.phonemes) + each.spaced for each in chunk) + len(piece.phonemes) > MOST_PHONEMES:
            cut = next((index for index in range(len(chunk), 0, -1) if _ends_phrase(chunk[index - 1])), len(chunk))
            yield from _audible(chunk[:cut])
            chunk = chunk[cut:]
        chunk.append(piece)
    yield from _audible(chunk)


def _short(pieces: Sequence[_Piece]) -> Iterator[_Piece]:
    """Yield the pieces, of one that is too long its parts, since it must be spoken all the same."""
    for piece in pieces:
        for first in range(0, max(1, len(piece.phonemes)), MOST_PHONEMES):
            part = piece.phonemes[first : first + MOST_PHONEMES]
            yield _Piece(piece.text, part, piece.at, piece.spaced)


def _audible(chunk: list[_Piece]) -> Iterator[list[_Piece]]:
    if any(_has_sound(piece.phonemes) for piece in chunk):
        yield chunk


def _ends_phrase(piece: _Piece) -> bool:
    return piece.spaced and bool(piece.phonemes) and piece.phonemes[-1] in PAUSES


def _ids(model: Model, chunk: Sequence[_Piece]) -> tuple[list[int], list[tuple[int, int]]]:
    """Return the ids of a chunk, and where those of each piece are: from, to."""
    ids, places = [0], list[tuple[int, int]]()
    for piece in chunk:
        first = len(ids)
        ids += [model.vocabulary[each] for each in piece.phonemes]
        places.append((first, len(ids)))
        if piece.spaced and piece is not chunk[-1]:
            ids.append(model.vocabulary[" "])
    return [*ids, 0], places
