"""Write captions as TTML, in the text profile of IMSC 1.1, which broadcasters and streaming services take."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from vidbuild.media.text.caption_rules import Caption
from vidbuild.media.text.direction import is_mostly_right_to_left
from vidbuild.timebase import SAMPLE_RATE

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata"
  xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:tts="http://www.w3.org/ns/ttml#styling"
  ttp:contentProfiles="http://www.w3.org/ns/ttml/profile/imsc1.1/text" ttp:timeBase="media"
  ttp:cellResolution="32 15" xml:lang="{language}" xml:space="preserve">
<head>
<metadata>
<ttm:title>{title}</ttm:title>
{agents}</metadata>
<styling>
<style xml:id="text" tts:color="white" tts:backgroundColor="#000000c0" tts:fontFamily="proportionalSansSerif"
  tts:fontSize="100%" tts:lineHeight="125%" tts:textAlign="center"/>
<style xml:id="rtl" tts:direction="rtl" tts:unicodeBidi="embed"/>
</styling>
<layout>
<region xml:id="bottom" tts:origin="10% 75%" tts:extent="80% 20%" tts:displayAlign="after" tts:overflow="visible"/>
</layout>
</head>
<body region="bottom" style="text">
<div>
"""
_END = "</div>\n</body>\n</tt>\n"


def ttml(captions: Sequence[Caption], language: str, title: str) -> str:
    """Return captions as TTML. Each line is a span, of which one that is read from right to left says so.

    language: a BCP 47 tag. Speakers are agents, of which a program can show the names.
    """
    speakers = list(dict.fromkeys(each.speaker for each in captions if each.speaker))
    agents = "".join(
        f'<ttm:agent xml:id="speaker-{number}" type="person">'
        f'<ttm:name type="full">{_text(name)}</ttm:name></ttm:agent>\n'
        for number, name in enumerate(speakers, 1)
    )
    parts = [_HEAD.format(language=escape(language), title=_text(title), agents=agents)]
    for each in captions:
        agent = f' ttm:agent="speaker-{speakers.index(each.speaker) + 1}"' if each.speaker else ""
        lines = "<br/>".join(map(_line, each.lines))
        parts.append(f'<p begin="{_clock(each.start)}" end="{_clock(each.end)}"{agent}>{lines}</p>\n')
    return "".join((*parts, _END))


def _line(text: str) -> str:
    style = ' style="rtl"' if is_mostly_right_to_left(text) else ""
    return f"<span{style}>{_text(text)}</span>"


def _text(text: str) -> str:
    """Return a text without the characters that XML has no form for, and with escapes for its markup."""
    return escape("".join(letter for letter in text if letter >= " " and letter not in "\ufffe\uffff"), quote=False)


def _clock(sample: int) -> str:
    milliseconds = (sample * 1000 + SAMPLE_RATE // 2) // SAMPLE_RATE
    seconds, milliseconds = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{milliseconds:03}"
