"""Write captions as SubRip and WebVTT, so that players show every character of them as text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from vidbuild.media.text import direction
from vidbuild.media.text.caption_rules import Caption
from vidbuild.timebase import SAMPLE_RATE

# Invisible, and no line ends there: between two characters that a player would interpret together.
_WORD_JOINER = "\u2060"
_MARKUP = re.compile(r"<|\\|--(?=>)|^(?=\d+$)", re.MULTILINE)
_RIGHT_TO_LEFT_MARK = "\u200f"
_WIDE_BRACES = str.maketrans("{}", "｛｝")  # noqa: RUF001 - the wide forms are meant
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def srt(captions: Sequence[Caption]) -> str:
    """Return captions as SubRip: numbered, with a comma before the milliseconds."""
    blocks = []
    for number, caption in enumerate(captions, 1):
        times = f"{_clock(caption.start, ',')} --> {_clock(caption.end, ',')}"
        blocks.append(f"{number}\n{times}\n{unescaped(caption.lines)}\n")
    return "\n".join(blocks)


def unescaped(lines: Sequence[str]) -> str:
    r"""Return a caption as text for formats without escapes, SubRip and the track of an MP4, which players interpret.

    Players remove tags in `<>` and, as most render with the rules of SubStation Alpha, text in `{}`; they break lines
    at a `\N`, and take a line of digits for the next number. A word joiner after the first character prevents all of
    these but `{}`, whose wide forms are shown instead. Nor do these formats have a direction: lines that are read from
    right to left are embedded as such.
    """
    text = _MARKUP.sub(lambda match: match[0] + _WORD_JOINER, "\n".join(direction.marked(lines)))
    return text.translate(_WIDE_BRACES) if "{" in text and "}" in text[text.index("{") :] else text


def vtt(captions: Sequence[Caption], language: str) -> str:
    """Return captions as WebVTT, in which &, < and > have meanings of their own.

    Players take the direction of a line from its first letter: a mark is put before one that would mislead them. A
    speaker's name is the annotation of a voice span, which players do not show, but style sheets and other programs
    can use.
    """
    blocks = (
        f"{_clock(caption.start, '.')} --> {_clock(caption.end, '.')}\n{vtt_text(caption)}\n" for caption in captions
    )
    return "\n".join((f"WEBVTT\nLanguage: {language}\n", *blocks))


def vtt_text(caption: Caption) -> str:
    """Return the text of a caption as WebVTT has it."""
    text = "\n".join(map(_started, caption.lines)).translate(_ENTITIES)
    return f"<v {caption.speaker.translate(_ENTITIES)}>{text}</v>" if caption.speaker else text


def _started(line: str) -> str:
    """Return a line whose first letter has the direction of the line."""
    if line.isascii() or not direction.is_mostly_right_to_left(line):
        return line
    first = next(kind for kind in map(unicodedata.bidirectional, line) if kind in {"L", "R", "AL"})
    return f"{_RIGHT_TO_LEFT_MARK}{line}" if first == "L" else line


def _clock(sample: int, point: str) -> str:
    """Return hours, minutes, seconds and milliseconds: the nearest, so that equal samples give equal times."""
    milliseconds = (sample * 1000 + SAMPLE_RATE // 2) // SAMPLE_RATE
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{milliseconds:03}"
