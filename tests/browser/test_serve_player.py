"""The player and the timeline of the live page: comparing, repeating a scene, full screen, media keys, many scenes."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image, ImageStat

from tests.guard import guard
from tests.support.live_server import LOADED, LivePages, live_pages
from tests.support.page_pixels import difference, frame_of, part_of, window_of
from tests.support.workspace import Workspace

SPEC = """\
vidbuild: 1
title: A page in use
voice: espeak:en-us
output: {size: 320x180, fps: 25}
scenes:
  - {id: one, type: title, title: First scene, narration: "First it says this. Then it says that."}
  - {id: two, type: title, title: Second scene, narration: "Second it speaks."}
  - {id: three, type: title, title: Third scene, duration: 2}
"""
SHOWN = "document.querySelector('video.shown')"
CHANGED = (194, 106, 0)  # the color of changed scenes in the light scheme
ACCENT = (35, 84, 196)
# A detail with three hundred scenes, one of which has changed.
MANY = """(async () => {
  const own = window.fetch;
  window.fetch = async (path, ...more) => {
    const answer = await own(path, ...more);
    if (!/^\\/api\\/videos\\/[0-9a-f]+$/.test(path)) return answer;
    const video = await answer.json();
    const [scene] = video.scenes;
    video.scenes = Array.from({length: 300}, (_, at) => ({
      ...scene, id: at ? `s${at}` : scene.id, title: `Scene ${at}`, start: 2 * at, seconds: 2,
      words: [], cues: [], reveals: [], changed: at === 200, stale: false,
    }));
    video.chapters = video.scenes.map(({title, start}) => ({title, start}));
    video.seconds = 600;
    video.revision = "many";
    return new Response(JSON.stringify(video));
  };
})()"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivePages]:
    """The pages about a video whose second scene has changed."""
    space = Workspace(tmp_path_factory.mktemp("player") / "project")
    space.write("video.yaml", SPEC)
    with live_pages(space.root, tmp_path_factory, "video.yaml") as pages:
        pages.browser.resize(1280, 900)
        pages.video()
        revision = pages.browser.evaluate("vidbuild.detail.revision")
        space.write("video.yaml", SPEC.replace("Second scene", "Another one"))
        pages.until(f"vidbuild.detail.revision !== {json.dumps(revision)} && {LOADED}")
        yield pages


@pytest.fixture
def live(pages: LivePages, monkeypatch: pytest.MonkeyPatch) -> Iterator[LivePages]:
    """The preview, afresh; nothing in it may be broken afterwards."""
    monkeypatch.setenv(guard.LOOPBACK, "1")
    pages.browser.resize(1280, 900)
    pages.browser.prefer(color_scheme="light")
    pages.video()
    pages.until("document.querySelector('#panel-scene h2') !== null")
    yield pages
    pages.unbroken()


def seek(live: LivePages, scene: int, into: float) -> None:
    """Stand at a time of a scene, paused, with its frame on the screen."""
    live.browser.evaluate(
        f"vidbuild.player.pause(), vidbuild.player.seek(vidbuild.player.scenes[{scene}].start + {into})"
    )
    live.until(f"!{SHOWN}.seeking && {SHOWN}.readyState >= 2")


def near(image: Image.Image, color: tuple[int, int, int]) -> list[tuple[int, int]]:
    """The places of pixels of about a color."""
    pixels = np.asarray(image).astype(int)
    rows, columns = np.nonzero(np.abs(pixels - color).max(axis=2) < 40)
    return list(zip(columns.tolist(), rows.tolist(), strict=True))


def test_the_slider_compares_the_frame_under_the_playhead(live: LivePages) -> None:
    """It follows a playhead that rests: its newer picture is the player's frame, and the older one is another."""
    for into, number in ((0.2, 5), (1.0, 25)):
        seek(live, 1, into)
        live.until(f"document.querySelector('.compare figcaption').textContent.includes('frame {number} ')")
        shown = frame_of(live.browser, SHOWN)
        assert difference(frame_of(live.browser, "document.querySelector('.pair .after img')"), shown) < 2.5
        before = frame_of(live.browser, "document.querySelector('.pair > img')")
        assert before.size == shown.size
    assert difference(before, shown) > 1.0
    # The same pixels left of the text, where nothing has changed: no picture is darker than the other.
    live.browser.evaluate("document.querySelector('.pair').scrollIntoView({block: 'center'})")
    both = part_of(live.browser, ".pair")
    left, right = (both.crop((x, 4, x + 6, 12)) for x in (both.width // 2 - 12, both.width // 2 + 6))
    assert difference(left, right) < 6


def test_the_slider_is_not_black_while_it_loads(live: LivePages) -> None:
    """Until both frames are there, the box has the color of the page and says what it waits for."""
    live.browser.evaluate(
        "window.waiting = []; window.decoded = Image.prototype.decode;"
        "Image.prototype.decode = function () {"
        " return new Promise((done) => waiting.push(() => done(decoded.call(this)))); }"
    )
    seek(live, 1, 1.0)
    live.until("document.querySelector('.pair')?.dataset.state === 'loading'")
    live.browser.evaluate("document.querySelector('.pair').scrollIntoView({block: 'center'})")
    assert "Loading" in live.browser.evaluate("document.querySelector('.pair').innerText")
    assert min(ImageStat.Stat(part_of(live.browser, ".pair")).mean) > 200
    live.browser.evaluate("Image.prototype.decode = decoded, waiting.forEach((each) => each())")
    live.until("document.querySelector('.pair').dataset.state === 'shown'")
    assert max(ImageStat.Stat(part_of(live.browser, ".pair")).mean) < 120


@pytest.mark.parametrize(("value", "image"), [(0, ".after img"), (100, "> img")])
def test_a_slider_at_its_edge_shows_one_picture_alone(live: LivePages, value: int, image: str) -> None:
    """Nothing of the other picture, nor of the border between them, is left at an edge."""
    seek(live, 1, 1.0)
    live.until("document.querySelector('.pair')?.dataset.state === 'shown'")
    live.browser.evaluate(
        f"(({{range}}) => {{ range.value = {value}; range.dispatchEvent(new Event('input')); }})"
        "({range: document.querySelector('.pair input')}),"
        "document.querySelector('.pair').scrollIntoView({block: 'center'})"
    )
    shown = part_of(live.browser, ".pair")
    whole = frame_of(live.browser, f"document.querySelector('.pair {image}')").resize(shown.size)
    for x in (1, shown.width - 2):
        strip = (x, 12, x + 1, shown.height // 3)  # above the handle, below the round corner
        assert difference(shown.crop(strip), whole.crop(strip)) < 8


def test_a_scene_is_repeated(live: LivePages) -> None:
    """With r, the playhead goes back to the start of the scene and no frame of the next one is shown."""
    seek(live, 0, 0.5)
    live.browser.press("r", 82)
    assert live.browser.evaluate("document.querySelector('#loop').getAttribute('aria-pressed')") == "true"
    live.browser.evaluate(
        "window.times = []; vidbuild.player.addEventListener('time', () => times.push(vidbuild.player.time));"
        "vidbuild.player.speed = 2; vidbuild.player.play()"
    )
    live.until("times.some((each, at) => at && each < times[at - 1] - 1)")
    live.until("times.at(-1) > 0.5")
    end = live.browser.evaluate("vidbuild.player.scenes[0].seconds")
    assert not live.browser.evaluate("vidbuild.player.paused")
    assert max(live.browser.evaluate("times")) < end
    # A scene that the playhead is moved to is repeated instead; the last one starts again although its file has ended.
    live.browser.evaluate("vidbuild.player.seek(vidbuild.player.scenes[2].start + 1.5), times.length = 0")
    live.until(
        "times.some((each, at) => at && each < times[at - 1] - 1) && times.at(-1) > vidbuild.player.scenes[2].start"
    )
    live.browser.evaluate("vidbuild.player.pause(), vidbuild.player.speed = 1, vidbuild.player.loop = false")


def test_seeks_from_outside_are_followed(live: LivePages) -> None:
    """Media keys and the picture-in-picture window move the element: the clock, the scene and the timeline follow."""
    seek(live, 0, 0.2)
    live.browser.evaluate(f"{SHOWN}.currentTime = vidbuild.player.scenes[1].start + 0.5")
    live.until("vidbuild.player.scene.id === 'two'")
    clock = live.browser.evaluate("document.querySelector('#clock').textContent")
    frame = live.browser.evaluate("Math.floor((vidbuild.player.scenes[1].start + 0.5) * 25 + 1e-4)")
    assert clock.endswith(f"frame {frame}")
    assert live.browser.evaluate("document.querySelector('#panel-scene h2').textContent").startswith("Another one")
    live.browser.evaluate(f"{SHOWN}.playbackRate = 1.5")
    live.until("document.querySelector('#speed').value === '1.5'")
    live.browser.evaluate("vidbuild.player.speed = 1")


def test_full_screen_has_buttons_captions_and_a_playhead(live: LivePages) -> None:
    """The whole player fills the screen; its buttons stay, its captions are shown, and its slider seeks."""
    seek(live, 0, 1.0)
    x, y = live.browser.evaluate(
        "(({left, top, width, height}) => [left + width / 2, top + height / 2])"
        "(document.querySelector('#full').getBoundingClientRect())"
    )
    live.browser.click(x, y)
    live.until("document.fullscreenElement?.id === 'cinema' && document.querySelector('#scrub').offsetParent !== null")
    bottom, height = live.browser.evaluate(
        "[document.querySelector('#play').getBoundingClientRect().bottom, innerHeight]"
    )
    assert height - 80 < bottom < height
    tracks = f"[...{SHOWN}.textTracks].filter((each) => each.mode === 'showing' && each.activeCues.length)"
    live.until(f"{tracks}.length === 1")
    live.browser.press("c", 67)
    without = window_of(live.browser)
    live.browser.press("c", 67)
    live.until(f"{tracks}.length === 1")
    text = (0, without.height // 2, without.width, without.height - 80)
    assert difference(window_of(live.browser).crop(text), without.crop(text)) > 0.2
    live.browser.evaluate(
        "(({scrub}) => { scrub.value = 2; scrub.dispatchEvent(new Event('input')); })"
        "({scrub: document.querySelector('#scrub')})"
    )
    assert live.browser.evaluate("vidbuild.player.time") == pytest.approx(2.02, abs=0.021)
    # While it plays, the buttons go away, and come back with the mouse.
    live.browser.evaluate("vidbuild.player.play()")
    live.until("document.querySelector('#cinema').classList.contains('idle')", 10)
    live.browser.move(300, 300)
    live.until("!document.querySelector('#cinema').classList.contains('idle')")
    live.browser.press("f", 70)
    live.until("document.fullscreenElement === null && document.querySelector('#scrub').hidden")
    live.browser.evaluate("vidbuild.player.pause()")


def test_a_change_among_three_hundred_scenes_is_seen(live: LivePages) -> None:
    """At "Fit" the changed scene is a mark with its name, marks of chapters stay apart, and n goes there."""
    live.browser.evaluate(MANY)
    live.browser.evaluate("document.querySelector('#build').click()")
    live.until("vidbuild.player.scenes.length === 300")
    live.until("!document.querySelector('#change').hidden")
    live.browser.evaluate("vidbuild.timeline.fit(), new Promise((done) => setTimeout(done, 600))")
    canvas = frame_of(live.browser, "document.querySelector('#canvas')")
    x = live.browser.evaluate(
        "vidbuild.timeline.xOf(400) - document.querySelector('#canvas').getBoundingClientRect().left"
    )
    found = near(canvas, CHANGED)
    assert len(found) > 150, "a bar of four pixels, a mark and a name"
    assert all(x - 8 <= at <= x + 150 for at, _ in found)
    diamonds = near(canvas.crop((30, 18, canvas.width, 28)), ACCENT)
    columns = {at for at, _ in diamonds}
    assert 5 < len(columns) < canvas.width * 0.6, "the marks do not run together"
    live.browser.press("n", 78)
    live.until("vidbuild.player.scene.id === 's200'")
    live.browser.press("z", 90)
    live.until("vidbuild.timeline.scale > 100")
    live.browser.evaluate("new Promise((done) => setTimeout(done, 300))")
    wide = frame_of(live.browser, "document.querySelector('#canvas')")
    edge = [at for at, y in near(wide, CHANGED) if 30 <= y <= 33]
    assert max(edge) - min(edge) > 300
