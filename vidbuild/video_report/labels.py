"""The words of the share page itself, in the language of its video if they are known in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path

from vidbuild.frozen import dataclass

ENGLISH = "en"
_FILE = Path(__file__).with_name("labels.json")  # language -> name -> words


@dataclass(frozen=True, slots=True)
class Labels:
    """Words by their names. english: whether they are those in English, perhaps on a page in another language."""

    words: Mapping[str, str]
    english: bool

    def __getitem__(self, name: str) -> str:
        """Return words as HTML."""
        return escape(self.words[name])

    @property
    def language(self) -> str:
        """The attribute of an element with words in another language than the page."""
        return f' lang="{ENGLISH}"' if self.english else ""

    @property
    def direction(self) -> str:
        """The same of an element that is read from left to right."""
        return f'{self.language} dir="ltr"' if self.english else ""


def labels_in(language: str) -> Labels:
    """Return the words in a language, a BCP 47 tag: those of `pt` for `pt-BR`, and in English if there are none."""
    known: Mapping[str, Mapping[str, str]] = json.loads(_FILE.read_text(encoding="utf-8"))
    tag = language.lower()
    while tag and tag not in known:
        tag = tag.rpartition("-")[0]
    return Labels(known[tag or ENGLISH], (tag or ENGLISH) == ENGLISH)
