"""The HTML of players: what it has, and that no text of a spec becomes markup."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from vidbuild.embedding import html
from vidbuild.embedding.settings import Settings
from vidbuild.embedding.video import Asset, Chapter, EmbeddedVideo

BAD = "\"><script>alert('x')</script>&"
VIDEO = EmbeddedVideo(
    kind="video",
    title=BAD,
    language="en",
    right_to_left=False,
    media_type='video/webm; codecs="vp9, opus"',
    size=(160, 90),
    folder="abc",
    files={name: Asset(Path(f"talk.{name}"), f"{BAD}.{name}", "d1") for name in ("main", "poster", "captions")},
    captions=f"WEBVTT\n\n00:00.000 --> 00:01.000\n{BAD}",
    chapters=(Chapter(BAD, 0, [(BAD, BAD)]), Chapter("Two", 2.5, [("", "Text")])),
    settings=Settings(caption=BAD),
)


class Reader(HTMLParser):
    """The elements, attributes and texts of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in {"track", "source", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Check that elements are nested."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.append(data)

    def first(self, tag: str) -> dict[str, str | None]:
        """The attributes of the first element of this name."""
        return next(attributes for name, attributes in self.elements if name == tag)


def shown(video: EmbeddedVideo) -> Reader:
    """What a player has."""
    reader = Reader(html.player(video, lambda asset: f"a/{asset.name}?v={asset.digest}"))
    assert reader.open == []
    return reader


def test_no_text_becomes_markup() -> None:
    """Titles, speakers, captions and addresses are texts, whatever they have in them; nothing needs a script."""
    page = shown(VIDEO)
    names = {name for name, _ in page.elements}
    assert not names & {"script", "style", "iframe", "object"}
    attributes = {name for _, each in page.elements for name in each}
    assert not any(name.startswith("on") or name == "style" for name in attributes)
    assert page.first("video")["aria-label"] == BAD
    assert page.first("figure")["data-vidbuild-captions"] == VIDEO.captions
    assert page.first("source")["src"] == f"a/{BAD}.main?v=d1"
    assert page.texts.count(BAD) >= 3


def test_the_player_has_its_size_and_loads_little() -> None:
    """The page does not shift while the video loads, of which only the head is loaded."""
    video = shown(VIDEO).first("video")
    assert (video["width"], video["height"], video["preload"]) == ("160", "90", "metadata")
    assert {"controls", "playsinline", "poster"} <= set(video)
    assert shown(VIDEO).first("source")["type"] == VIDEO.media_type
    assert shown(VIDEO).first("track") == {
        "kind": "captions",
        "src": f"a/{BAD}.captions?v=d1",
        "srclang": "en",
        "label": "Captions",
        "default": None,
    }


@pytest.mark.parametrize(
    ("settings", "chapters", "is_open"),
    [
        (Settings(), 2, [False, False]),
        (Settings(chapters=False), 0, [False]),
        (Settings(transcript="open"), 2, [False, True]),
        (Settings(transcript="none"), 2, [False]),
    ],
)
def test_chapters_and_transcript_as_they_are_asked_for(settings: Settings, chapters: int, is_open: list[bool]) -> None:
    """Each is in an element that opens and closes without a script."""
    page = shown(replace(VIDEO, settings=settings))
    assert sum(name == "li" for name, _ in page.elements) == chapters
    assert ["open" in each for name, each in page.elements if name == "details"] == is_open


def test_captions_on_request() -> None:
    """With `captions: off` the player has them and shows none."""
    assert "default" not in shown(replace(VIDEO, settings=Settings(captions="off"))).first("track")


def test_one_chapter_is_no_list() -> None:
    """A video of one chapter has none to choose from."""
    page = shown(replace(VIDEO, chapters=VIDEO.chapters[:1]))
    assert not any(name == "li" for name, _ in page.elements)


def test_a_language_that_is_read_from_the_right() -> None:
    """The texts of the video are in its language and direction."""
    page = shown(replace(VIDEO, language="ar", right_to_left=True))
    assert page.first("figure")["lang"] == "ar"
    assert page.first("figure")["dir"] == "rtl"
    assert "الفصول" in page.texts


def test_images_and_audio() -> None:
    """An animated image has its title as its text, and audio has no picture."""
    image = shown(replace(VIDEO, kind="image", size=(0, 0)))
    assert image.first("img") == {"src": f"a/{BAD}.main?v=d1", "alt": BAD}
    audio = shown(replace(VIDEO, kind="audio", size=(0, 0)))
    assert "poster" not in audio.first("audio")
    assert "controls" in audio.first("audio")


def test_a_tall_video_is_not_as_wide_as_the_page() -> None:
    """Its height decides, so that it is seen as a whole."""
    assert shown(replace(VIDEO, size=(90, 160))).first("figure")["class"] == "vidbuild vidbuild-tall"


def test_a_problem_is_a_text() -> None:
    """The lines of a spec in a box are no markup either."""
    page = Reader(html.problem(f"a.yaml:1:1: {BAD}\n"))
    assert f"a.yaml:1:1: {BAD}\n" in "".join(page.texts)
    assert not any(name == "script" for name, _ in page.elements)


def test_there_is_no_blank_line() -> None:
    """A blank line would end a block of HTML in Markdown."""
    assert "\n\n" not in html.player(VIDEO, lambda asset: asset.name)
