"""Versions and their changes, as sections of an outline."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vidbuild.create.source.outline import Block, Item, Items, Prose, Section

SHOWN = 6  # changes in one list
# Headings of kinds of change, by which the language of a changelog is known to be English.
_ENGLISH = re.compile(
    r"(?:.*\b(?:added|changed|deprecated|removed|fixed|security|fixes|features?|changes|improvements?|what's new"
    r"|what's changed|breaking|performance|documentation|bug ?fixes|enhancements?|new)\b.*)",
    re.IGNORECASE,
)
# What a change ends with for readers of the page: numbers, addresses and commits, and who made it.
_REFERENCE = re.compile(
    r"\s*(?:\bby @[\w-]+(?:\[bot\])?(?: in)?(?=\s|$)"
    r"|\(?\b(?:in |see |via )?https?://\S+"
    r"|[(\[](?:(?:PR|issues?|fixes|closes|refs?|by)?[\s,]*(?:(?:[\w-]+/[\w.-]+)?#\d+|`?\b[0-9a-f]{7,40}\b`?|@[\w-]+)[\s,;&]*(?:and)?)+[)\]]"
    r"|(?<!issue)(?<!PR)(?<!bug)\s(?:[\w-]+/[\w.-]+)?#\d+"
    r"|\bcourtesy of @[\w-]+)[.,;]?\s*\Z",
    re.IGNORECASE,
)
_EMPTY = re.compile(r"[\s()\[\],;\u2013—-]*\Z")


@dataclass(frozen=True, slots=True)
class Version:
    """A version: its own section, the sections of its kinds of change, and whether people can have it."""

    section: Section
    parts: tuple[Section, ...]
    is_released: bool = True


def video_of(versions: Sequence[Version]) -> dict[str, Any]:
    """Return the sections of all versions and the heading of the newest one, as fields of an outline."""
    sections = tuple(section for each in versions for section in _sections(each))
    released = [each for each in versions if each.is_released] or list(versions)
    newest = released[0] if _key(released[0]) >= _key(released[-1]) else released[-1]
    return {"sections": sections, "focus": newest.section.heading}


def _key(version: Version) -> list[int]:
    return [int(part[:9]) for part in re.findall(r"\d+", version.section.heading)]


def _sections(version: Version) -> Iterator[Section]:
    own = version.section
    top = own.parents[:1]
    headings = [each.heading for each in version.parts]
    lists_english = any(map(_ENGLISH.fullmatch, headings)) or _is_english((own, *version.parts))
    title = f"What is new in {own.heading}" if lists_english else " ".join((*top, own.heading))
    if own.heading == "Unreleased":
        title = "What is new"
    yield replace(own, parents=top, blocks=tuple(_blocks(own.blocks)), title=title, name="")
    for part in version.parts:
        above = (*top, own.heading, *part.parents[len(own.parents) + 1 :])
        yield replace(part, parents=above, blocks=tuple(_blocks(part.blocks)), name="")


def _is_english(sections: Sequence[Section]) -> bool:
    blocks = [block for section in sections for block in section.blocks]
    text = " ".join(item.text for block in blocks if isinstance(block, Items) for item in block.items)
    text += " ".join(block.text for block in blocks if isinstance(block, Prose))
    return len(re.findall(r"\b(?:the|to|for|and|of|in|with|from|add(?:ed)?|fix(?:ed)?)\b", text, re.IGNORECASE)) > 1


def _blocks(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield what changed, without references, in lists that a scene can show."""
    for block in blocks:
        if isinstance(block, Items):
            items = [each for each in map(change, block.items) if each.text]
            yield from split(items)
        elif isinstance(block, Prose):
            if text := without_references(block.text):
                yield Prose(text)
        else:
            yield block


def split(items: Sequence[Item]) -> Iterator[Items]:
    """Yield lists of about the same length, none of them too long for a scene."""
    count = math.ceil(len(items) / SHOWN)
    for nth in range(count):
        part = items[nth * len(items) // count : (nth + 1) * len(items) // count]
        yield Items(tuple(part))


def change(item: Item) -> Item:
    """Return an entry without its references."""
    below = tuple(each for each in map(change, item.items) if each.text)
    return Item(without_references(item.text), without_references(item.detail), below)


def without_references(text: str) -> str:
    """Return a change's text without the numbers, addresses and names that it ends with."""
    while (shorter := _REFERENCE.sub("", text)) != text:
        text = shorter
    return "" if _EMPTY.fullmatch(text) else text.rstrip(" ,;-")
