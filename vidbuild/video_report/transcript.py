"""The transcript of a video, as Markdown and as a page: its chapters, and what is spoken in each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from vidbuild.video_report.chapter_lines import clock

_STYLE = Path(__file__).with_name("transcript.css")
# What Markdown could take for markup, wherever it stands in a line, and at the start of one.
_MARKDOWN = re.compile(
    r"[\\`*_{}\[\]<>|~$&]|^[#+=:-]|(?<=^\d)[.)]|(?<=^\d\d)[.)]|!(?=\[)|(?<=https)(?=:)|(?<=http)(?=:)"
)
_HEAD = """<!doctype html>
<html lang="{language}"{direction}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
"""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is spoken, and its start and end in seconds from the start of the video."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What one speaker says at a time; speaker: "" if it does not matter."""

    speaker: str
    sentences: Sequence[Sentence]


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter of the video. start: in seconds. alts: alternative texts of what is shown in it."""

    title: str
    start: float
    paragraphs: Sequence[Paragraph]
    alts: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """The transcript of a video. language: a BCP 47 tag."""

    title: str
    description: str
    language: str
    right_to_left: bool
    duration: float
    parts: Sequence[Part]


def markdown(transcript: Transcript) -> str:
    """Return the transcript as Markdown, in which every character of a text is shown as it is."""
    lines = [f"# {_plain(transcript.title)}", ""]
    if transcript.description:
        lines += [_plain(transcript.description), ""]
    for part in transcript.parts:
        lines += [f"## {_plain(part.title)} ({clock(part.start)})", ""]
        for alt in part.alts:
            lines += [f"*{_plain(alt)}*", ""]
        for paragraph in part.paragraphs:
            speaker = f"**{_plain(paragraph.speaker)}:** " if paragraph.speaker else ""
            lines += [speaker + _plain(_text(paragraph)), ""]
    return "\n".join(lines)


def page(transcript: Transcript) -> str:
    """Return the transcript as a self-contained page."""
    head = _HEAD.format(
        language=escape(transcript.language),
        direction=' dir="rtl"' if transcript.right_to_left else "",
        title=escape(transcript.title),
        style=_STYLE.read_text(encoding="utf-8"),
    )
    lead = f'<p class="lead">{escape(transcript.description)}</p>\n' if transcript.description else ""
    return "".join((head, lead, *_parts(transcript.parts), "</main>\n</body>\n</html>\n"))


def _parts(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        yield f'<section>\n<h2>{escape(part.title)} <time dir="ltr">{clock(part.start)}</time></h2>\n'
        for alt in part.alts:
            yield f'<p class="alt">{escape(alt)}</p>\n'
        for paragraph in part.paragraphs:
            speaker = f"<b>{escape(paragraph.speaker)}:</b> " if paragraph.speaker else ""
            yield f"<p>{speaker}{escape(_text(paragraph))}</p>\n"
        yield "</section>\n"


def _text(paragraph: Paragraph) -> str:
    return "".join(sentence.text for sentence in paragraph.sentences).strip()


def _plain(text: str) -> str:
    """Return a text on one line whose characters have no meaning in Markdown."""
    return _MARKDOWN.sub(lambda match: f"\\{match[0]}" if match[0] else "\\", " ".join(text.split()))
