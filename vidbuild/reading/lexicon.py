"""The names of tools, formats and terms, and how engineers say them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from vidbuild.reading.letters import plural, possessive, spell, with_s

DATA = Path(__file__).with_name("lexicon.json")
POSSESSIVE = ("'s", "’s")  # noqa: RUF001 - the apostrophe of typographers


class Entry(NamedTuple):
    """How a word is spoken.

    ipa: its sounds, for the engines that take them; "" if `spoken` is enough.
    """

    spoken: str
    ipa: str = ""


class Lexicon:
    """Words and their spoken forms: the user's, then those of the built-in lexicon.

    own: the user's words, which apply in their own case, with a capital and in capitals.
    """

    def __init__(self, own: Mapping[str, Entry] = MappingProxyType({})) -> None:
        in_capitals = {word.upper(): entry for word, entry in own.items() if word.islower()}
        self._own = {**in_capitals, **{_capitalized(word): entry for word, entry in own.items()}, **own}
        self._found: dict[str, Entry | None] = {}  # a text repeats most of its words, and several rules look each up

    def own(self, word: str) -> Entry | None:
        """Return the user's entry for a word, or for a form of it."""
        return _form(word, self._own.get) if self._own else None

    def find(self, word: str) -> Entry | None:
        """Return the entry for a word, or for the word that it is the plural or possessive of."""
        if word not in self._found:
            self._found[word] = self.own(word) or _form(word, _built_in)
        return self._found[word]

    def spoken(self, word: str) -> str | None:
        """Return how a word is spoken; None if the lexicon does not have it."""
        found = self.find(word)
        return found.spoken if found else None


def _form(word: str, find: Any) -> Entry | None:  # noqa: ANN401 - mypy rejects the get of a dict as a callable
    found: Entry | None = find(word)
    if found:
        return found
    for ending in POSSESSIVE:
        if word.endswith(ending) and (found := find(word.removesuffix(ending))):
            return Entry(possessive(found.spoken), with_s(found.ipa))
    if len(word) > 2 and word.endswith("s") and (found := find(word[:-1])):  # noqa: PLR2004 - "as" is no plural
        return Entry(plural(found.spoken), with_s(found.ipa))
    return None


def _built_in(word: str) -> Entry | None:
    data = _data()
    spoken = data["exact"].get(word) or data["words"].get(word.casefold())
    if spoken:
        return Entry(spoken)
    if word in data["capitals"] or word.upper() in data["letters"]:
        return Entry(spell(word))
    return None


@cache
def _data() -> Mapping[str, Any]:
    data = json.loads(DATA.read_text(encoding="utf-8"))
    return {
        "exact": data["exact"],
        "words": {word.casefold(): spoken for word, spoken in data["words"].items()},
        "letters": frozenset(" ".join(data["letters"]).upper().split()),
        "capitals": frozenset(" ".join(data["capitals"]).split()),
    }


def is_name(word: str) -> bool:
    """Return whether the built-in lexicon has a word that is no acronym."""
    return word in _data()["exact"] or word.casefold() in _data()["words"]


def size() -> int:
    """Return the number of the built-in entries."""
    return sum(map(len, _data().values()))


def _capitalized(word: str) -> str:
    return word[:1].upper() + word[1:]
