"""In which direction a language is read."""

from __future__ import annotations

RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


def is_right_to_left(language: str) -> bool:
    """Whether a language, as a BCP 47 tag, is read from right to left."""
    return language.split("-", maxsplit=1)[0].lower() in RIGHT_TO_LEFT
