"""The live page while one scene is edited again before the whole video is ready: nothing older is played."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.guard import guard
from tests.support.live_server import LOADED, LivePages, live_pages
from tests.support.workspace import Workspace

SPEC = """\
vidbuild: 1
title: Edited twice
voice: espeak:en-us
output: {size: 320x180, fps: 25}
scenes:
  - {id: one, type: title, title: First scene, background: "#204080", narration: "At first it says this and that."}
  - {id: two, type: title, title: Second scene, narration: "Second it speaks."}
"""
RED = SPEC.replace("#204080", "#c02020").replace("At first", "After an edit")
GREEN = SPEC.replace("#204080", "#10a040").replace("At first", "Finally")
SHOWN = "document.querySelector('video.shown')"
STANDS = f"!{SHOWN}.seeking && {SHOWN}.readyState >= 2"
# Events of some types are held back, as if the server needed long for them. What is shown is noted every few
# milliseconds: after the event that a scene was edited again, `edits` is one higher.
WATCHED = """
window.held = [];
window.late = [];
window.edits = 0;
window.notes = [];
const own = EventSource.prototype.addEventListener;
EventSource.prototype.addEventListener = function (name, call) {
  window.source = this;
  own.call(this, name, (event) => {
    if (held.includes(name)) late.push(() => call(event));
    else call(event);
    if (name === "video" && JSON.parse(event.data).edited) edits += 1;
  });
};
window.release = () => { held.length = 0; late.splice(0).forEach((each) => each()); };
setInterval(() => {
  const video = document.querySelector("video.shown");
  if (!video?.videoWidth || video.readyState < 2) return;
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext("2d");
  context.drawImage(video, 2, 2, 1, 1, 0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  const track = [...video.textTracks].find((each) => each.mode === "showing");
  notes.push({
    edits,
    paused: video.paused,
    url: video.currentSrc,
    color: { [red]: "red", [green]: "green", [blue]: "blue" }[Math.max(red, green, blue)],
    caption: track?.activeCues?.[0]?.text ?? "",
    lit: document.querySelector(".spoken[aria-current]")?.textContent ?? "",
    narration: document.querySelector(".narration")?.textContent ?? "",
  });
}, 5);
"""


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A project with one spec."""
    space = Workspace(tmp_path_factory.mktemp("edits") / "project")
    space.write("video.yaml", SPEC)
    return space


@pytest.fixture(scope="module")
def pages(space: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivePages]:
    """Its live page."""
    with live_pages(space.root, tmp_path_factory, "video.yaml") as pages:
        pages.browser.before_each_page(WATCHED)
        yield pages


@pytest.fixture
def live(pages: LivePages, space: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[LivePages]:
    """The preview of the video as SPEC has it, which gets no whole video any more."""
    monkeypatch.setenv(guard.LOOPBACK, "1")
    if space.read("video.yaml") != SPEC:
        space.write("video.yaml", SPEC)
    pages.video()
    narration = "vidbuild.detail.scenes[0].narration"
    pages.until(f"{LOADED} && {narration} === 'At first it says this and that.'")
    pages.browser.evaluate("vidbuild.player.pause(), vidbuild.player.seek(0.5)")
    pages.until(STANDS)
    yield pages
    pages.browser.evaluate("release()")
    pages.unbroken()


def many(name: str) -> str:
    """Scenes that no build has had yet: the whole video takes so long that fragments are played."""
    scene = '  - {{id: more-{0}, type: title, title: "{1} {0}", narration: "Number {0} of {1}."}}\n'
    return "".join(scene.format(number, name) for number in range(120))


def notes(live: LivePages, edits: int) -> list[dict[str, Any]]:
    """Return what was noted since scenes were edited so often."""
    found: list[dict[str, Any]] = live.browser.evaluate(f"notes.filter((each) => each.edits === {edits})")
    assert found
    return found


def after_the_first_edit(live: LivePages, space: Workspace, more: str) -> str:
    """Edit the first scene, wait until its fragment plays, slowly, and return the fragment's address."""
    space.write("video.yaml", RED + more)
    live.until("vidbuild.player.fragments.size === 1")
    live.browser.evaluate("vidbuild.player.speed = 0.25, vidbuild.player.play()")
    url: str = live.browser.evaluate("vidbuild.player.fragments.get('one').url")
    live.until(f"notes.at(-1).url.endsWith({json.dumps(url)}) && !notes.at(-1).paused && notes.at(-1).color === 'red'")
    live.until("notes.at(-1).caption.startsWith('After') && notes.at(-1).lit !== ''")
    assert live.browser.evaluate("notes.at(-1).narration") == "After an edit it says this and that."
    return url


def test_a_fragment_is_not_played_once_its_scene_was_edited_again(live: LivePages, space: Workspace) -> None:
    """The older version plays until the newest fragment comes; neither frame, caption nor word is of the first edit."""
    more = many("play")
    first = after_the_first_edit(live, space, more)
    live.browser.evaluate("edits = 0, notes.length = 0, held.push('fragment', 'still', 'ready')")
    space.write("video.yaml", GREEN + more)
    live.until("edits === 1")
    live.until("late.length > 1")  # the next picture and the next fragment have come
    live.until("!document.querySelector('#note').hidden")
    live.until("notes.at(-1).caption.startsWith('At first')")
    seen = notes(live, 1)
    # The first notes may be of a frame that stands until the other file has been sought.
    stale = [each for each in seen if each["url"].endswith(first)]
    assert all(each["paused"] for each in stale)
    assert stale == seen[: len(stale)]
    whole = seen[len(stale) :]
    assert whole
    assert {each["color"] for each in whole} == {"blue"}
    assert {each["narration"] for each in seen} == {"At first it says this and that."}
    assert not any(each["caption"].startswith("After") for each in whole)
    assert not live.browser.evaluate("vidbuild.player.paused"), "it plays on"
    live.browser.evaluate("release()")
    live.until("notes.at(-1).color === 'green' && notes.at(-1).caption.startsWith('Finally')")
    assert not live.browser.evaluate("vidbuild.player.paused")
    assert not any(each["url"].endswith(first) and not each["paused"] for each in notes(live, 1))
    assert live.browser.evaluate("notes.at(-1).narration") == "Finally it says this and that."


def test_a_fragment_that_comes_late_is_not_played(live: LivePages, space: Workspace) -> None:
    """The page may know of an edit before it gets the fragment of the edit before that."""
    live.browser.evaluate("held.push('fragment', 'ready')")
    more = many("late")
    digest = "vidbuild.detail.scenes[0].digest"
    for text, count in ((RED, 1), (GREEN, 2)):
        before = live.browser.evaluate(digest)
        space.write("video.yaml", text + more)
        live.until(f"late.length === {count} && {digest} !== {json.dumps(before)}")
    live.browser.evaluate("late.shift()()")
    assert live.browser.evaluate("vidbuild.player.fragments.size") == 0
    live.browser.evaluate("release(), vidbuild.player.play()")
    live.until("notes.at(-1).color === 'green' && notes.at(-1).caption.startsWith('Finally')")
    assert "red" not in live.browser.evaluate("notes.map((each) => each.color)")


def test_a_fragment_is_played_while_another_scene_is_edited(live: LivePages, space: Workspace) -> None:
    """It is still what the spec says, so that it stays until the whole video has both."""
    more = many("other")
    first = after_the_first_edit(live, space, more)
    live.browser.evaluate("edits = 0")
    space.write("video.yaml", (RED + more).replace("Second it speaks", "Second it talks"))
    live.until("vidbuild.player.fragments.size === 2")
    assert live.browser.evaluate("edits") == 0
    assert live.browser.evaluate("vidbuild.player.fragments.get('one').url") == first
    live.browser.evaluate("vidbuild.player.seek(0.5)")
    live.until(f"notes.at(-1).url.endsWith({json.dumps(first)}) && notes.at(-1).color === 'red'")


# A newer version comes, and while its file is loaded, a picture and the fragment of another edit.
OVERTAKEN = """(async () => {
  const { player, detail } = vidbuild;
  const { open } = player;
  const own = window.fetch;
  const emit = (name, data) => source.dispatchEvent(
    new MessageEvent(name, { data: JSON.stringify({ id: detail.id, ...data }), lastEventId: "9000000" }));
  window.fetch = async (path, ...more) => {
    const answer = await own(path, ...more);
    if (path !== `/api/videos/${detail.id}`) return answer;
    const video = await answer.json();
    video.revision = "later";
    video.media.url += "?later";
    return new Response(JSON.stringify(video));
  };
  const opened = new Promise((done) => {
    player.open = async (next) => {
      player.open = open;
      const ended = open.call(player, next);
      emit("still", { scene: "one", at: player.time, url: "/page/icon.svg?rev=new", reason: "edited" });
      if (%s) emit("fragment", { ...detail.media, scene: "one", digest: "new", seconds: 1, captions: null });
      await ended;
      setTimeout(done, 100);
    };
  });
  emit("video", { state: "ready" });
  await opened;
  window.fetch = own;
  const image = document.querySelector("#overlay");
  return [player.fragments.size, image.hidden ? "" : image.getAttribute("src")];
})()"""


@pytest.mark.parametrize(
    ("with_fragment", "shown"), [("false", [0, "/page/icon.svg?rev=new"]), ("true", [1, ""])], ids=["still", "fragment"]
)
def test_an_edit_while_a_version_is_loaded_stays(live: LivePages, with_fragment: str, shown: list[object]) -> None:
    """A file that takes long to load does not remove what is newer than it."""
    assert live.browser.evaluate(OVERTAKEN % with_fragment) == shown


# A scene is edited again, and has its new picture, while its fragment is loaded.
RENEWED = """(async () => {
  const { player, detail } = vidbuild;
  const emit = (name, data) => source.dispatchEvent(
    new MessageEvent(name, { data: JSON.stringify({ id: detail.id, ...data }), lastEventId: "9000000" }));
  emit("fragment", { ...detail.media, scene: "one", digest: "old", seconds: 1, captions: null });
  emit("video", { edited: { one: "new" } });
  emit("still", { scene: "one", at: player.time, url: detail.scenes[0].still, reason: "edited" });
  await new Promise((done) => setTimeout(done, 1500));
  return [player.fragments.size, document.querySelector("#overlay").hidden];
})()"""


def test_a_picture_stays_although_an_older_fragment_was_loaded(live: LivePages) -> None:
    """The fragment is not played any more, so that it replaces no picture."""
    assert live.browser.evaluate(RENEWED) == [0, False]
