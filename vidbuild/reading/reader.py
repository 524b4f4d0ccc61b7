"""Reads a text: finds what is not spoken as it is written, and what is spoken for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from vidbuild.patterns import later
from vidbuild.reading import dates, languages, other, phrases, quantities, screens, streets, symbols, tables, technical
from vidbuild.reading.chunks import SILENT, Chunk, Found, Place, divide, whole
from vidbuild.reading.lexicon import Lexicon
from vidbuild.reading.names import NameReader
from vidbuild.reading.words import HOLES, Part, WordReader, symbol

# Pictures with their joiners, variants and skin tones; flags; the box around the digit of a key.
EMOJI = later(
    "(?:[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u26ff\u2705\u2709-\u270d\u2728\u274c\u274e\u2753-\u2757"
    "\u2763\u2764\u2795-\u2797\u2b50\u2b55\u231a\u231b\u23e9-\u23f3\U0001f004\U0001f0cf\U0001f18e"
    "\U0001f191-\U0001f19a]|[\ufe0e\ufe0f\u20e3])"
    "(?:\u200d|[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f])*"
)
# Groups of three digits behind a no-break or thin space, or behind any if "000" shows that they are one number.
_GROUPED = later(
    r"(?<![\w.,+(/-])(?<!\d[ \u00a0])[1-9]\d{0,2}"
    r"(?:(?:[\u00a0\u2007\u2009\u202f]\d{3})+|(?: \d{3})* 000(?: \d{3})*)(?!\w|[.,-]?\d| \d)"
)
# "1_000_000" of programs and "12'345" of Switzerland.
_MARKED = later(r"(?<![\w.,'’])[1-9]\d{0,2}(?:(?:_\d{3})+|(?:['’]\d{3})+)(?![\w'’])")  # noqa: RUF001 - apostrophes
# "1.234,56" and "10.000.000", as in most of Europe.
_EUROPEAN = later(
    r"(?<![\w.,+/-])(?:[1-9]\d{0,2}(?:\.\d{3})+,\d{1,2}(?!\w|[.,]\d)|[1-9]\d{0,2}(?=(?:\.\d{3})*\.000)(?:\.\d{3}){2,}(?!\w|[.,]\d))"
)
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SWAPPED = str.maketrans(".,", ",.")
_GROUP_SPACE = later(r"[ \u00a0\u2007\u2009\u202f]")
Rule = Callable[[Place], Found | None]


class Reader:
    """Reads texts in one language: English whole, in others what is the same in every language.

    lexicon: the user's words apply in every language.
    """

    def __init__(self, lexicon: Lexicon, language: str) -> None:
        self._lexicon, self._language = lexicon, language
        self._words = WordReader(lexicon)
        self._is_mixed = languages.is_mixed(language)
        self._has_dots = not is_english(language)  # abbreviations of letters that are words without their dot
        self._plain: dict[str, Found | None] = {}  # words of which no rule looks at what is around them
        names = NameReader(self._words)
        english: tuple[Rule, ...] = (
            phrases.telephone,
            screens.menu,
            screens.inches,
            phrases.rough_count,
            phrases.mixed,
            phrases.unit,
            streets.street,
            streets.house_number,
            phrases.abbreviation,
            phrases.roman,
            phrases.dash,
            phrases.letter,
            phrases.unit_alone,
            _sign,
            symbols.read,
            self._known,
            self._date,
            *map(_of_signs, (technical.read, names.network, quantities.read)),
            names.read,
            self._word,
        )
        self._rules: tuple[Rule, ...] = english if is_english(language) else (other.name, *languages.rules(language))

    def read(self, text: str, fixed: Sequence[Part] = ()) -> list[Part]:
        """Return the parts of a text that are not spoken as they are written, in order.

        A part that is spoken as a word of its own beside another part begins with a blank. None contains a blank of the
        text, so that each part belongs to one of its words.

        fixed: parts that are read already, in order.
        """
        written = EMOJI.sub(lambda found: SILENT * len(found[0]), text)
        if is_english(self._language):
            written = _GROUPED.sub(lambda found: _GROUP_SPACE.sub(",", found[0]), written)
            written = written.translate(_LOWERED)
            written = _MARKED.sub(lambda found: re.sub(r"\D", ",", found[0]), written)
            written = _EUROPEAN.sub(lambda found: found[0].translate(_SWAPPED), written)
        else:
            written = languages.join_groups(written)
        masked = written
        for number, part in enumerate(fixed):
            masked = masked[: part.start] + HOLES[number % 2] * (part.end - part.start) + masked[part.end :]
        holes = {part.start: part for part in fixed}
        chunks = divide(masked, written, is_mixed=self._is_mixed)
        found: list[Part] = []
        index = 0
        while index < len(chunks):
            read = self._read(Place(chunks, index)) or [[]]
            for chunk, parts in zip(chunks[index:], read, strict=False):
                found += _parts(chunk, parts, masked, holes)
            index += len(read)
        return [each for part in found for each in _of_words(part, text)]

    def _read(self, place: Place) -> Found | None:
        if not place.core:
            return None
        own = self._lexicon.own(place.core)
        if own is not None:
            return [[Part(0, len(place.core), own.spoken, own.ipa)]]
        if not _is_plain(place.core) or (self._has_dots and place.after.startswith(".")):
            return self._by_rules(place)
        if place.core not in self._plain:
            self._plain[place.core] = self._by_rules(place)
        return self._plain[place.core]

    def _by_rules(self, place: Place) -> Found | None:
        return next((found for rule in self._rules if (found := rule(place)) is not None), None)

    def _known(self, place: Place) -> Found | None:
        core = place.core
        spoken = self._lexicon.spoken(core)
        if spoken is not None:
            return [whole(core, spoken)]
        head, hyphen, rest = core.partition("-")  # "CI/CD-based": what has a sign is no part of a compound elsewhere
        spoken = self._lexicon.spoken(head) if hyphen and rest.isalpha() and not head.isalnum() else None
        return None if spoken is None else [[Part(0, len(head) + 1, spoken), Part(len(head) + 1, len(core), rest)]]

    def _date(self, place: Place) -> Found | None:
        return dates.read(place, self._language)

    def _word(self, place: Place) -> Found | None:
        if not place.core[0].isalnum():
            return None
        spoken = self._words.word(place.core)
        return None if spoken == place.core else [whole(place.core, spoken)]


def _is_plain(core: str) -> bool:
    """Return whether how a word is read depends on itself alone: it is in small letters, and no abbreviation."""
    if len(core) == 1 or not (core.isascii() and core.isalpha() and core.islower()):
        return False
    return not any(
        core in names for names in (tables.ABBREVIATIONS, tables.SLASHED, phrases.SMALL_ROMANS, {"am", "pm"})
    )


def is_english(language: str) -> bool:
    """Return whether a language is read whole."""
    return language.lower().partition("-")[0] == "en"


def _of_signs(rule: Rule) -> Rule:
    """Return a rule about digits and signs, which most words do not have: it is not tried on letters alone."""
    return lambda place: None if place.core.isalpha() else rule(place)


def _sign(place: Place) -> Found | None:
    core = place.core
    if any(map(str.isalnum, core)):
        return None
    if core == "~" and place.next().core[:1].isdecimal():
        return [whole(core, "about")]
    spoken = tables.SIGNS[core] if core in tables.SIGNS else symbol(core)
    if spoken or core in tables.SIGNS:
        return [whole(core, spoken)]
    return [whole(core, "")] if not core.strip(SILENT) else None


def _of_words(part: Part, text: str) -> Iterator[Part]:
    """Yield a part, divided at the spaces between groups of digits: all of it is spoken at the first group."""
    start, spoken, ipa = part.start, part.spoken, part.ipa
    for space in _GROUP_SPACE.finditer(text, part.start, part.end):
        if start < space.start():
            yield Part(start, space.start(), spoken, ipa)
            spoken = ipa = ""
        start = space.end()
    if start < part.end:
        yield Part(start, part.end, spoken, ipa)


def _parts(chunk: Chunk, parts: Sequence[Part], masked: str, holes: dict[int, Part]) -> Iterator[Part]:
    """Yield the parts of a chunk at their places in the text, with blanks between words, holes and emoji included."""
    end = chunk.start + len(chunk.core) + len(chunk.after)
    at = chunk.start - len(chunk.before)
    last = -1
    for part in parts:
        start, stop = chunk.start + part.start, chunk.start + part.end
        yield from _kept(at, start, masked, holes)
        spoken, ipa = (holes[start].spoken, holes[start].ipa) if start in holes else (part.spoken, part.ipa)
        blank = spoken.strip() and last == start and spoken != ","
        yield Part(start, stop, f" {spoken}" if blank else spoken, ipa)
        last = stop if spoken.strip() or last == start else -1
        at = stop
    yield from _kept(at, end, masked, holes)


def _kept(start: int, end: int, masked: str, holes: dict[int, Part]) -> Iterator[Part]:
    """Yield the holes and the emoji in a part of the text that is spoken as it is written."""
    while start < end:
        if start in holes:
            yield holes[start]
            start = holes[start].end
        else:
            if masked[start] == SILENT:
                yield Part(start, start + 1, "")
            start += 1
