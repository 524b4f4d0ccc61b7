"""Parses narrations: finds words and cues, removes markup, and finds what is spoken for what is written."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from vidbuild.frozen import dataclass
from vidbuild.media.text.boundaries import cuts, is_letter, is_unspaced, word_at
from vidbuild.media.text.words import Token, spoken_text
from vidbuild.model import Narration
from vidbuild.patterns import later
from vidbuild.reading.reader import Reader
from vidbuild.reading.words import Part
from vidbuild.spec import markup, pauses
from vidbuild.spec.pronounce import Pronunciation
from vidbuild.suggest import did_you_mean

MARK = later(r"\[\[([^\[\]\n]*)\]\]")
# `\[[ -f x ]]` is text and no cue. Its brackets are replaced by noncharacters of Unicode while cues are looked for.
_LITERAL = later(r"\\\[\[(?:((?:(?!\[\[|\\\]\]).)*?)\]\])?|\\\]\]", re.DOTALL)
_OPENING, _CLOSING = "\ufdd0", "\ufdd1"
_NONCHARACTER = later("[\ufdd0-\ufdef]")
CLOSING = tuple(".,;:!?…)")
SPOKEN = frozenset("&%@#*/\\§¶†‰")  # punctuation in Unicode that voices speak as words
MAX_LENGTH = 10_000  # characters of one narration, about 15 minutes
MAX_CUES = 200  # of one narration
REMOVE = "remove 'narration' from a scene without speech"
_PARAGRAPH = later(r"\n[^\S\n]*\n")
_PAUSES = frozenset(".,;:!?…。！？、，；：")  # noqa: RUF001 - the full-width forms are meant
_WORD = later(r"[^\s]+(?:[\xa0\u202f\u2007]+[^\s]+)*")  # no-break spaces are in a word
NAME = later(r"[A-Za-z][A-Za-z0-9_-]*\Z")


@dataclass(frozen=True, slots=True)
class MarkProblem:
    """A problem of a narration's text.

    token, nth: the wrong part of the text, and which occurrence of it; "" is the whole text.
    """

    message: str
    token: str
    nth: int = 0
    hint: str | None = None


def _name_hint(name: str, written: str) -> str | None:
    """Return what to write for a mark with a wrong name. written: the mark, if it stands so in the narration."""
    usable = re.sub(r"\s+", "-", name.strip())
    ways = [f"'[[{usable}]]'"] if NAME.match(usable) else []
    ways += [f"'\\{written}' if it is text and no cue"] if written else []
    return f"write {', or '.join(ways)}" if ways else None


def problems(text: str) -> Iterator[MarkProblem]:
    """Yield what is wrong with a narration's length and its cues."""
    if found := _NONCHARACTER.search(text):
        message = f"U+{ord(found[0]):04X} is a noncharacter of Unicode, which no text may contain"
        yield MarkProblem(message, found[0], hint="remove it")
        return
    seen: dict[str, int] = {}
    source, text = text, _masked(text)
    if len(text) > MAX_LENGTH:
        yield MarkProblem(f"narration of {len(text)} characters: the maximum is {MAX_LENGTH}", "")
        return
    if text.count("[[") > MAX_CUES:
        yield MarkProblem(f"too many cues in one narration: the maximum is {MAX_CUES}", "")
        return
    for match in MARK.finditer(text):
        nth = seen.get(match[0], 0)
        seen[match[0]] = nth + 1
        wrong = _mark_problem(match[1], nth)
        if wrong:
            is_named = pauses.is_pause(match[1]) or NAME.match(match[1])
            hint = None if is_named else _name_hint(match[1], match[0] if match[0] in source else "")
            yield MarkProblem(wrong[0], match[0], nth, wrong[1] or hint)
    rest = MARK.sub(lambda match: " " * len(match[0]), text)
    for token, message in (("[[", "cue without a closing ']]'"), ("]]", "']]' without an opening '[['")):
        hint = f"write '\\{token}' if it is text and no cue"
        for nth, found in enumerate(re.finditer(re.escape(token), rest)):
            nth_in_text = source[: found.start()].count(token)
            yield MarkProblem(message, token, nth_in_text or nth, hint)
    without_cues = MARK.sub("", text)
    if not (without_cues if len(text) > MAX_LENGTH else markup.plain(without_cues)).strip():
        yield MarkProblem("the narration has no words", "", hint=REMOVE)


def cues(text: str) -> list[str]:
    """Return the names of the cues in a text, each once."""
    names = (match[1] for match in MARK.finditer(_masked(text)))
    return list(dict.fromkeys(name for name in names if NAME.match(name)))


def _mark_problem(name: str, nth: int) -> tuple[str, str | None] | None:
    """Return what is wrong with the nth mark of this name, with a hint."""
    if pauses.is_pause(name):
        return pauses.problem(name)
    if not NAME.match(name):
        rule = "must be letters, digits, '-' and '_', starting with a letter"
        return f"the name of a cue {rule}, not '{name}'", pauses.hint(name)
    return (f"cue '{name}' is defined twice in this narration", None) if nth else None


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


def parse(
    text: str,
    pronunciation: Pronunciation,
    language: str,
    audio: Path | None = None,
    reader: Reader | None = None,
) -> Narration:
    """Return the narration of a text without problems.

    reader: reads what is not spoken as it is written; None: everything but the pronunciation is.
    """
    marks: list[tuple[str, int]] = []  # cues and pauses, with their offsets
    paragraphs: list[int] = []
    plain, at = "", 0
    text = markup.plain(_masked(text))
    for match in MARK.finditer(text):
        paragraphs += (len(plain) + each.start() for each in _PARAGRAPH.finditer(text[at : match.start()]))
        plain += text[at : match.start()]
        at = match.end()
        if text[at : at + 1] in CLOSING and plain[-1:].isspace():
            plain = plain.rstrip()  # "beta [[here]]." must not leave a space before the full stop
        marks.append((match[1], len(plain)))
        if pauses.is_pause(match[1]) and _is_spaced(plain[-1:]) and _is_spaced(text[at : at + 1]):
            plain += " "
    paragraphs += (len(plain) + each.start() for each in _PARAGRAPH.finditer(text[at:]))
    plain += text[at:]
    read = _read(plain, pronunciation, reader)
    ends = [part.end for part in read]
    tokens: list[Token] = []
    starts: list[int] = []
    places = [(0 if not plain[:offset].strip() else offset, False) for _, offset in marks]
    for match in _WORD.finditer(plain):
        start, end = match.span()
        inside = {
            nth: word_at(match[0], offset - start, language)
            for nth, (_, offset) in enumerate(marks)
            if start < offset < end
        }
        for nth, place in inside.items():
            places[nth] = (start + place, place < end - start)
        own = read[bisect_right(ends, start) : bisect_right(ends, end)]
        parts = [part._replace(start=part.start - start, end=part.end - start) for part in own]
        for token, offset in _tokens(match[0], parts, language, inside.values()):
            tokens.append(token)
            starts.append(start + offset)
    _add_pauses(tokens, starts, paragraphs)
    written = "".join(token.text if token.joined else f" {token.text}" for token in tokens)[1:]
    indexes = [bisect_right(starts, at) - 1 if inside else bisect_left(starts, at) for at, inside in places]
    placed = [(name, index) for (name, _), index in zip(marks, indexes, strict=True)]
    cues = {name: index for name, index in placed if not pauses.is_pause(name)}
    silences = pauses.of_marks(placed, [speakable(token.spoken) for token in tokens])
    anchors = pauses.anchors(placed, len(tokens))
    return Narration(written, spoken_text(tokens), tuple(tokens), cues, audio, silences, anchors)


def _is_spaced(character: str) -> bool:
    """Return whether it is a letter of a script in which words have spaces between them."""
    return character != "" and is_letter(character) and not is_unspaced(character)


def _read(plain: str, pronunciation: Pronunciation, reader: Reader | None) -> Sequence[Part]:
    """Return the parts of a text that are not spoken as they are written."""
    pronounced: list[Part] = []
    for match in _WORD.finditer(plain) if pronunciation.entries else ():
        at = match.start()
        found = pronunciation.replacements(match[0])
        pronounced += (part._replace(start=at + part.start, end=at + part.end) for part in found)
    return reader.read(plain, pronounced) if reader else pronounced


def _add_pauses(tokens: list[Token], starts: Sequence[int], paragraphs: Sequence[int]) -> None:
    """Add a full stop to what is spoken at the end of each paragraph that has no punctuation there."""
    for at in paragraphs:
        last = bisect_left(starts, at) - 1
        if 0 <= last < len(tokens) - 1 and tokens[last].spoken.rstrip("\"'”’»)]*_")[-1:] not in _PAUSES | {""}:  # noqa: RUF001 - quotes
            tokens[last] = tokens[last]._replace(spoken=f"{tokens[last].spoken}.")


def _tokens(word: str, replaced: Sequence[Part], language: str, marked: Collection[int]) -> Iterator[tuple[Token, int]]:
    """Yield the tokens of a text without spaces, each with its offset.

    replaced: its parts that are not spoken as they are written.
    marked: offsets at which a token must begin, unless within what is pronounced as one.
    """
    if not replaced and not marked and not cuts(word, language):
        text = _unmasked(word)
        yield Token(text, " ".join(text.split())), 0
        return
    inner = {at for each in replaced for at in range(each.start + 1, each.end)}
    after_letters = {at for at in marked if any(map(is_letter, word[:at]))}
    sounded = {at for each in replaced if each.ipa for at in (each.start, each.end) if any(map(is_letter, word[at:]))}
    sounded = {at for at in sounded if any(map(is_letter, word[:at]))}
    borders = sorted({0, len(word), *cuts(word, language), *after_letters, *sounded} - inner)
    for start, end in pairwise(borders):
        parts = [each for each in replaced if start <= each.start and each.end <= end]
        spoken, at = "", start
        for each in parts:
            spoken += word[at : each.start] + each.spoken
            at = each.end
        spoken = _unmasked(spoken + word[at:end])
        blank = " " if start > 0 and spoken[:1] == " " and parts and parts[0].start == start else ""
        sounds = next((each.ipa for each in parts if each.ipa), "")
        yield Token(_unmasked(word[start:end]), blank + " ".join(spoken.split()), start > 0, sounds), start


def speakable(text: str) -> bool:
    """Return whether a text has more than punctuation."""
    return any(unicodedata.category(character)[0] in "LNSM" or character in SPOKEN for character in text)
