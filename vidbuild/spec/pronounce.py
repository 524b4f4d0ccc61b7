"""Applies a spec's `pronounce` entries to words and their forms, and records which entries are used."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

from vidbuild.media.text.boundaries import is_unspaced
from vidbuild.reading.letters import with_s
from vidbuild.reading.lexicon import POSSESSIVE, Entry
from vidbuild.reading.words import Part

SIBILANTS = ("s", "x", "z", "ch", "sh")
# Signs that divide words or sentences: an entry of these alone is for a sign that stands alone.
DIVIDERS = frozenset("-–—.,;:!?…'’\"()[]")  # noqa: RUF001 - dashes and quotation marks


class Pronunciation:
    """The entries of `pronounce`: word -> spoken form, a text or an entry with sounds.

    An entry stands for its word as written and at the start of a sentence ("kubectl": Kubectl), for its plural and
    possessive (kubectls, kubectl's), and for the word in a compound (kubectl-based, kubectl/helm).

    used: the words of the entries that were applied.
    """

    __slots__ = ("_by_first", "entries", "used")

    def __init__(self, entries: Mapping[str, str | Entry]) -> None:
        self.entries = entries
        self.used: set[str] = set()
        self._by_first: dict[str, list[tuple[str, str]]] = {}  # the entries by their first character, longer ones first
        for word in sorted(self.entries, key=lambda word: (-len(word), word)):
            self._by_first.setdefault(word[:1], []).append((word, word))
            capitalized = word[:1].upper() + word[1:]
            if capitalized not in self.entries:
                self._by_first.setdefault(capitalized[:1], []).append((capitalized, word))

    def replacements(self, token: str) -> Iterator[Part]:
        """Yield the parts of a token to which entries apply, in order."""
        at = 0
        while at < len(token):
            found = next(self._at(token, at), None)
            if found is None:
                at += 1
            else:
                yield found
                at = found.end

    def _at(self, token: str, start: int) -> Iterator[Part]:
        for form, word in self._by_first.get(token[start], ()):
            end = start + len(form)
            is_sign = not any(map(str.isalnum, form))
            begins = is_sign or _begins(token, start)
            if not token.startswith(form, start) or not begins or not _may_be_inside(form, token):
                continue
            entry = self.entries[word]
            spoken = " ".join((entry if isinstance(entry, str) else entry.spoken).split())
            spoken = f" {spoken} " if is_sign else spoken
            sounds = "" if isinstance(entry, str) else entry.ipa
            plural = _plural(token, end, form)
            if plural:
                self.used.add(word)
                spoken += "es" if spoken.endswith(SIBILANTS) else "s"
                yield Part(start, end + len(plural), spoken, with_s(sounds))
            elif is_sign or _ends(token, end):
                self.used.add(word)
                ending = next((each for each in POSSESSIVE if sounds and token.startswith(each, end)), "")
                sounds = with_s(sounds) if ending else sounds
                yield Part(start, end + len(ending), spoken + ending, sounds)


def from_spec(entries: Mapping[str, str | Mapping[str, str]]) -> Pronunciation:
    """Return the entries of a spec, in the Unicode form that its narrations have."""
    found = {unicodedata.normalize("NFC", word): spoken for word, spoken in entries.items()}
    return Pronunciation({word: entry_of(word, spoken) for word, spoken in found.items()})


def entry_of(word: str, spoken: str | Mapping[str, str]) -> Entry:
    """Return an entry of a spec or a lexicon: a text, or sounds with the text for engines that take none."""
    if isinstance(spoken, str):
        return Entry(spoken)
    return Entry(spoken.get("spoken", word), unicodedata.normalize("NFC", spoken["ipa"]))


def _begins(token: str, at: int) -> bool:
    return at == 0 or not _continues(token[at - 1]) or is_unspaced(token[at])


def _ends(token: str, at: int) -> bool:
    return at == len(token) or not _continues(token[at]) or is_unspaced(token[at - 1])


def _continues(character: str) -> bool:
    """Return whether a character belongs to the same word as a letter beside it."""
    return (character.isalnum() or character == "_") and not is_unspaced(character)


def _may_be_inside(form: str, token: str) -> bool:
    """Return whether an entry is for parts of tokens too: a hyphen by itself is not the one of a compound."""
    return form == token or not DIVIDERS.issuperset(form) or DIVIDERS.issuperset(token)


def _plural(token: str, at: int, form: str) -> str:
    """Return the ending that makes the word at `form` a plural; "" without one."""
    if len(form) < 2 or not form[-1].isalpha():  # noqa: PLR2004 - "as" is no plural of "a"
        return ""
    for ending in ("es",) if form.endswith(SIBILANTS) else ("s",):
        if token.startswith(ending, at) and _ends(token, at + len(ending)):
            return ending
    return ""
