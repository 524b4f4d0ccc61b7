"""What a file of a translator has: the languages, and each text with its translation."""

from __future__ import annotations

from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """A translation in such a file.

    name: of the unit, "" if the file does not have it.
    is_unsure: whether the translator has to look at it again; was: the text from which it was made then.
    line: in the file, from 1; 0 if unknown.
    """

    name: str
    source: str
    text: str
    is_unsure: bool = False
    line: int = 0
    was: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Such a file. source, target: BCP 47 tags of its languages, "" if it does not say. original: the spec's name."""

    source: str
    target: str
    original: str
    found: tuple[Found, ...] = ()
