"""The text of a source as a writer reads it, and the numbers in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from vidbuild.create.source.outline import (
    Block,
    Change,
    Chart,
    Code,
    Commands,
    Diagram,
    Item,
    Items,
    Outline,
    Page,
    Picture,
    Prose,
    Quotation,
    Section,
    Speech,
    Table,
)

MAX_SOURCE = 60_000  # characters of a source that a writer reads: about 15,000 tokens
MAX_BLOCK = 6_000  # characters of one paragraph, listing or table
MAX_WORD = 100  # up to which a number is also looked for in words
_NUMBER = re.compile(r"\d(?:[\d.,'\u2019\u00a0\u202f]*\d)?")
_THOUSANDS = re.compile(r"(?<=\d)[,.'\u2019\u00a0\u202f](?=\d{3}(?!\d))")


def text_of(sections: Sequence[Section]) -> tuple[str, int]:
    """Return the text of sections within MAX_SOURCE, and how many sections are whole in it."""
    parts: list[str] = []
    room = MAX_SOURCE
    for count, section in enumerate(sections):
        text = section_text(section)
        if len(text) > room:
            return "\n\n".join([*parts, *([text[:room].rstrip()] if room > 0 else [])]), count
        parts.append(text)
        room -= len(text) + 2
    return "\n\n".join(parts), len(sections)


def section_text(section: Section) -> str:
    """Return a section's text below a line with its name."""
    return "\n\n".join([f"=== section: {section.name} ===", *filter(None, map(_block, section.blocks))])


def _block(block: Block) -> str:
    text = next((text for kinds, text in _TEXTS.items() if isinstance(block, kinds)), None)
    return _cut(text(block)) if text else ""


def _fenced(text: str, info: str = "") -> str:
    return f"```{info}\n{text}\n```"


def _commands(block: Commands) -> str:
    return _fenced("\n".join(f"$ {each.run}" if each.run else each.output for each in block.commands), "console")


def _chart(block: Chart) -> str:
    series = (f"{name}: {', '.join(map(str, values))}" for name, values in block.series)
    return "\n".join([f"(a chart: {block.title})", " | ".join(block.labels), *series])


def _items(block: Items) -> str:
    return "\n".join(f"- {each.text}: {each.detail}" if each.detail else f"- {each.text}" for each in _all(block))


# A block's type -> its text. Recordings have none.
_TEXTS: Mapping[type[Block] | tuple[type[Block], ...], Callable[[Any], str]] = {
    (Prose, Speech, Page): lambda block: block.text,
    Quotation: lambda block: f'"{block.text}" {block.by}'.strip(),
    Items: _items,
    Code: lambda block: _fenced(block.code, block.language),
    Commands: _commands,
    Table: lambda block: "\n".join(" | ".join(row) for row in (block.columns, *block.rows)),
    Diagram: lambda block: _fenced(block.text),
    Change: lambda block: _fenced(block.patch),
    Chart: _chart,
    Picture: lambda block: f"(a picture: {block.alt or block.caption})",
}


def _all(block: Items) -> Iterator[Item]:
    for item in block.items:
        yield item
        yield from item.items


def _cut(text: str) -> str:
    return text if len(text) <= MAX_BLOCK else f"{text[:MAX_BLOCK]}\n(more of it is left out)"


def unknown_numbers(text: str, outline: Outline, language: str) -> list[str]:
    """Return the numbers in a text that the source does not have, in digits or words."""
    source = " ".join(
        [outline.title, outline.description, *(f"{each.source_text} {section_text(each)}" for each in outline.sections)]
    )
    known = {_canonical(each) for each in _NUMBER.findall(source)}
    words = set(re.findall(r"[^\W\d_]+", source.casefold()))
    found = dict.fromkeys(_NUMBER.findall(text))
    return [each for each in found if _canonical(each) not in known and not _spelled(each, language) & words]


def _canonical(number: str) -> str:
    return unicodedata.normalize("NFKC", _THOUSANDS.sub("", number)).replace(",", ".")


def _spelled(number: str, language: str) -> set[str]:
    """Return a small number in words; none for a large one, or in a language whose words are unknown."""
    from num2words import num2words  # type: ignore[import-untyped] # it has no types

    if not number.isdecimal() or int(number) > MAX_WORD:
        return set()
    try:
        return {num2words(int(number), lang=language).casefold()}
    except (NotImplementedError, ValueError):
        return set()
