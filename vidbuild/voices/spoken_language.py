"""Finds the language that a voice speaks in its name."""

from __future__ import annotations

import re

# Languages with several tags, or close enough that each one's voice can read the other.
SAME = {"cmn": "zh", "yue": "zh", "hak": "zh", "nb": "no", "nn": "no", **dict.fromkeys(("hr", "sr", "bs"), "hbs")}
# How the engines whose voices are named by their languages write these.
_TAGS = {
    "espeak": re.compile("[a-z]{2,3}(?![a-z])"),
    "edge": re.compile("[a-z]{2,3}(?=-[A-Z])"),
    "nanotts": re.compile("[a-z]{2}(?=-[A-Z])"),
    "piper": re.compile("[a-z]{2}(?=_[A-Z]{2}-)"),
}


def of(engine: str, name: str, language: str) -> str:
    """Return the language in which a voice reads numbers and signs: the text's unless its own is another one."""
    if engine == "natural":
        own = "en"
    else:
        found = _TAGS[engine].match(name) if engine in _TAGS else None
        own = found[0] if found else language
    return language if primary(own) == primary(language) else own


def primary(tag: str) -> str:
    """Return the language of a tag, without region, script or variant."""
    first = tag.partition("-")[0].partition("+")[0].lower()
    return SAME.get(first, first)
