"""Parses narrations: finds the cues among the words, and applies `pronounce` to what is spoken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vidbuild.model import Narration
from vidbuild.suggest import did_you_mean

MARK = re.compile(r"\[\[([^\[\]\n]*)\]\]")
# `\[[ -f x ]]` is text and no cue. Its brackets are replaced by noncharacters of Unicode while cues are looked for.
_LITERAL = re.compile(r"\\\[\[(?:((?:(?!\[\[|\\\]\]).)*?)\]\])?|\\\]\]", re.DOTALL)
_OPENING, _CLOSING = "\ufdd0", "\ufdd1"
CLOSING = tuple(".,;:!?…)")
SPOKEN = frozenset("&%@#*/\\§¶†‰")  # punctuation in Unicode that voices speak as words
MAX_LENGTH = 10_000  # characters of one narration, about 15 minutes
MAX_CUES = 200  # of one narration
MAX_AFFIX = 8  # characters of punctuation before or after a word that a `pronounce` entry can include
REMOVE = "remove 'narration' from a scene without speech"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")


@dataclass(frozen=True, slots=True)
class MarkProblem:
    """A problem of a narration's text.

    token, nth: the wrong part of the text, and which occurrence of it; "" is the whole text.
    """

    message: str
    token: str
    nth: int = 0
    hint: str | None = None


def problems(text: str) -> Iterator[MarkProblem]:
    """Yield what is wrong with a narration's length and its cues."""
    seen: dict[str, int] = {}
    source, text = text, _masked(text)
    if len(text) > MAX_LENGTH:
        yield MarkProblem(f"narration of {len(text)} characters: the maximum is {MAX_LENGTH}", "")
        return
    if text.count("[[") > MAX_CUES:
        yield MarkProblem(f"too many cues in one narration: the maximum is {MAX_CUES}", "")
        return
    for match in MARK.finditer(text):
        name, nth = match[1], seen.get(match[0], 0)
        seen[match[0]] = nth + 1
        if not NAME.match(name):
            rule = "must be letters, digits, '-' and '_', starting with a letter"
            hint = f"write '\\{match[0]}' if it is text and no cue" if match[0] in source else None
            yield MarkProblem(f"the name of a cue {rule}, not '{name}'", match[0], nth, hint)
        elif nth:
            yield MarkProblem(f"cue '{name}' is defined twice in this narration", match[0], nth)
    rest = MARK.sub(lambda match: " " * len(match[0]), text)
    for token, message in (("[[", "cue without a closing ']]'"), ("]]", "']]' without an opening '[['")):
        hint = f"write '\\{token}' if it is text and no cue"
        for nth, found in enumerate(re.finditer(re.escape(token), rest)):
            nth_in_text = source[: found.start()].count(token)
            yield MarkProblem(message, token, nth_in_text or nth, hint)
    if not MARK.sub("", text).strip():
        yield MarkProblem("the narration has no words", "", hint=REMOVE)


def _masked(text: str) -> str:
    """Return a text of the same length, in which brackets that are text are no brackets."""

    def masked(found: re.Match[str]) -> str:
        if found[0] == r"\]]":
            return _CLOSING * 3
        return _OPENING * 3 if found[1] is None else f"{_OPENING * 3}{found[1]}{_CLOSING * 2}"

    return _LITERAL.sub(masked, text)


def _unmasked(text: str) -> str:
    return text.replace(_OPENING * 3, "[[").replace(_CLOSING * 3, "]]").replace(_CLOSING * 2, "]]")


def lookup(language: str, known: Collection[str]) -> str | None:
    """Return the language among those known that serves for another, as RFC 4647 looks it up: 'en' for 'en-GB'."""
    tags = {tag.lower(): tag for tag in known}
    wanted = language.lower()
    while wanted and wanted not in tags:
        wanted = wanted.rpartition("-")[0]
    return tags.get(wanted)


def missing(language: str, known: Collection[str]) -> tuple[str, str | None]:
    """Return the message and hint for a narration without a text in a video's language.

    known: the languages that it has.
    """
    found = ", ".join(f"'{each}'" for each in known)
    message = f"no narration in the video's language '{language}': found {found}"
    return message, did_you_mean(language, known) or f"add '{language}: ...' to the narration"


def parse(text: str, pronounce: Mapping[str, str], audio: Path | None = None) -> Narration:
    """Return the narration of a text without problems."""
    cues: dict[str, int] = {}
    words: list[str] = []
    plain, at = "", 0
    text = _masked(text)
    for match in MARK.finditer(text):
        plain += text[at : match.start()]
        at = match.end()
        if text[at : at + 1] in CLOSING and plain[-1:].isspace():
            plain = plain.rstrip()  # "beta [[here]]." must not leave a space before the full stop
            cues[match[1]] = len(plain.split())
            continue
        inside = bool(plain) and not plain[-1].isspace() and not text[at : at + 1].isspace() and at < len(text)
        cues[match[1]] = len(plain.split()) - (1 if inside else 0)
    words = _unmasked(plain + text[at:]).split()
    tokens = tuple((word, spoken(word, pronounce)) for word in words)
    return Narration(" ".join(words), " ".join(spoken_word for _, spoken_word in tokens), tokens, cues, audio)


def speakable(text: str) -> bool:
    """Return whether a text has more than punctuation."""
    return any(unicodedata.category(character)[0] in "LNSM" or character in SPOKEN for character in text)


def spoken(token: str, pronounce: Mapping[str, str]) -> str:
    """Return how a token is spoken: `pronounce` is applied to it, or to its part without punctuation around it."""
    if not pronounce:
        return token
    first, last = _word_range(token)
    for start in range(max(first - MAX_AFFIX, 0), first + 1):
        for end in range(min(len(token), last + MAX_AFFIX), last - 1, -1):
            if token[start:end] in pronounce:
                return f"{token[:start]}{' '.join(pronounce[token[start:end]].split())}{token[end:]}"
    return token


def _word_range(token: str) -> tuple[int, int]:
    """Return the range from a token's first to its last letter or digit, the end excluded."""
    indexes = [index for index, character in enumerate(token) if character.isalnum()]
    return (indexes[0], indexes[-1] + 1) if indexes else (0, len(token))
