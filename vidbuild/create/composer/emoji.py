"""Emoji of a source, which no built-in font has: they are left out, and signs for yes and no stand in for some.

Only a text that is nothing else keeps them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from vidbuild.create.source.outline import Block, Item, Items, Outline, Picture, Prose, Quotation, Section, Table

_DRAWN = {"\u2705": "✓", "\u2714": "✓", "\u2611": "✓", "\u274c": "✗", "\u274e": "✗", "\u2716": "✗", "\u27a1": "→"}
# Emoji by themselves; signs of text that U+FE0F makes an emoji; and the sequences of both.
_PICTURE = (
    r"[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615"
    r"\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa"
    r"\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55]"
    r"|[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff](?=\ufe0f)"
)
_SEQUENCE = re.compile(rf"(?:{_PICTURE})\ufe0f?[\U000e0020-\U000e007f]*(?:\u200d(?:{_PICTURE})\ufe0f?)*")
_SELECTORS = re.compile("\ufe0f\u20e3?")  # a digit on a key is a digit


def without(text: str) -> str:
    """Return a text without emoji."""
    cleaned = _SELECTORS.sub("", _SEQUENCE.sub(lambda match: _DRAWN.get(match[0][0], ""), text))
    if cleaned == text:
        return text
    cleaned = re.sub(r" +(?=[.,;:!?](?:\s|$))", "", " ".join(cleaned.split()))
    return cleaned if re.search(r"[\w✓✗→]", cleaned) else text


def outline_without(outline: Outline) -> Outline:
    """Return an outline without emoji in its texts; code, commands and what is spoken as it stands keep theirs."""
    return replace(
        outline,
        title=without(outline.title),
        description=without(outline.description),
        sections=tuple(map(_section, outline.sections)),
    )


def _section(section: Section) -> Section:
    return replace(
        section,
        heading=without(section.heading),
        parents=_each(section.parents),
        title=without(section.title),
        blocks=tuple(map(_block, section.blocks)),
    )


def _block(block: Block) -> Block:
    match block:
        case Prose(text) | Quotation(text):
            return replace(block, text=without(text))
        case Items(items):
            return replace(block, items=tuple(map(_item, items)))
        case Table(columns, rows):
            return Table(_each(columns), tuple(map(_each, rows)))
        case Picture(alt, caption=caption):
            return replace(block, alt=without(alt), caption=without(caption))
    return block


def _item(item: Item) -> Item:
    return Item(without(item.text), without(item.detail), tuple(map(_item, item.items)))


def _each(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(without, texts))
