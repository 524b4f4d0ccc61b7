"""Captions of a dialogue: none has the words of two speakers, and each change of speaker is shown.

As captioners do, the first caption of each turn begins with the speaker's name and a colon, or with a dash if the name
is unknown, since viewers who read captions do not recognize voices.
"""

from __future__ import annotations

from collections.abc import Sequence

from vidbuild.frozen import replaced
from vidbuild.media.text.caption_rules import Caption, Rules
from vidbuild.media.text.captions import captions
from vidbuild.media.text.words import TimedWord

_NO_BREAK = "\u00a0"  # keeps a label and the word after it in one line
_DASH = "-"


def label(speaker: str) -> str:
    """Return how captions show that this speaker begins; "" is one without a name."""
    return f"{speaker}:" if speaker else _DASH


def turn(words: Sequence[TimedWord], end: int, language: str, rules: Rules, speaker: str, shown: str) -> list[Caption]:
    """Return the captions of what one speaker says at a time, up to `end`.

    speaker: the name, which all captions carry; "" without one.
    shown: what the first caption begins with; "" for nothing.
    """
    if not shown or not words:
        return [replaced(each, speaker=speaker) for each in captions(words, end, language, rules)]
    marked = f"{shown} ".replace(" ", _NO_BREAK)
    first = replaced(words[0], text=marked + words[0].text)
    found = [replaced(each, speaker=speaker) for each in captions([first, *words[1:]], end, language, rules)]
    lines = tuple(line.replace(marked, f"{shown} ", 1) for line in found[0].lines)
    return [replaced(found[0], lines=lines), *found[1:]]
