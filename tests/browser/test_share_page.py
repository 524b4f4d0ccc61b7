"""The share page in a real browser: player, captions, chapters and transcript, by mouse and by keyboard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.guard import guard
from tests.support.chromium import Chromium
from tests.support.file_server import served
from tests.support.workspace import Workspace

SPEC = """\
vidbuild: 1
title: "Share <this> & that"
voice: espeak:en-us
output: {size: 160x90, fps: 25}
also: [page]
scenes:
  - {id: one, type: title, title: One <b>, narration: "First it says <i>this</i>. Then it says that & more."}
  - {id: two, type: title, title: Two, narration: "Second it says something else."}
"""


@pytest.fixture(scope="module", params=["server", "file"])
def browser(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """The page, opened from a server and as a file."""
    workspace = Workspace(tmp_path_factory.mktemp("share") / "project")
    workspace.write("video.yaml", SPEC)
    workspace.build()
    build: Path = workspace.root / "build"
    with ExitStack() as stack:
        browser = stack.enter_context(Chromium(tmp_path_factory.mktemp("chromium")))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(guard.LOOPBACK, "1")
            base = stack.enter_context(served(build)) if request.param == "server" else build.as_uri()
        browser.open(f"{base}/video.html", "document.readyState === 'complete'")
        ready = "document.querySelector('video')?.readyState >= 1 && document.querySelector('track').readyState === 2"
        browser.evaluate(
            "window.broken = []; document.addEventListener('securitypolicyviolation', "
            "(event) => broken.push(event.blockedURI)); "
            f"new Promise((done) => setInterval(() => ({ready}) && done(), 20))"
        )
        yield browser


def press(browser: Chromium, key: str, target: str = "document.body") -> None:
    """Press a key while an element has the focus."""
    event = f"new KeyboardEvent('keydown', {{key: {json.dumps(key)}, bubbles: true, cancelable: true}})"
    browser.evaluate(f"{target}.dispatchEvent({event})")


def test_captions_chapters_and_transcript_are_there(browser: Chromium) -> None:
    """The track has the captions, the list the chapters, and the transcript each sentence, as they are written."""
    cues = browser.evaluate("[...document.querySelector('video').textTracks[0].cues].map((cue) => cue.text)")
    assert "&lt;i&gt;this&lt;/i&gt;" in cues[0]
    assert browser.evaluate("[...document.querySelectorAll('nav span')].map((each) => each.textContent)") == [
        "One <b>",
        "Two",
    ]
    sentences = browser.evaluate("[...document.querySelectorAll('[data-start]')].map((each) => each.textContent)")
    assert sentences == [
        "First it says <i>this</i>.",
        " Then it says that & more.",
        "Second it says something else.",
    ]
    assert browser.evaluate("document.title") == "Share <this> & that"


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_the_page_is_as_wide_as_its_window(browser: Chromium, direction: str) -> None:
    """Nothing reaches over an edge of the window, in either direction of reading."""
    browser.evaluate(f"document.documentElement.dir = {json.dumps(direction)}")
    width, window = browser.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    browser.evaluate("document.documentElement.dir = 'ltr'")
    assert width == window


def test_nothing_but_the_video_and_its_poster_is_loaded(browser: Chromium) -> None:
    """The page requests two files beside it and breaks its own policy nowhere."""
    names = browser.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert {name.rpartition("/")[2] for name in names if not name.startswith("data:")} <= {
        "video.mp4",
        "video.poster.png",
    }
    assert browser.evaluate("broken") == []


def test_a_chapter_and_a_sentence_are_links(browser: Chromium) -> None:
    """A click on either plays from there, and both are marked while they are spoken."""
    for selector, inside in (("nav li:nth-child(2) a", 0.05), ("[data-start]:nth-of-type(2)", 0.05)):
        time = browser.evaluate(
            f"(() => {{ const each = document.querySelector({json.dumps(selector)}); each.click(); "
            "document.querySelector('video').pause(); return Number(each.dataset.time ?? each.dataset.start); })()"
        )
        now = browser.evaluate("document.querySelector('video').currentTime")
        assert time - 0.01 <= now < time + 1 + inside
    sentence = "document.querySelectorAll('[data-start]')[2]"
    browser.evaluate(
        "new Promise((done) => { const video = document.querySelector('video'); "
        f"video.currentTime = Number({sentence}.dataset.start) + 0.1; video.onseeked = () => setTimeout(done, 100); }})"
    )
    assert browser.evaluate("document.querySelector('.spoken').textContent") == "Second it says something else."
    assert browser.evaluate("document.querySelector('[aria-current] span').textContent") == "Two"


def test_the_keyboard_plays_seeks_and_turns_captions_off(browser: Chromium) -> None:
    """Space, arrows and C work wherever no control has the focus; links and the skip link can be reached by Tab."""
    browser.evaluate("document.querySelector('video').currentTime = 0")
    press(browser, "c")
    assert browser.evaluate("document.querySelector('video').textTracks[0].mode") == "hidden"
    press(browser, "c")
    assert browser.evaluate("document.querySelector('video').textTracks[0].mode") == "showing"
    press(browser, "ArrowRight")
    assert browser.evaluate("document.querySelector('video').currentTime") > 3
    press(browser, "ArrowLeft")
    assert browser.evaluate("document.querySelector('video').currentTime") < 1
    press(browser, " ")
    assert not browser.evaluate("document.querySelector('video').paused")
    press(browser, " ")
    assert browser.evaluate("document.querySelector('video').paused")
    press(browser, " ", "document.querySelector('nav a')")
    assert browser.evaluate("document.querySelector('video').paused"), "a key on a link is the link's"
    assert browser.evaluate("document.querySelectorAll('a[href]').length") == 1 + 2 + 2 + 1
