"""Forms of words in IPA."""

from __future__ import annotations

_HISSING = ("s", "z", "ʃ", "ʒ")
_VOICELESS = ("p", "t", "k", "f", "θ")


def with_s(sounds: str) -> str:
    """Return the sounds of an English word with those of its plural's or possessive's ending."""
    if sounds.endswith(_HISSING):
        return f"{sounds}\u026az"
    return f"{sounds}s" if sounds.endswith(_VOICELESS) else f"{sounds}z"
