"""The texts of a spec and their translations into one language: what is missing, stale or no longer needed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal

from vidbuild.errors import UsageError
from vidbuild.frozen import dataclass

State = Literal["missing", "stale", "done"]
Name = tuple[str, str]  # a scene's id and a dotted field
SEPARATOR = "/"  # between them, in one name: "install/items.0.text"

_CUE = re.compile(r"(?<!\\)\[\[(?!pause\s)([^\[\]\n]*)\]\]")
_TEMPLATE = re.compile(r"\{\{.*?\}\}", re.DOTALL)


class CatalogError(UsageError):
    """A file of translations cannot be read, edited or written."""


@dataclass(frozen=True, slots=True)
class Source:
    """A text of the spec. line: where it is in the spec, from 1; 0 if unknown."""

    scene: str
    field: str
    text: str
    line: int = 0

    @property
    def name(self) -> Name:
        """The scene's id and the field."""
        return self.scene, self.field


@dataclass(frozen=True, slots=True)
class Entry:
    """A translation as a file has it. source: the text that it was made from; "" if the file does not say."""

    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A text of the spec and its translation.

    text: the translation; "" if there is none.
    was: the text that the translation was made from, if the spec has another one now; "" otherwise.
    """

    scene: str
    field: str
    source: str
    text: str = ""
    was: str = ""
    line: int = 0

    @property
    def state(self) -> State:
        """Whether there is a translation, and whether it is one of the spec's present text."""
        if not self.text.strip():
            return "missing"
        return "stale" if self.was else "done"

    @property
    def name(self) -> str:
        """The unit's name in the files of translators."""
        return f"{self.scene}{SEPARATOR}{self.field}"


def units(sources: Iterable[Source], entries: Mapping[Name, Entry]) -> list[Unit]:
    """Return the texts of a spec, in its order, with their translations."""
    found = []
    for each in sources:
        entry = entries.get(each.name, Entry(""))
        is_stale = bool(entry.text.strip() and entry.source) and entry.source != each.text
        was = entry.source if is_stale else ""
        found.append(Unit(each.scene, each.field, each.text, entry.text, was, each.line))
    return found


def split(name: str) -> Name | None:
    """Return the scene's id and the field of a unit's name, or None if it is no name."""
    scene, separator, field = name.partition(SEPARATOR)
    return (scene, field) if separator and scene and field else None


def placeholders(text: str) -> Counter[str]:
    """Return what a translation must have as its source has it: cues and templates, each with its number."""
    return Counter((*(f"[[{name}]]" for name in _CUE.findall(text)), *_TEMPLATE.findall(text)))


def problem(source: str, text: str) -> str | None:
    """Return what is wrong with the placeholders of a translation, or None."""
    wanted, found = placeholders(source), placeholders(text)
    lacking, extra = sorted((wanted - found).elements()), sorted((found - wanted).elements())
    parts = [f"lacks {', '.join(lacking)}"] if lacking else []
    parts += [f"has {', '.join(extra)}, which the source does not have"] if extra else []
    return f"the translation {' and '.join(parts)}" if parts else None
