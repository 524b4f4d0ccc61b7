"""Cuts a text into pieces that fit into a request; it knows nothing of who is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

SENTENCE_END = r"[.!?…](?=\s)|[。！？]"  # noqa: RUF001 - the full-width forms are meant


def parts(text: str, limit: int) -> Iterator[str]:
    """The text in pieces of at most `limit` bytes once escaped, divided after sentences if that can be."""
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
    """How many characters fit, at least one."""
    size = 0
    for index, character in enumerate(text):
        size += _size(character)
        if size > limit:
            return max(1, index)
    return len(text)


def _size(text: str) -> int:
    return len(escape(text).encode())
