"""What is said: marks and pronunciation in, tokens and cues out; it knows nothing of voices or of time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vidbuild.model import Narration
from vidbuild.suggest import did_you_mean

MARK = re.compile(r"\[\[([^\[\]\n]*)\]\]")
CLOSING = tuple(".,;:!?…)")
NAMED = frozenset("&%@#*/\\§¶†‰")  # punctuation to Unicode, words to a speaker
MAX_LENGTH = 10_000  # characters of one narration: a quarter of an hour
MAX_CUES = 200  # in one narration
AROUND = 8  # characters of punctuation before or after a word that `pronounce` may name with it
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")


@dataclass(frozen=True, slots=True)
class MarkProblem:
    """A mark that is none: what is wrong, and which occurrence of which text it is."""

    message: str
    token: str
    nth: int = 0


def problems(text: str) -> Iterator[MarkProblem]:
    """What is wrong with the marks in a narration."""
    seen: dict[str, int] = {}
    if len(text) > MAX_LENGTH:
        yield MarkProblem(f"a narration of {len(text)} characters, more than {MAX_LENGTH}", "")
        return
    if text.count("[[") > MAX_CUES:
        yield MarkProblem(f"more than {MAX_CUES} cues in one narration", "")
        return
    for match in MARK.finditer(text):
        name, nth = match[1], seen.get(match[0], 0)
        seen[match[0]] = nth + 1
        if not NAME.match(name):
            yield MarkProblem(
                f"a cue must be letters, digits, '-' and '_', a letter first, not '{name}'", match[0], nth
            )
        elif nth:
            yield MarkProblem(f"cue '{name}' is defined twice in this narration", match[0], nth)
    rest = MARK.sub(lambda match: " " * len(match[0]), text)
    for token, message in (("[[", "a cue is not closed: ']]' is missing"), ("]]", "']]' closes no cue")):
        for nth, found in enumerate(re.finditer(re.escape(token), rest)):
            nth_in_text = text[: found.start()].count(token)
            yield MarkProblem(message, token, nth_in_text or nth)
    if not MARK.sub("", text).strip():
        yield MarkProblem("nothing is said here; leave 'narration' out", "")


def missing(language: str, known: Collection[str]) -> tuple[str, str | None]:
    """The message and hint for a narration that has no text in a video's language. known: those that it has."""
    message = f"no narration in '{language}', the video's language; there is {', '.join(known)}"
    return message, did_you_mean(language, known)


def parse(text: str, pronounce: Mapping[str, str], audio: Path | None = None) -> Narration:
    """The narration of a text whose marks are in order."""
    cues: dict[str, int] = {}
    words: list[str] = []
    plain, at = "", 0
    for match in MARK.finditer(text):
        plain += text[at : match.start()]
        at = match.end()
        if text[at : at + 1] in CLOSING and plain[-1:].isspace():
            plain = plain.rstrip()  # "beta [[here]]." leaves no blank before the full stop
            cues[match[1]] = len(plain.split())
            continue
        inside = bool(plain) and not plain[-1].isspace() and not text[at : at + 1].isspace() and at < len(text)
        cues[match[1]] = len(plain.split()) - (1 if inside else 0)
    words = (plain + text[at:]).split()
    tokens = tuple((word, spoken(word, pronounce)) for word in words)
    return Narration(" ".join(words), " ".join(said for _, said in tokens), tokens, cues, audio)


def speakable(text: str) -> bool:
    """Whether there is more than punctuation in a text."""
    return any(unicodedata.category(character)[0] in "LNSM" or character in NAMED for character in text)


def spoken(token: str, pronounce: Mapping[str, str]) -> str:
    """How a token is spoken: it, or what is left of it without punctuation around it, looked up."""
    if not pronounce:
        return token
    first, last = _bare(token)
    for start in range(max(first - AROUND, 0), first + 1):
        for end in range(min(len(token), last + AROUND), last - 1, -1):
            if token[start:end] in pronounce:
                return f"{token[:start]}{' '.join(pronounce[token[start:end]].split())}{token[end:]}"
    return token


def _bare(token: str) -> tuple[int, int]:
    """Where a token's first and last letter or digit stand (end exclusive)."""
    marks = [index for index, character in enumerate(token) if character.isalnum()]
    return (marks[0], marks[-1] + 1) if marks else (0, len(token))
