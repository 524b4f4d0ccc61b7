"""Renders NAME.html: a page to share a video, with a player, captions, chapters and the transcript.

Everything but the video and its poster is in the page. Its policy lets it load these two and nothing else, and run no
script but its own.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from vidbuild.video_report.chapter_lines import clock
from vidbuild.video_report.labels import Labels, labels_in
from vidbuild.video_report.transcript import Paragraph, Part, Transcript

_STYLE, _SCRIPT = (Path(__file__).with_name(f"share.{kind}") for kind in ("css", "js"))
_HEAD = """<!doctype html>
<html lang="{language}"{direction}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<meta name="description" content="{description}">
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<a class="skip" href="#transcript"{skip_language}>{skip}</a>
<main>
<header>
<h1>{title}</h1>
{lead}</header>
"""


def page(
    transcript: Transcript, video: str, poster: str, captions: str, size: tuple[int, int], media_type: str = ""
) -> str:
    """Return the page.

    video, poster: URLs, relative to the page.
    media_type: of the video, with its codecs; "" for one that every browser plays.
    captions: the WebVTT file; "" if nothing is spoken.
    size: width and height of the video in pixels.
    """
    style, script = _STYLE.read_text(encoding="utf-8"), _SCRIPT.read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; media-src 'self' file: data:; img-src 'self' file: data:; style-src '{_digest(style)}'; "
        f"script-src '{_digest(script)}'; base-uri 'none'; form-action 'none'"
    )
    description, labels = transcript.description, labels_in(transcript.language)
    head = _HEAD.format(
        language=escape(transcript.language),
        direction=' dir="rtl"' if transcript.right_to_left else "",
        policy=policy,
        title=escape(transcript.title),
        description=escape(description or transcript.title),
        style=style,
        skip_language=labels.direction,
        skip=labels["skip"],
        lead=f'<p class="lead">{escape(description)}</p>\n' if description else "",
    )
    parts = (
        head,
        '<div class="watch">\n',
        *_player(transcript, labels, (video, poster, media_type), captions, size),
        *_chapters(transcript.parts, labels, video),
        "</div>\n",
        *_transcript(transcript.parts, labels, video),
        f"</main>\n<script>{script}</script>\n</body>\n</html>\n",
    )
    return "".join(parts)


def _player(
    transcript: Transcript, labels: Labels, files: tuple[str, str, str], captions: str, size: tuple[int, int]
) -> Iterator[str]:
    """Yield the player. files: the video and its poster; and the media type of the video."""
    (video, poster, media_type), (width, height) = files, size
    yield f'<div class="player {"tall" if height > width else "wide"}">\n'
    yield f'<video controls playsinline preload="metadata" width="{width}" height="{height}" '
    if media_type:  # a browser that cannot play it says so before it loads it
        yield f'poster="{escape(poster)}">\n<source src="{escape(video)}" type="{escape(media_type)}">\n'
    else:
        yield f'poster="{escape(poster)}" src="{escape(video)}">\n'
    if captions:
        data = base64.b64encode(captions.encode()).decode()
        yield f'<track kind="captions" default srclang="{escape(transcript.language)}" label="{labels["track"]}" '
        yield f'src="data:text/vtt;base64,{data}">\n'
    yield f'<a href="{escape(video)}">{escape(transcript.title)}</a>\n</video>\n'
    yield f'<p class="keys"{labels.direction}><kbd>{labels["space"]}</kbd> {labels["play"]} '
    yield f"<kbd>&larr;</kbd> <kbd>&rarr;</kbd> {labels['seek']}"
    yield f" <kbd>C</kbd> {labels['captions']}</p>\n</div>\n" if captions else "</p>\n</div>\n"


def _chapters(parts: Sequence[Part], labels: Labels, video: str) -> Iterator[str]:
    yield f'<nav aria-labelledby="chapters">\n<h2 id="chapters"{labels.language}>{labels["chapters"]}</h2>\n<ol>\n'
    for part in parts:
        yield f'<li><a {_link(video, part.start)}><time dir="ltr">{clock(part.start)}</time> '
        yield f"<span>{escape(part.title)}</span></a></li>\n"
    yield "</ol>\n</nav>\n"


def _transcript(parts: Sequence[Part], labels: Labels, video: str) -> Iterator[str]:
    yield '<section id="transcript" aria-labelledby="spoken" tabindex="-1">\n'
    yield f'<h2 id="spoken"{labels.language}>{labels["transcript"]}</h2>\n'
    for part in parts:
        yield f"<h3>{escape(part.title)}</h3>\n"
        yield from (f'<p class="alt">{escape(alt)}</p>\n' for alt in part.alts)
        yield from (_paragraph(each, video) for each in part.paragraphs)
    yield "</section>\n"


def _paragraph(paragraph: Paragraph, video: str) -> str:
    speaker = f"<b>{escape(paragraph.speaker)}:</b> " if paragraph.speaker else ""
    sentences = "".join(
        f'<span data-start="{each.start:g}" data-end="{each.end:g}">{escape(each.text)}</span>'
        for each in paragraph.sentences
    )
    start = paragraph.sentences[0].start
    return f'<p><a {_link(video, start)}><time dir="ltr">{clock(start)}</time></a> {speaker}{sentences}</p>\n'


def _link(video: str, start: float) -> str:
    """Return a link to a time of the video: without the script it opens the video there."""
    return f'href="{escape(video)}#t={start:g}" data-time="{start:g}"'


def _digest(text: str) -> str:
    """Return the source expression of a policy that allows this script or style sheet."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
