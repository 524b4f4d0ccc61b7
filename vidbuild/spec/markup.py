"""Removes inline Markdown from narrations, and finds the signs that voices read aloud or leave out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vidbuild.patterns import later

_WORD = "A-Za-z0-9_À-ɏ"  # the letters of scripts without spaces may stand beside emphasis
_CODE = later(r"(?<!`)(`{1,3})(?!`)([^`]+|[^`]+(?:`{1,2}[^`]+)+?)\1(?!`)")
_LINK = later(rf"(?<![{_WORD}\]])!?\[([^\[\]\n]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"\n]*\")?\)")
_AUTOLINK = later(r"<((?:https?://|mailto:)[^<>\s]+)>")
# One "#" is as likely a comment that was meant for YAML.
_HEADING = later(r"^ {0,3}#{2,6}[ \t]+(\S.*)$", re.MULTILINE)
_ITEM = later(r"^ {0,3}[-*+][ \t]+(\S.*)$", re.MULTILINE)
_LAST_WORD = later(r"(\w)((?:\s*\[\[[^\[\]\n]*\]\])*)\Z")
# Emphasis opens before a character and closes after one that is no blank, and is no part of a word: 2 * 3, *.py,
# **kwargs, a*b*c and __init__ are none.
_EMPHASIS = (
    re.compile(rf"(?<![{_WORD}*\\/.])(\*{{1,3}})(?=[^\s*])([^*\n]*[^\s*])\1(?![{_WORD}*])"),
    re.compile(rf"(?<![{_WORD}\\/.*-])(_)(?=[^\s_])([^_\n]*[^\s_])_(?![{_WORD}/.(])"),
    re.compile(rf"(?<![{_WORD}\\/.*-])(__)(?=[^\s_])([^_\n]*\s[^_\n]*[^\s_])__(?![{_WORD}/.(])"),
    re.compile(r"(?<!~)(~~)(?=[^\s~])([^~\n]*[^\s~])~~(?!~)"),
)
_NESTING = 3
_POSSIBLE = later(r"[*_~`<]|\]\(|^ {0,3}(?:#|[-+]\s)", re.MULTILINE)
_HELD = later("\0([0-9]+)\0")

_TAGS = "a|audio|b|br|break|code|div|em|emphasis|h[1-6]|i|img|kbd|li|mark|ol|p|phoneme|prosody|s|say-as|span|speak|strong|sub|sup|u|ul|voice"  # noqa: E501 - one list
_TAG = later(rf"(?:(?<![{_WORD}])<|</)(?:{_TAGS})(?:\s[^<>]*)?/?>")
_READ_ALOUD = later(r"\*\*|`+|\]\(|(?<!\S)#+(?!\S)")
_SILENT = later(r"-+>|<-+|[<>|^]")


def plain(text: str) -> str:
    """Return a narration without the marks of Markdown's emphasis, code, links, headings and lists.

    A heading or an item without punctuation at its end gets a full stop, so that the voice pauses there.
    """
    if not _POSSIBLE.search(text):
        return text
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        held.append(match[2].strip())
        return f"\0{len(held) - 1}\0"

    text = _CODE.sub(hold, text.replace("\0", " "))
    text = _AUTOLINK.sub(r"\1", _LINK.sub(r"\1", text))
    text = _ITEM.sub(_sentence, _HEADING.sub(_heading, text))
    for _ in range(_NESTING):
        for pattern in _EMPHASIS:
            text = pattern.sub(r"\2", text)
    return _HELD.sub(lambda match: held[int(match[1])], text)


def tags(text: str) -> Iterator[str]:
    """Yield the tags of SSML and HTML, which voices read aloud."""
    return (match[0] for match in _TAG.finditer(text))


def read_aloud(spoken: str) -> Iterator[str]:
    """Yield signs of Markdown that are left, which voices read aloud."""
    return (match[0] for match in _READ_ALOUD.finditer(spoken))


def silent(spoken: str) -> Iterator[tuple[str, int]]:
    """Yield the signs that espeak leaves out, each with the number of times that its characters occur before it."""
    text = _TAG.sub(lambda tag: " " * len(tag[0]), spoken)
    return ((match[0], spoken.count(match[0], 0, match.start())) for match in _SILENT.finditer(text))


def _heading(match: re.Match[str]) -> str:
    """Return a heading as a sentence, without the signs that may close it."""
    text = match[1].rstrip()
    opened = text.rstrip("#")
    return _ended(opened.rstrip() if opened[-1:].isspace() else text)


def _sentence(match: re.Match[str]) -> str:
    return _ended(match[1].rstrip())


def _ended(text: str) -> str:
    return _LAST_WORD.sub(r"\1.\2", text)
