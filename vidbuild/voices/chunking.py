"""Splits a text into parts that fit into a request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

SENTENCE_END = r"[.!?…](?=\s)|[。！？]"  # noqa: RUF001 - the full-width forms are meant


def split_text(text: str, limit: int) -> Iterator[str]:
    """Yield the text in parts of at most `limit` bytes as escaped XML, split after sentences, else after words."""
    text = " ".join(text.split())
    while text:
        if _size(text) <= limit:
            yield text
            return
        end = _fitting(text, limit)
        sentences = (match.end() for match in re.finditer(SENTENCE_END, text[: end + 1]) if match.end() <= end)
        cut = max(sentences, default=0) or text.rfind(" ", 0, end + 1)
        cut = cut if cut > 0 else end
        yield text[:cut].strip()
        text = text[cut:].strip()


def _fitting(text: str, limit: int) -> int:
    """Return how many characters fit, at least one."""
    size = 0
    for index, character in enumerate(text):
        size += _size(character)
        if size > limit:
            return max(1, index)
    return len(text)


def _size(text: str) -> int:
    return len(escape(text).encode())
