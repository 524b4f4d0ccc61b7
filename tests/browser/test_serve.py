"""The page of `vidbuild serve` in a real browser: edits on disk, a restart, a second tab, problems, runs."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

import pytest
from PIL import Image

from tests.guard import guard
from tests.support.chromium import ALT, SHIFT
from tests.support.live_server import LOADED, LivePages, live_pages
from tests.support.page_pixels import difference, frame_of
from tests.support.workspace import Workspace

SPEC = """\
vidbuild: 1
title: A live page
voice: espeak:en-us
output: {size: 320x180, fps: 25}
scenes:
  - {id: one, type: title, title: First scene, narration: "First it says this. Then it says that."}
  - id: two
    type: list
    title: Second <scene>
    items: [{text: Alpha, at: alpha}, {text: Beta, at: beta}]
    narration: "Second it says [[alpha]] alpha and then [[beta]] beta & more."
  - {id: three, type: title, title: Third scene, duration: 2}
"""
TEXTS = (
    "First sceneFirst it says this. Then it says that.,"
    "Second <scene>Second it says alpha and then beta & more.,Third scene"
)
SLOW = """\
vidbuild: 1
title: A long one
output: {size: 1080p, fps: 30}
scenes:
"""
OVERLAY = "document.querySelector('#overlay')"
SHOWN = "document.querySelector('video.shown')"


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A project with one spec."""
    space = Workspace(tmp_path_factory.mktemp("live") / "project")
    space.write("video.yaml", SPEC)
    return space


@pytest.fixture(scope="module")
def pages(space: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivePages]:
    """Its live page."""
    with live_pages(space.root, tmp_path_factory, "video.yaml") as pages:
        yield pages


@pytest.fixture
def live(pages: LivePages, space: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[LivePages]:
    """The preview of the video as SPEC has it; afterwards, nothing in it may be broken."""
    monkeypatch.setenv(guard.LOOPBACK, "1")
    if space.read("video.yaml") != SPEC:
        space.write("video.yaml", SPEC)
    pages.video()
    texts = "vidbuild.detail.scenes.map((each) => each.title + each.narration).join()"
    pages.until(f"{LOADED} && {texts} === {json.dumps(TEXTS)} && vidbuild.player.fragments.size === 0")
    yield pages
    pages.unbroken()


def seek(pages: LivePages, time: float) -> None:
    """Stand at a time, paused."""
    pages.browser.evaluate(f"vidbuild.player.pause(), vidbuild.player.seek({time})")


def at(pages: LivePages) -> float:
    """The playhead."""
    time: float = pages.browser.evaluate("vidbuild.player.time")
    return time


def start_of(pages: LivePages, scene: int) -> float:
    """The start of a scene."""
    start: float = pages.browser.evaluate(f"vidbuild.player.scenes[{scene}].start")
    return start


def still(space: Workspace, scene: str, time: float) -> Image.Image:
    """The frame that `vidbuild still` renders."""
    path = space.root / "still.png"
    done = space.run("still", "video.yaml", scene, "--at", f"{time:.4f}", "-o", "still.png")
    assert done.code == 0, done.stderr
    with Image.open(path) as picture:
        return picture.convert("RGB")


def test_an_edit_shows_the_new_frame_and_then_the_new_video(live: LivePages, space: Workspace) -> None:
    """The changed scene's exact frame comes first, then the video with it, at the same place."""
    seek(live, start_of(live, 2) + 1)
    before = at(live)
    url = live.browser.evaluate(f"{SHOWN}.currentSrc")
    live.browser.evaluate(
        "window.seen = []; new MutationObserver(() => {"
        f" const image = {OVERLAY}; if (!image.hidden && !seen.includes(image.src)) seen.push(image.src);"
        f"}}).observe({OVERLAY}, {{attributes: true}})"
    )
    space.write("video.yaml", SPEC.replace("Third scene", "Another title"))
    first = live.until("seen[0]")
    live.browser.evaluate(f"window.kept = new Image(); kept.src = {first!r}; kept.decode()")
    shown = frame_of(live.browser, "kept")
    live.until(f"{LOADED} && vidbuild.detail.scenes[2].title === 'Another title' && {OVERLAY}.hidden")
    assert live.browser.evaluate(f"{SHOWN}.currentSrc") != url
    assert at(live) == pytest.approx(before, abs=0.02)
    into = before - start_of(live, 2) - 0.02
    new = still(space, "three", into)
    assert difference(shown, new) == 0.0  # nothing moves in this scene, so that its last frame is as this one
    live.until(f"!{SHOWN}.seeking && {SHOWN}.readyState >= 2")
    assert difference(frame_of(live.browser, SHOWN), new) < 2.0  # lossy


def test_an_edit_that_is_undone_shows_nothing_any_more(live: LivePages, space: Workspace) -> None:
    """Neither its frame nor its fragment stays if it is undone before the whole video has it."""
    revision = live.browser.evaluate("vidbuild.detail.revision")
    seek(live, start_of(live, 0) + 1)
    stands = f"!{SHOWN}.seeking && {SHOWN}.readyState >= 2"
    live.until(stands)
    first, url = frame_of(live.browser, SHOWN), live.browser.evaluate(f"{SHOWN}.currentSrc")
    for awaited in (f"!{OVERLAY}.hidden", "vidbuild.player.fragments.size === 1"):
        space.write("video.yaml", SPEC.replace("First scene", "First title"))
        live.until(awaited)
        space.write("video.yaml", SPEC)
        # All at once: each of them can hold before the page knows of the edit or of its end.
        live.until(
            "vidbuild.detail.state === 'ready' && !vidbuild.detail.scenes[0].stale"
            f" && {OVERLAY}.hidden && vidbuild.player.fragments.size === 0"
            f" && {SHOWN}.currentSrc === {json.dumps(url)} && {stands}"
            " && vidbuild.timeline.thumb(vidbuild.player.scenes[0]).startsWith('/thumb/')"
        )
        assert difference(frame_of(live.browser, SHOWN), first) == 0.0
    assert live.browser.evaluate("vidbuild.detail.revision") == revision  # else the new video had taken their place


def test_a_paused_player_goes_to_a_new_scene(live: LivePages, space: Workspace) -> None:
    """A scene that is inserted has no place in the old video; the player goes there once the new one has it."""
    seek(live, 0.5)
    new = '  - {id: new, type: title, title: New scene, narration: "It is new."}\n  - id: two\n'
    space.write("video.yaml", SPEC.replace("  - id: two\n", new))
    live.until("vidbuild.player.scenes.length === 4 && vidbuild.player.time > vidbuild.player.scenes[1].start")
    start, seconds = start_of(live, 1), live.browser.evaluate("vidbuild.player.scenes[1].seconds")
    assert start <= at(live) < start + seconds


def test_a_changed_scene_plays_with_its_new_sound_and_the_video_goes_on(live: LivePages, space: Workspace) -> None:
    """A fragment takes the place of its scene, and its end is where the whole video continues."""
    seek(live, 0.5)
    live.browser.evaluate(
        "window.fragments = []; window.stream = new EventSource('/events');"
        "stream.addEventListener('fragment', (event) => fragments.push(JSON.parse(event.data)));"
        "new Promise((done) => { stream.onopen = done; })"
    )
    old = live.browser.evaluate("vidbuild.player.scenes.map((each) => [each.id, each.start, each.seconds])")
    space.write("video.yaml", SPEC.replace("First it says this.", "First it now says very much more than this."))
    live.until("fragments.length > 0")
    live.until(f"{LOADED} && vidbuild.player.scenes[0].narration.includes('very much')")  # the player has the new file
    live.browser.evaluate("stream.close()")
    new = live.browser.evaluate("vidbuild.player.scenes.map((each) => [each.id, each.start, each.seconds])")
    fragment = live.browser.evaluate("fragments[0]")
    assert fragment["scene"] == "one"
    assert [word["text"] for word in fragment["words"]][:4] == ["First", "it", "now", "says"]
    assert new[0][2] > old[0][2] + 0.5
    assert fragment["seconds"] == pytest.approx(new[0][2], abs=0.1)
    # The fragment again, in the place of the scene: its times count, and the second scene follows at once.
    live.browser.evaluate("vidbuild.player.replace({...fragments[0], seconds: fragments[0].seconds})")
    seek(live, 1.0)
    assert live.browser.evaluate(f"{SHOWN}.currentSrc").endswith(fragment["url"])
    assert live.browser.evaluate(f"{SHOWN}.currentTime") == pytest.approx(1.02, abs=0.03)
    # It has captions and words of its own.
    tracks = f"[...{SHOWN}.textTracks].filter((each) => each.mode === 'showing')"
    assert live.until(f"{tracks}[0]?.activeCues?.[0]?.text").startswith("First it now says")
    now = fragment["words"][2]
    seek(live, (now["start"] + now["end"]) / 2)
    assert live.browser.evaluate("document.querySelector('.spoken[aria-current]')?.textContent") == "now"
    seek(live, fragment["seconds"] - 0.4)
    live.browser.evaluate("vidbuild.player.play()")
    live.until(f"vidbuild.player.time > {fragment['seconds'] + 0.3}")
    live.browser.evaluate("vidbuild.player.pause()")
    assert not live.browser.evaluate(f"{SHOWN}.currentSrc").endswith(fragment["url"])
    into = at(live) - start_of(live, 1)
    assert live.browser.evaluate(f"{SHOWN}.currentTime") == pytest.approx(new[1][1] + into, abs=0.1)


def test_it_plays_and_the_spoken_word_is_lit(live: LivePages) -> None:
    """Space plays and pauses, and the word that is spoken is marked."""
    seek(live, 0)
    live.browser.press(" ", 32)
    live.until("!vidbuild.player.paused && vidbuild.player.time > 0.4")
    word = live.until("document.querySelector('.spoken[aria-current]')?.textContent")
    assert word in {"First", "it", "says", "this."}
    live.browser.press(" ", 32)
    assert live.browser.evaluate("vidbuild.player.paused")
    stopped = at(live)
    assert live.browser.evaluate("new Promise((done) => setTimeout(() => done(vidbuild.player.time), 300))") == stopped


def test_keys_step_by_frame_and_by_scene(live: LivePages) -> None:
    """Arrows step one frame; with Shift or Alt, one scene; Home and End go to both ends."""
    frame = "Math.floor(vidbuild.player.time * 25)"
    seek(live, 0.5)
    first = live.browser.evaluate(frame)
    live.browser.press("ArrowRight", 39)
    live.browser.press("ArrowRight", 39)
    live.browser.press("ArrowLeft", 37)
    assert live.browser.evaluate(frame) == first + 1
    live.until(f"!{SHOWN}.seeking && Math.floor({SHOWN}.currentTime * 25) === {first + 1}")
    for modifier, key, code, scene in (
        (SHIFT, "ArrowRight", 39, 1),
        (ALT, "ArrowRight", 39, 2),
        (ALT, "ArrowLeft", 37, 1),
        (SHIFT, "ArrowLeft", 37, 0),
    ):
        live.browser.press(key, code, modifier)
        assert at(live) == pytest.approx(start_of(live, scene), abs=0.03)
    live.browser.press("End", 35)
    assert at(live) == pytest.approx(live.browser.evaluate("vidbuild.player.seconds"), abs=0.05)
    live.browser.press("Home", 36)
    assert at(live) < 0.04


def test_a_chapter_is_sought_exactly(live: LivePages) -> None:
    """A click on a chapter's mark, and Enter in the search, go to the first frame of the chapter."""
    seek(live, 0.5)
    chapter = live.browser.evaluate("vidbuild.detail.chapters[1].start")
    live.browser.evaluate("document.querySelector('#scroller').scrollIntoView({block: 'center'})")
    top = live.browser.evaluate("document.querySelector('#scroller').getBoundingClientRect().top")
    x = live.browser.evaluate(f"vidbuild.timeline.xOf({chapter})")
    live.browser.click(x + 3, top + 18)
    live.until(f"!{SHOWN}.seeking")
    assert chapter <= live.browser.evaluate(f"{SHOWN}.currentTime") < chapter + 0.04
    seek(live, 0.5)
    live.browser.press("/", 191)
    live.browser.write("second")
    live.until("document.querySelector('#found').children.length > 0")
    live.browser.press("Enter", 13)
    live.until(f"!document.querySelector('#search').open && !{SHOWN}.seeking")
    assert chapter <= live.browser.evaluate(f"{SHOWN}.currentTime") < chapter + 0.04


def test_the_still_of_the_playhead_is_exact(live: LivePages, space: Workspace) -> None:
    """The link below the player leads to the frame that `vidbuild still` renders at the playhead."""
    seek(live, start_of(live, 1) + 1.3)
    into = at(live) - start_of(live, 1) - 0.02  # the playhead is in the middle of a frame
    live.browser.evaluate("window.kept = new Image(); kept.src = document.querySelector('#frame').href; kept.decode()")
    assert difference(frame_of(live.browser, "kept"), still(space, "two", into)) == 0.0
    live.until(f"!{SHOWN}.seeking && {SHOWN}.readyState >= 2")
    assert difference(frame_of(live.browser, "kept"), frame_of(live.browser, SHOWN)) < 2.0


def test_a_video_that_plays_is_not_interrupted_by_an_edit(live: LivePages, space: Workspace) -> None:
    """The new video takes over while it plays: the playhead goes on, and what was changed comes when it is reached."""
    seek(live, 0)
    live.browser.evaluate(
        "window.times = []; window.stops = 0;"
        "vidbuild.player.addEventListener('time', () => times.push(vidbuild.player.time));"
        "vidbuild.player.speed = 0.5; vidbuild.player.play()"
    )
    live.until("vidbuild.player.time > 0.2")
    space.write("video.yaml", SPEC.replace("Third scene", "While it plays"))
    live.until(f"{LOADED} && vidbuild.detail.scenes[2].title === 'While it plays'")
    live.until(f"{SHOWN}.currentSrc.includes(vidbuild.detail.revision)")
    assert not live.browser.evaluate("vidbuild.player.paused")
    live.browser.evaluate("new Promise((done) => setTimeout(done, 500))")
    times = live.browser.evaluate("times")
    live.browser.evaluate("vidbuild.player.pause(), vidbuild.player.speed = 1")
    steps = [after - before for before, after in itertools.pairwise(times)]
    assert min(steps) > -0.2
    assert max(steps) < 0.5
    assert times[-1] > times[0] + 0.3


def test_captions_are_shown_until_they_are_turned_off(live: LivePages) -> None:
    """The captions of the file are shown once, as a track; c hides them, and the choice is kept."""
    seek(live, 1.0)
    tracks = f"[...{SHOWN}.textTracks].filter((each) => each.mode === 'showing')"
    assert live.until(f"{tracks}.length === 1 && {tracks}[0].activeCues?.[0]?.text").startswith("First it says this.")
    live.browser.press("c", 67)
    assert live.browser.evaluate(f"{tracks}.length") == 0
    # The browser hands what a page has stored to the next one a moment later.
    live.browser.evaluate("new Promise((done) => setTimeout(done, 500)).then(() => location.reload())")
    live.until(LOADED)
    assert live.browser.evaluate("document.querySelector('#captions').getAttribute('aria-pressed')") == "false"
    live.browser.press("c", 67)
    live.until(f"{tracks}.length === 1")


def test_an_error_appears_with_its_line_and_goes_away(live: LivePages, space: Workspace) -> None:
    """A broken spec shows its problem, the last good video stays, and the repaired spec removes it."""
    url = live.browser.evaluate(f"{SHOWN}.currentSrc")
    space.write("video.yaml", SPEC.replace("type: list", "type: lisst"))
    live.until("!document.querySelector('#trouble').hidden")
    live.browser.evaluate("document.querySelector('#trouble button').click()")
    text = live.browser.evaluate("document.querySelector('#panel-problems').innerText")
    assert "lisst" in text
    assert "^" in text
    assert "video.yaml:8" in text
    assert live.browser.evaluate("document.activeElement.id") == "tab-problems"
    live.until("document.querySelector('#state').textContent === 'Errors in the spec'")
    assert live.browser.evaluate(f"{SHOWN}.currentSrc") == url
    seek(live, 1.0)
    assert at(live) == pytest.approx(1.02)
    space.write("video.yaml", SPEC)
    live.until("document.querySelector('#trouble').hidden")
    live.until("document.querySelector('#state').textContent === 'Ready'")
    assert "No problems" in live.browser.evaluate("document.querySelector('#panel-problems').innerText")


def tab_to(live: LivePages, condition: str) -> None:
    """Press Tab until the element with the focus fulfils a condition."""
    for _ in range(50):
        if live.browser.evaluate(f"(each => Boolean({condition}))(document.activeElement)"):
            return
        live.browser.press("Tab", 9)
    raise AssertionError(f"Tab never reached what fulfils {condition}")


def test_an_error_is_found_and_mended_and_the_result_compared_by_keyboard(live: LivePages, space: Workspace) -> None:
    """Only with keys: to the error and its link to the editor, then to the changed scene, its slider, the captions."""
    space.write("video.yaml", SPEC.replace("type: list", "type: lisst"))
    live.until("!document.querySelector('#trouble').hidden")
    tab_to(live, "each.closest('#trouble')")
    live.browser.press("Enter", 13)
    live.until("document.activeElement.id === 'tab-problems'")
    tab_to(live, "each.textContent === 'Open in editor'")
    space.write("video.yaml", SPEC.replace("Second <scene>", "Mended scene"))
    live.until("document.querySelector('#trouble').hidden")
    live.until(f"{LOADED} && vidbuild.detail.scenes[1].title === 'Mended scene'")
    assert "No problems" in live.browser.evaluate("document.querySelector('#panel-problems').innerText")
    focus = "document.activeElement.id"
    assert live.browser.evaluate(focus) == "panel-problems", "what had the focus is gone with the problem"
    space.write("video.yaml", SPEC.replace("type: list", "type: lisst"))
    live.until("!document.querySelector('#trouble').hidden")
    live.browser.evaluate("document.querySelector('#trouble button').focus()")
    space.write("video.yaml", SPEC.replace("Second <scene>", "Mended scene"))
    live.until("document.querySelector('#trouble').hidden")
    assert live.browser.evaluate(focus) == "play"
    live.browser.press("n", 78)
    live.until("vidbuild.player.scene.id === 'two'")
    tab_to(live, "each.id === 'tab-problems'")
    live.browser.press("Home", 36)
    live.until("document.querySelector('.pair')?.dataset.state === 'shown'")
    tab_to(live, "each.matches('.pair input')")
    live.browser.press("ArrowRight", 39)
    assert live.browser.evaluate("document.querySelector('.pair').style.getPropertyValue('--at')") == "51%"
    for _ in range(50):
        live.browser.press("Tab", 9, SHIFT)
        if live.browser.evaluate("document.activeElement.id") == "tab-scene":
            break
    live.browser.press("End", 35)
    tab_to(live, "each.textContent.endsWith('.vtt')")
    head = "fetch(document.activeElement.href).then((got) => got.headers.get('content-disposition'))"
    assert "video.vtt" in live.browser.evaluate(head)


def test_a_restart_of_the_server_is_survived(live: LivePages, space: Workspace) -> None:
    """The page reports that the server is gone, connects again by itself, and has what changed meanwhile."""
    live.browser.evaluate("document.querySelector('meta[name=vidbuild-page]').content = 'of an older vidbuild'")
    live.server.stop()
    live.until("!document.querySelector('#gone').hidden")
    assert "has stopped" in live.browser.evaluate("document.querySelector('#gone').textContent")
    assert live.browser.evaluate("document.querySelector('#connection').dataset.state") == "lost"
    space.write("video.yaml", SPEC.replace("First scene", "While it was away"))
    live.server.start()
    live.until(
        "document.querySelector('#gone').hidden && document.querySelector('#connection').dataset.state === 'live'"
    )
    live.until(f"{LOADED} && vidbuild.detail.scenes[0].title === 'While it was away'")
    live.until("!document.querySelector('#updated').hidden")
    live.browser.evaluate("document.querySelector('#reload').click()")
    live.until(f"{LOADED} && document.querySelector('#updated').hidden")


def test_two_tabs_agree(live: LivePages, space: Workspace) -> None:
    """Both pages show the same version after an edit."""
    video = live.browser.evaluate("location.href")
    state = "[vidbuild.detail.revision, vidbuild.detail.scenes[0].title, document.querySelector('#state').textContent]"
    new = f"{LOADED} && vidbuild.detail.scenes[0].title === 'In both tabs'"
    with live.browser.tab():
        live.browser.open(video, LOADED)
        space.write("video.yaml", SPEC.replace("First scene", "In both tabs"))
        live.until(new)
        second = live.browser.evaluate(state)
    live.until(new)
    assert live.browser.evaluate(state) == second


def test_a_tab_that_is_not_seen_gives_its_connection_back(live: LivePages, space: Workspace) -> None:
    """A hidden tab closes its stream after some seconds; when it is seen again, it shows what changed meanwhile."""
    live.browser.evaluate(
        "const own = EventSource.prototype.close; window.closings = 0;"
        "EventSource.prototype.close = function () { closings += 1; own.call(this); };"
        "window.EventSource = class extends EventSource { constructor(url) { super(url); window.latest = this; } };"
        "Object.defineProperty(document, 'hidden', {configurable: true, get: () => window.unseen});"
        "window.turn = (unseen) => { window.unseen = unseen; document.dispatchEvent(new Event('visibilitychange')); };"
        "const later = window.setTimeout;"
        "window.setTimeout = (call, wait, ...more) => later(call, wait === 5000 ? 200 : wait, ...more);"
    )
    live.browser.evaluate("turn(true)")
    live.until("closings === 1", 30)
    space.write("video.yaml", SPEC.replace("First scene", "While hidden"))
    live.until_idle()
    assert live.browser.evaluate("vidbuild.detail.scenes[0].title") == "First scene"
    live.browser.evaluate("turn(false)")
    live.until(f"window.latest?.readyState === 1 && {LOADED} && vidbuild.detail.scenes[0].title === 'While hidden'")
    assert live.browser.evaluate("document.querySelector('#updated').hidden"), "the page is of this version"


def test_what_the_server_refuses_is_shown(live: LivePages) -> None:
    """A request without the right token is refused, and the page says so."""
    live.browser.evaluate("document.querySelector('meta[name=vidbuild-token]').content = 'wrong'")
    live.browser.evaluate("document.querySelector('#build').click()")
    live.until("!document.querySelector('#toast').hidden && document.querySelector('#toast').textContent.length > 10")


def test_a_run_is_cancelled_from_its_page(space: Workspace, pages: LivePages, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page of a run shows its steps as they run, and its button cancels it."""
    monkeypatch.setenv(guard.LOOPBACK, "1")
    pages.until_idle()
    many = "".join(
        f'  - {{id: s{number}, type: title, title: "Scene {number}", duration: 4}}\n' for number in range(80)
    )
    space.write("video.yaml", SLOW + many)
    pages.open("/runs")
    link = "[...document.querySelectorAll('.runs a')].find((each) => each.textContent.startsWith('Running'))"
    pages.until(f"Boolean({link})")
    pages.browser.evaluate(f"{link}.click()")
    pages.until("Boolean(document.querySelector('[data-action=cancel]'))")
    pages.until("document.querySelectorAll('.step').length > 0")
    pages.browser.evaluate("document.querySelector('[data-action=cancel]').click()")
    pages.until("document.querySelector('#state').textContent === 'Cancelled'", 90)
    pages.until("Boolean(document.querySelector('[data-action=retry]'))")
    pages.unbroken()
    space.write("video.yaml", SPEC)
