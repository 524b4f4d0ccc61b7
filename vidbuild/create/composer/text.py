"""Short forms of texts: cut at a word, and as the id of a scene."""

from __future__ import annotations

import re
import unicodedata

from vidbuild import inline
from vidbuild.create.source import breaks

ID_WORDS = 5
LEAST = 3  # part of the room that first sentences fill at least


def cut_to(text: str, limit: int) -> tuple[str, bool]:
    """Return a text of at most so many characters, cut at a word, and whether it was cut."""
    text = " ".join(text.split())
    if len(inline.plain(text)) <= limit:
        return text, False
    words = text.split(" ", limit + 1)[: limit + 1]  # each has a character
    for count in range(len(words) - 1, 0, -1):
        kept = " ".join(words[:count]).rstrip(" ,;:-")
        # Markup that is open at the end has no effect, and would be shown as signs.
        if limit // 2 < len(inline.plain(kept)) < limit and kept.count("`") % 2 == kept.count("**") % 2 == 0:
            return kept + "…", True
    return inline.plain(text)[: limit - 1] + "…", True


def lead(text: str, limit: int) -> str:
    """Return a text of at most so many characters: its first sentences, or if these say little, cut at a word."""
    text = " ".join(text.split())
    if len(inline.plain(text)) <= limit:
        return text
    end = 0
    for sentence in breaks.split(text[: 4 * limit], "en"):
        after = text.find(sentence, end) + len(sentence)
        if len(inline.plain(text[:after])) > limit:
            break
        end = after
    return text[:end] if len(inline.plain(text[:end])) > limit // LEAST else cut_to(text, limit)[0]


def slug(text: str) -> str:
    """Return a text as a scene's id: small Latin letters, digits and hyphens; "" if it has none of these."""
    plain = unicodedata.normalize("NFKD", inline.plain(text)).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain)[:ID_WORDS])
