"""The live page of outputs that are no video, and of an Arabic one: each kind has the page that fits it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.guard import guard
from tests.support.axe import serious
from tests.support.live_server import LivePages, live_pages
from tests.support.page_pixels import difference, frame_of, part_of
from tests.support.workspace import Workspace

SPEC = """\
vidbuild: 1
title: Other outputs
voice: espeak:en-us
output: {size: 320x180, fps: 25}
outputs:
  - {name: heard, format: m4a}
  - {name: moving, format: webp}
  - {name: handout, format: pdf}
scenes:
  - {id: one, type: title, title: First scene, narration: "First it says this. Then it says that."}
  - {id: two, type: title, title: Second scene, narration: "Second it speaks."}
"""
ARABIC = """\
vidbuild: 1
title: فيديو
language: ar
voice: espeak:ar
output: {size: 320x180, fps: 25}
scenes:
  - {id: awwal, type: title, title: "المشهد الأول", narration: "هذا هو المشهد الأول. وفيه جملتان."}
"""
KINDS = ("other.heard", "other.moving", "other.handout", "arabic")
MOVING = "document.querySelector('#moving')"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivePages]:
    """The pages of a project with an audio file, an animation, a handout, and a video from right to left."""
    space = Workspace(tmp_path_factory.mktemp("kinds") / "project")
    space.write("other.yaml", SPEC)
    space.write("arabic.yaml", ARABIC)
    with live_pages(space.root, tmp_path_factory, "other.yaml", "arabic.yaml") as pages:
        pages.until_idle()
        yield pages


@pytest.fixture(autouse=True)
def loopback(pages: LivePages, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the test talk to the server; afterwards nothing is broken, and the window is wide and light again."""
    monkeypatch.setenv(guard.LOOPBACK, "1")
    pages.browser.resize(1280, 900)
    yield
    pages.unbroken()
    pages.browser.prefer(color_scheme="light")


def opened(pages: LivePages, name: str) -> LivePages:
    """Open the page of an output."""
    ids = {each["name"]: each["id"] for each in pages.server.get("/api/videos")}
    pages.open(f"/v/{ids[name]}", "window.vidbuild?.detail?.state === 'ready' && vidbuild.player.loaded")
    pages.until("document.querySelector('.narration') !== null")
    return pages


def test_audio_plays_over_its_timeline(pages: LivePages) -> None:
    """Audio alone has scenes, words and a waveform; it plays, and the spoken word is lit."""
    opened(pages, "other.heard")
    assert pages.browser.evaluate("document.querySelector('#stage').offsetHeight") < 200
    assert pages.browser.evaluate("document.querySelector('#frame').hidden"), "there is no still of audio"
    pages.until("vidbuild.timeline.data.peaks?.length > 100")
    pages.browser.evaluate("vidbuild.player.play()")
    pages.until("vidbuild.player.time > 0.4")
    pages.until("document.querySelector('.spoken[aria-current]') !== null")
    pages.browser.evaluate("vidbuild.player.pause(), vidbuild.player.seek(vidbuild.player.scenes[1].start + 0.1)")
    pages.until("document.querySelector('#panel-scene h2').textContent.startsWith('Second')")


def test_an_animation_is_shown_and_stopped_at_a_frame(pages: LivePages) -> None:
    """The file plays by itself; a seek shows the exact frame instead, and Play shows the animation again."""
    opened(pages, "other.moving")
    pages.until(f"{MOVING}.getAttribute('src')?.startsWith('/media/') && {MOVING}.naturalWidth > 0")
    assert pages.browser.evaluate("document.querySelector('#play').getAttribute('aria-label')") == "Pause"
    pages.browser.evaluate("vidbuild.player.seek(vidbuild.player.scenes[1].start + 1)")
    pages.until(f"{MOVING}.getAttribute('src').startsWith('/still/') && {MOVING}.complete")
    pages.until(f"{MOVING}.alt.includes('Second')")
    second = frame_of(pages.browser, MOVING)
    pages.browser.evaluate("vidbuild.player.seek(1)")
    pages.until(f"{MOVING}.alt.includes('First') && {MOVING}.complete")
    assert difference(frame_of(pages.browser, MOVING), second) > 1
    assert pages.browser.evaluate("vidbuild.player.paused")
    pages.browser.press(" ", 32)
    pages.until(f"{MOVING}.getAttribute('src').startsWith('/media/')")


def test_an_animation_stands_still_with_reduced_motion(pages: LivePages) -> None:
    """Nothing moves by itself for those who asked the system for that."""
    pages.browser.prefer(reduced_motion="reduce")
    opened(pages, "other.moving")
    pages.until(f"{MOVING}.getAttribute('src')?.startsWith('/still/')")
    assert pages.browser.evaluate("document.querySelector('#play').getAttribute('aria-label')") == "Play"


def test_a_handout_is_read_scene_by_scene(pages: LivePages) -> None:
    """Nothing plays: keys go from scene to scene, and a link opens the file."""
    opened(pages, "other.handout")
    pages.until(f"{MOVING}.alt.includes('First') && {MOVING}.naturalWidth > 0")
    for hidden in ("#play", "#speed", "#captions", "#clock", "#timeline"):
        assert pages.browser.evaluate(f"document.querySelector('{hidden}').offsetParent === null"), hidden
    first = frame_of(pages.browser, MOVING)
    pages.browser.press("ArrowRight", 39)
    pages.until(f"{MOVING}.alt.includes('Second') && {MOVING}.complete")
    assert difference(frame_of(pages.browser, MOVING), first) > 1
    link = "document.querySelector('#handout')"
    assert pages.browser.evaluate(f"fetch({link}.href).then((got) => got.headers.get('content-type'))") == (
        "application/pdf"
    )


def test_arabic_is_written_from_right_to_left(pages: LivePages) -> None:
    """The narration begins at the right, in its own language, and the word lit first is its first one."""
    opened(pages, "arabic")
    box = "document.querySelector('.narration')"
    assert pages.browser.evaluate(f"[getComputedStyle({box}).direction, {box}.lang]") == ["rtl", "ar"]
    first, second = pages.browser.evaluate(
        "[...document.querySelectorAll('.spoken')].slice(0, 2).map((each) => each.getBoundingClientRect().left)"
    )
    assert first > second
    name = pages.browser.evaluate("document.querySelector('#panel-scene h2 bdi').textContent")
    assert name == "المشهد الأول"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", KINDS)
def test_axe_finds_nothing_serious(pages: LivePages, name: str, scheme: str) -> None:
    """Contrast, names and roles are right for each kind of output."""
    pages.browser.prefer(color_scheme=scheme)
    opened(pages, name)
    assert serious(pages.browser) == []


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(("width", "height"), [(320, 640), (640, 450)])
def test_nothing_reaches_over_an_edge(pages: LivePages, name: str, width: int, height: int) -> None:
    """On a small telephone, and on a desktop at a zoom of 200 %."""
    pages.browser.resize(width, height)
    opened(pages, name)
    assert pages.browser.evaluate("document.documentElement.scrollWidth") <= width


def test_high_contrast_keeps_the_timeline(pages: LivePages) -> None:
    """With forced colors the canvas has those of the system, as the rest of the page does."""
    pages.browser.media(forced_colors="active", prefers_color_scheme="light")
    opened(pages, "arabic")
    pages.browser.evaluate("vidbuild.player.seek(1), new Promise((done) => setTimeout(done, 400))")
    canvas = part_of(pages.browser, "#canvas")
    colors = {color for _, color in canvas.getcolors(1 << 20) or []}
    accent = pages.browser.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()")
    assert accent == "Highlight"
    assert {(0, 0, 0), (255, 255, 255)} <= colors
    outline = "getComputedStyle(document.querySelector('#tab-scene')).outlineStyle"
    assert pages.browser.evaluate(outline) == "solid"
    pages.browser.media()


def test_a_printed_page_has_the_narration_and_no_buttons(pages: LivePages) -> None:
    """Printed, a page is black on white, without what can only be pressed."""
    opened(pages, "arabic")
    pages.browser.media(media="print")
    for hidden in (".top", "#controls", ".tabs"):
        assert pages.browser.evaluate(f"getComputedStyle(document.querySelector('{hidden}')).display") == "none", hidden
    assert pages.browser.evaluate("document.querySelector('.narration').offsetParent !== null")
    assert pages.browser.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    pages.browser.media()
