"""The report page: self-contained, to scale, and safe with any text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.unit.video_report.test_timing import FACTS, TIMINGS
from vidbuild.video_report.page import _ruler, page
from vidbuild.video_report.timing import report_data, video_timing

VOID = {"meta", "img", "br"}


def data(**changes: Any) -> dict[str, Any]:
    """Two scenes' data."""
    return {**report_data(FACTS, video_timing(FACTS, TIMINGS), {"one": "QUJD", "two": "REVG"}), **changes}


class Parsed(HTMLParser):
    """The page's elements, with a check that they are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """It must be the one opened last."""
        assert self.open.pop() == tag

    def handle_data(self, text: str) -> None:
        """Keep what is read."""
        self.text += text

    def having(self, tag: str, name: str, value: str) -> list[dict[str, str | None]]:
        """The elements whose attribute holds the value."""
        return [attrs for found, attrs in self.elements if found == tag and value in (attrs.get(name) or "").split()]


VIDEO = "talk.mp4"


def test_the_page_loads_nothing() -> None:
    """Every picture is in the page, there is no script, and the page itself forbids anything else."""
    parsed = Parsed(page(data(), VIDEO))
    sources = [attrs["src"] or "" for tag, attrs in parsed.elements if "src" in attrs]
    assert sources
    assert all(source.startswith("data:image/jpeg;base64,") for source in sources)
    assert not {"script", "link", "iframe", "video", "object"} & {tag for tag, _ in parsed.elements}
    policy = next(attrs["content"] for tag, attrs in parsed.elements if attrs.get("http-equiv"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    styles = re.findall(r"url\([^)]*\)", page(data(), VIDEO))
    assert styles
    assert all(re.fullmatch(r"url\(data:image/jpeg;base64,[\w+/=]*\)", style) for style in styles)
    assert "@import" not in page(data(), VIDEO)


def test_scenes_are_drawn_to_scale() -> None:
    """A scene's box begins and ends where the scene does, in percent of the video."""
    shots = Parsed(page(data(), VIDEO)).having("a", "class", "box")
    styles = [re.findall(r"([\d.]+)%", shot["style"] or "") for shot in shots]
    assert [[float(each) for each in style] for style in styles] == [
        [0.0, pytest.approx(100 * 1.5 / 3.5, abs=0.001)],
        [pytest.approx(100 * 1.5 / 3.5, abs=0.001), pytest.approx(100 * 2 / 3.5, abs=0.001)],
    ]


def test_three_pixels_are_between_two_scenes() -> None:
    """Boxes of scenes that follow each other do not touch: each ends three pixels before the next one."""
    shots = Parsed(page(data(), VIDEO)).having("a", "class", "box")
    assert [re.findall(r"width:calc\([\d.]+% - (.*?)\)", shot["style"] or "") for shot in shots] == [["3px"], ["3px"]]


def test_the_shortest_scene_can_be_recognized() -> None:
    """The timeline is so wide that its shortest scene, of 1.5 s among 3.5 s, has 96 pixels."""
    assert re.findall(r"min-width:(\d+)px", page(data(), VIDEO)) == ["224"]


def test_the_page_begins_with_facts_about_the_video() -> None:
    """Length, size, frame rate, scenes, words and pace are those of the whole video; silence has no pace."""
    facts = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page(data(), VIDEO))
    assert facts == [
        ("length", "0:04"),
        ("size", "160 &times; 90"),
        ("frame rate", "30 fps"),
        ("scenes", "2"),
        ("words", "2"),
        ("words per minute", "120"),
    ]


def test_sound_without_words_has_no_pace() -> None:
    """A narration of music alone has no words, and no pace of 0 words per minute."""
    timings = [TIMINGS[0], {**TIMINGS[1], "words": []}]
    text = Parsed(page(report_data(FACTS, video_timing(FACTS, timings), {}), VIDEO)).text
    assert "2.0 s0 words" in text
    assert "0 per minute" not in text


def test_a_scene_leads_into_the_video() -> None:
    """A click on a scene opens the video, which lies beside the page, at the scene's start."""
    shots = Parsed(page(data(), "a%20talk%3F.mp4")).having("a", "class", "box")
    assert [shot["href"] for shot in shots] == ["a%20talk%3F.mp4#t=0", "a%20talk%3F.mp4#t=1.5"]


def test_a_scene_shows_its_pace_and_cues() -> None:
    """The second scene has two words in one second, and its cue's time counts from the video's start."""
    text = Parsed(page(data(), VIDEO)).text
    assert "2 words, 120 per minute" in text
    assert "here 0:02.0" in text
    assert "0:01.5 to 0:03.5" in text


def test_a_scene_shows_its_alternative_text() -> None:
    """The alternative text is below the scene's title and describes its frame; without one, the title does."""
    parsed = Parsed(page(data(), VIDEO))
    assert [attrs["alt"] for tag, attrs in parsed.elements if tag == "img"] == ["A <red> door", "Second"]
    assert parsed.text.count("A <red> door") == 1


HOSTILE = "<script>alert('x')</script> \"&amp; {braces} %s"


def test_no_text_can_break_out() -> None:
    """Titles, narration, cue names and ids are shown as text, whatever is in them."""
    scenes = [
        {**scene, "title": HOSTILE, "text": HOSTILE, "cues": {HOSTILE: 1.0}, "id": HOSTILE}
        for scene in data()["scenes"]
    ]
    parsed = Parsed(page(data(title=HOSTILE, description=HOSTILE, scenes=scenes), f'x" onclick="{HOSTILE}'))
    assert "script" not in {tag for tag, _ in parsed.elements}
    assert parsed.text.count(HOSTILE) >= 10


def test_a_video_without_narration_has_a_page() -> None:
    """Without narration there is no pace to show, and no division by zero."""
    silent = {**FACTS, "scenes": FACTS["scenes"][:1]}
    made = report_data(silent, video_timing(silent, TIMINGS[:1]), {})
    parsed = Parsed(page(made, VIDEO))
    assert "words per minute" in parsed.text
    assert not parsed.having("i", "style", "left:0.000%;")


def test_a_thousand_scenes_stay_a_page() -> None:
    """A long video's timeline scrolls instead of growing without bound, and its ruler keeps a readable distance."""
    count = 1_000
    facts = {
        **FACTS,
        "scenes": [{"id": f"s{index}", "type": "title", "title": "T", "alt": ""} for index in range(count)],
    }
    timings = [{**TIMINGS[0], "frames": 30 + 10 * (index % 7)} for index in range(count)]
    made = page(report_data(facts, video_timing(facts, timings), {}), VIDEO)
    width = re.search(r"min-width:(\d+)px", made)
    assert width is not None
    assert 1_000 < int(width[1]) <= 12_000
    marks = made.partition('class="ruler"')[2].partition("</div>")[0].count("<span")
    assert 12 <= marks <= 130


@pytest.mark.parametrize("gap", [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600])
def test_the_ruler_counts_as_clocks_do(gap: int) -> None:
    """Twelve marks are a round number of seconds, minutes or hours apart, if the length allows."""
    marks = re.findall(r"left:([\d.]+)%", _ruler(12 * gap, 0))
    assert [float(mark) for mark in marks] == pytest.approx([100 * mark / 12 for mark in range(12)], abs=0.001)


@pytest.mark.parametrize(
    ("length", "gap", "count"), [(12, 1, 12), (120, 10, 12), (121, 15, 8), (43_200, 3600, 12), (90_000, 3600, 25)]
)
def test_the_rulers_marks_are_at_round_times(length: float, gap: int, count: int) -> None:
    """About twelve marks of a timeline are at round times, the first at 0, and none is at the very end."""
    marks = re.findall(r"left:([\d.]+)%", _ruler(length, 0))
    assert len(marks) == count
    assert [float(mark) for mark in marks[:2]] == pytest.approx([0, 100 * gap / length], abs=0.01)
