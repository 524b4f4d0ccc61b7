"""Writes the HTML of a player. It needs no script and no inline style, so a strict policy allows all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape

from vidbuild.embedding.video import CAPTIONS, MAIN, POSTER, Asset, EmbeddedVideo
from vidbuild.video_report.chapter_lines import clock
from vidbuild.video_report.labels import Labels, labels_in

Address = Callable[[Asset], str]


def player(video: EmbeddedVideo, address: Address) -> str:
    """Return the HTML of a video. address: returns the URL of a file, as the page needs it."""
    return "".join(_figure(video, address)).replace("\n\n", "\n")


def problem(text: str) -> str:
    """Return the HTML of a box that says why there is no video."""
    return (
        '<div class="admonition danger vidbuild-problem" role="alert">\n<p class="admonition-title">'
        f"This video cannot be shown</p>\n<pre>{escape(text)}</pre>\n</div>"
    )


def _figure(video: EmbeddedVideo, address: Address) -> Iterator[str]:
    labels = labels_in(video.language)
    width, height = video.size
    shape = " vidbuild-tall" if height > width else ""
    direction = ' dir="rtl"' if video.right_to_left else ""
    captions = f' data-vidbuild-captions="{_attribute(video.captions)}"' if video.captions else ""
    yield f'<figure class="vidbuild{shape}" lang="{escape(video.language)}"{direction}{captions}>\n'
    yield from _image(video, address) if video.kind == "image" else _media(video, address, labels)
    if video.settings.caption:
        yield f"<figcaption>{escape(video.settings.caption)}</figcaption>\n"
    if video.kind != "image":
        yield from _chapters(video, address, labels)
        yield from _transcript(video, address, labels)
    yield "</figure>"


def _image(video: EmbeddedVideo, address: Address) -> Iterator[str]:
    url = escape(address(video.files[MAIN]))
    yield f'<img src="{url}" alt="{escape(video.title)}"{_size(video)}>\n'


def _media(video: EmbeddedVideo, address: Address, labels: Labels) -> Iterator[str]:
    url, title = escape(address(video.files[MAIN])), escape(video.title)
    yield f'<{video.kind} controls preload="metadata"{_size(video)} aria-label="{title}"'
    if video.kind == "video":
        yield " playsinline"
        if POSTER in video.files:
            yield f' poster="{escape(address(video.files[POSTER]))}"'
    yield f'>\n<source src="{url}" type="{escape(video.media_type)}">\n'
    if CAPTIONS in video.files:
        default = " default" if video.settings.captions == "on" else ""
        yield f'<track kind="captions" src="{escape(address(video.files[CAPTIONS]))}" '
        yield f'srclang="{escape(video.language)}" label="{labels["track"]}"{default}>\n'
    yield f'<a href="{url}">{title}</a>\n</{video.kind}>\n'


def _size(video: EmbeddedVideo) -> str:
    width, height = video.size
    return f' width="{width}" height="{height}"' if width and height else ""


def _chapters(video: EmbeddedVideo, address: Address, labels: Labels) -> Iterator[str]:
    listed = [chapter for chapter in video.chapters if chapter.title]
    if not video.settings.chapters or len(listed) < 2:  # noqa: PLR2004 - one chapter is the video itself
        return
    yield f"<details>\n<summary{labels.direction}>{labels['chapters']}</summary>\n<ol>\n"
    for chapter in listed:
        yield f"<li>{_time(video, address, chapter.start)} {escape(chapter.title)}</li>\n"
    yield "</ol>\n</details>\n"


def _transcript(video: EmbeddedVideo, address: Address, labels: Labels) -> Iterator[str]:
    spoken = [chapter for chapter in video.chapters if chapter.paragraphs]
    if video.settings.transcript == "none" or not spoken:
        return
    is_open = " open" if video.settings.transcript == "open" else ""
    yield f"<details{is_open}>\n<summary{labels.direction}>{labels['transcript']}</summary>\n"
    for chapter in spoken:
        title = f" <strong>{escape(chapter.title)}</strong>" if chapter.title else ""
        yield f"<p>{_time(video, address, chapter.start)}{title}</p>\n"
        for speaker, text in chapter.paragraphs:
            by = f"<b>{escape(speaker)}:</b> " if speaker else ""
            yield f"<p>{by}{escape(text)}</p>\n"
    yield "</details>\n"


def _time(video: EmbeddedVideo, address: Address, start: float) -> str:
    """Return a link to a time of the video: without the script it opens the video there."""
    url = escape(address(video.files[MAIN]))
    return f'<a href="{url}#t={start:g}" data-vidbuild-time="{start:g}"><time dir="ltr">{clock(start)}</time></a>'


def _attribute(text: str) -> str:
    """Escape a text of several lines for an attribute: a blank line would end an HTML block of Markdown."""
    return escape(text).replace("\n", "&#10;")
