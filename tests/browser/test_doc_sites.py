"""The example sites of MkDocs and Sphinx in a real browser: videos play with captions, from a server and as files."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.guard import guard
from tests.support.chromium import Chromium
from tests.support.doc_sites import example
from tests.support.file_server import served

# Nothing inline, and nothing from elsewhere: the themes themselves lose something under it, the players nothing.
STRICT = {"Content-Security-Policy": "default-src 'self'"}
COMMANDS = {
    "mkdocs": ["mkdocs", "build", "--strict", "-q", "-f", "{project}/mkdocs.yml", "-d", "{site}"],
    "sphinx": ["sphinx", "-q", "-W", "-j", "2", "-b", "html", "{project}", "{site}"],
    "dirhtml": ["sphinx", "-q", "-W", "-b", "dirhtml", "{project}", "{site}"],
}
PAGES = {
    "mkdocs": ("index.html", "guide/start/index.html"),
    "sphinx": ("index.html", "guide/start.html"),
    "dirhtml": ("index.html", "guide/start/index.html"),
}
READY = (
    "document.readyState === 'complete' && [...document.querySelectorAll('video')].every((each) => each.readyState > 1)"
)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both examples, built by the real commands without a warning."""
    root = tmp_path_factory.mktemp("sites")
    for name, command in COMMANDS.items():
        project = example("mkdocs" if name == "mkdocs" else "sphinx", root / f"{name}-project")
        line = [each.format(project=project, site=root / name) for each in command]
        done = subprocess.run([sys.executable, "-m", *line], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
    return root


@pytest.fixture(scope="module", params=["server", "file"])
def base(request: pytest.FixtureRequest, sites: Path) -> Iterator[str]:
    """The address of the sites: of a server with a strict policy, and of the folder."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setenv(guard.LOOPBACK, "1")
        yield stack.enter_context(served(sites, STRICT)) if request.param == "server" else sites.as_uri()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """A browser."""
    with Chromium(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.mark.parametrize("page", range(2))
@pytest.mark.parametrize("tool", COMMANDS)
def test_the_video_plays_with_its_captions(browser: Chromium, base: str, tool: str, page: int) -> None:
    """In the first page and in one of a folder, the frame moves on and the caption of its time is there."""
    browser.open(f"{base}/{tool}/{PAGES[tool][page]}", READY)
    played = browser.evaluate(
        "(async () => { const video = document.querySelector('video'); video.muted = true; await video.play(); "
        "await new Promise((done) => setInterval(() => video.currentTime > 0.8 && done(), 20)); video.pause(); "
        "return [video.currentTime, video.videoWidth, video.videoHeight, video.error]; })()"
    )
    assert played[0] > 0.8
    assert played[1:] == [960, 540, None]
    track = "document.querySelector('video').textTracks[0]"
    browser.evaluate(f"{track}.mode = 'showing'")
    browser.evaluate(
        f"new Promise((done) => setInterval(() => {track}.cues?.length && {track}.activeCues.length && done(), 20))"
    )
    text = browser.evaluate(f"{track}.activeCues[0].text")
    assert text.startswith(
        "Acme beantwortet Fragen" if (tool, page) in {("sphinx", 1), ("dirhtml", 1)} else "Acme answers"
    )


@pytest.mark.parametrize("tool", COMMANDS)
def test_chapters_and_transcript(browser: Chromium, base: str, tool: str) -> None:
    """They open without a script, and a time plays the video from there in the page."""
    browser.open(f"{base}/{tool}/index.html", READY)
    assert (
        browser.evaluate("[...document.querySelectorAll('.vidbuild details')].map((each) => each.open)") == [False] * 2
    )
    browser.evaluate("document.querySelectorAll('.vidbuild summary').forEach((each) => each.click())")
    text = browser.evaluate("document.querySelectorAll('.vidbuild details')[1].innerText")
    assert "Install it with pip. That takes a few seconds." in text
    address = browser.evaluate("location.href")
    started = browser.evaluate(
        "(() => { const link = document.querySelector('.vidbuild li:nth-child(2) a'); link.click(); "
        "const video = document.querySelector('video'); video.pause(); "
        "return [Number(link.dataset.vidbuildTime), video.currentTime]; })()"
    )
    assert started[0] > 3
    assert abs(started[1] - started[0]) < 0.2
    assert browser.evaluate("location.href") == address


@pytest.mark.parametrize("width", [1200, 390, 320])
@pytest.mark.parametrize("tool", COMMANDS)
def test_the_page_does_not_shift_and_nothing_reaches_over_its_edge(
    browser: Chromium, base: str, tool: str, width: int
) -> None:
    """The player has its size before the video is loaded, and is never wider than the page."""
    browser.resize(width, 800)
    browser.open(f"{base}/{tool}/index.html", READY)
    size = (
        "(({width, height, right}) => [width, height, right])(document.querySelector('video').getBoundingClientRect())"
    )
    loaded = browser.evaluate(size)
    assert loaded[1] == pytest.approx(loaded[0] * 540 / 960, abs=1)
    assert loaded[2] <= width
    assert browser.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    empty = "const video = document.querySelector('video'); video.querySelector('source').remove(); video.load()"
    browser.evaluate(f"{empty}; video.removeAttribute('poster')")
    assert browser.evaluate(size) == loaded


def test_the_script_is_not_needed(browser: Chromium, base: str) -> None:
    """Without it, a link to a time leads to the video's file at that time."""
    browser.open(f"{base}/mkdocs/index.html", READY)
    link = browser.evaluate("document.querySelector('.vidbuild li:nth-child(2) a').href")
    assert json.dumps(link).endswith('"')
    file, _, time = link.partition("#t=")
    assert ".mp4?v=" in file
    assert float(time) > 3
    browser.open(link, "document.querySelector('video')?.readyState >= 1")
    assert browser.evaluate("document.querySelector('video').currentTime") == pytest.approx(float(time), abs=0.5)
