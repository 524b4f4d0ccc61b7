"""The transcript of a video, as Markdown and as a page."""

from __future__ import annotations

import html
import re

from markdown_it import MarkdownIt

from vidbuild.video_report.transcript import Paragraph, Part, Sentence, Transcript, markdown, page

TEXT = "A <b>tag</b>, *stars*, `code`, [a](b), {x} & &amp; 1. a_b_c | ~~x~~ $y$ C:\\new ![i](j) https://acme.example"
SPOKEN = Transcript(
    title=f"# {TEXT}",
    description=f"- {TEXT}",
    language="en",
    right_to_left=False,
    duration=60,
    parts=[
        Part("1. One", 0, [Paragraph("Ada", [Sentence(TEXT, 0, 9), Sentence(" Second.", 9, 10)])], [f"> {TEXT}"]),
        Part("Two", 3700, [Paragraph("", [Sentence("1) = x", 0, 9)])]),
    ],
)


def test_markdown_shows_every_character() -> None:
    """A reader of Markdown finds headings, speakers and paragraphs, and nothing else that is markup in a text."""
    shown = MarkdownIt("commonmark").enable("table").enable("strikethrough").render(markdown(SPOKEN))
    assert set(re.findall(r"<(\w+)", shown)) == {"h1", "h2", "p", "em", "strong"}
    texts = html.unescape(re.sub(r"</?(?:h1|h2|p|em|strong)>", "", shown)).split("\n")
    assert [text for text in texts if text] == [
        f"# {TEXT}",
        f"- {TEXT}",
        "1. One (0:00)",
        f"> {TEXT}",
        f"Ada: {TEXT} Second.",
        "Two (1:01:40)",
        "1) = x",
    ]


def test_the_page_shows_every_character() -> None:
    """Texts are text in the page, too, and it loads nothing."""
    found = page(SPOKEN)
    assert "default-src 'none'" in found
    assert "<script" not in found
    assert found.count(html.escape(TEXT)) == 5, "heading, title, description, alternative text and what is spoken"


def test_a_page_from_right_to_left() -> None:
    """A language that is read from right to left has the page read so, but for times."""
    found = page(Transcript("عنوان", "", "ar", True, 9, [Part("أول", 0, [])]))
    assert '<html lang="ar" dir="rtl">' in found
    assert '<time dir="ltr">0:00</time>' in found
