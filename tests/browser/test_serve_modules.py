"""Functions of the live page's modules that need no server, run by the browser that they are for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.guard import guard
from tests.support.chromium import Chromium
from tests.support.file_server import served
from tests.support.paths import ROOT

SCENES = [
    {"id": "a", "start": 0, "seconds": 2, "words": [], "cues": [], "reveals": []},
    {
        "id": "b",
        "start": 2,
        "seconds": 3,
        "words": [{"text": "x", "start": 2.5, "end": 3}],
        "cues": [{"name": "c", "at": 4}],
        "reveals": [4],
    },
    {"id": "c", "start": 5, "seconds": 1, "words": [], "cues": [], "reveals": []},
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """A page from which the modules can be imported."""
    with ExitStack() as stack:
        browser = stack.enter_context(Chromium(tmp_path_factory.mktemp("chromium")))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(guard.LOOPBACK, "1")
            base = stack.enter_context(served(ROOT / "vidbuild" / "serve" / "page"))
        browser.open(f"{base}/icon.svg", "document.readyState === 'complete'")
        yield browser


def call(browser: Chromium, module: str, function: str, *args: Any) -> Any:
    """The value of a module's function."""
    arguments = ", ".join(map(json.dumps, args))
    return browser.evaluate(f"import('/{module}.js').then((own) => own.{function}({arguments}))")


def arranged(browser: Chromium, fragments: dict[str, Any]) -> Any:
    """What `arrange` makes of the scenes with fragments."""
    given = json.dumps(list(fragments.items()))
    return browser.evaluate(f"import('/pieces.js').then((own) => own.arrange({json.dumps(SCENES)}, new Map({given})))")


def test_without_fragments_the_whole_video_is_one_piece(browser: Chromium) -> None:
    """Scenes that follow each other in the file play on without a seam."""
    found = arranged(browser, {})
    assert found["scenes"] == SCENES
    assert found["pieces"] == [{"from": 0, "to": 6, "scene": "a", "fragment": None, "local": 0}]


def test_a_fragment_moves_what_follows_it(browser: Chromium) -> None:
    """A longer first scene delays words, cues and reveals after it, and the file continues where the scene ended."""
    cues = [{"name": "late", "at": 2}, {"name": "early", "at": 1}]
    new = {"seconds": 2.5, "words": [{"text": "new", "start": 1, "end": 1.5}], "cues": cues}
    found = arranged(browser, {"a": new})
    assert [each["name"] for each in found["scenes"][0]["cues"]] == ["early", "late"]
    one, two, _ = found["scenes"]
    assert (one["origin"], two["origin"]) == (None, 2)
    assert one["words"] == [{"text": "new", "start": 1, "end": 1.5}]
    assert (two["start"], two["words"][0]["start"], two["cues"][0]["at"], two["reveals"]) == (2.5, 3, 4.5, [4.5])
    assert [(each["from"], each["to"], each["local"]) for each in found["pieces"]] == [(0, 2.5, 0), (2.5, 6.5, 2)]
    assert found["seconds"] == 6.5


def test_a_fragment_inside_splits_the_video(browser: Chromium) -> None:
    """The words of an old narration are not lit over the new one."""
    found = arranged(browser, {"b": {"seconds": 1}})
    assert found["scenes"][1]["words"] == []
    pieces = [(each["scene"], each["from"], each["to"], each["local"]) for each in found["pieces"]]
    assert pieces == [("a", 0, 2, 0), ("b", 2, 3, 0), ("c", 3, 4, 5)]


def test_a_playhead_stays_in_its_scene(browser: Chromium) -> None:
    """It stands as far into the scene as before, at most at its last frame; a scene that is gone leaves it."""
    after = [{**SCENES[0], "seconds": 4}, {**SCENES[1], "start": 4, "seconds": 1}]
    assert call(browser, "pieces", "carried", 1, SCENES, after, 25) == 1
    assert call(browser, "pieces", "carried", 2.5, SCENES, after, 25) == 4.5
    assert call(browser, "pieces", "carried", 4.5, SCENES, after, 25) == 4.98
    assert call(browser, "pieces", "carried", 5.5, SCENES, after, 25) == 5.5


@pytest.mark.parametrize(
    ("event", "digest", "played"),
    [(8, "old", False), (8, "new", True), (9, "new", True), (10, "old", True), (None, "new", True)],
)
def test_a_fragment_of_an_older_edit_is_known(browser: Chromium, event: int | None, digest: str, played: bool) -> None:
    """Its digest decides, unless it is younger than what the page has read."""
    detail = {"looked": 9, "scenes": [{**SCENES[0], "digest": "new"}]}
    fragment = {"scene": "a", "event": event, "digest": digest}
    assert call(browser, "pieces", "isCurrent", fragment, detail) is played
    assert call(browser, "pieces", "isCurrent", {**fragment, "scene": "b", "event": 1}, detail) is False  # it is gone


def test_a_fragment_has_the_text_of_its_scene(browser: Chromium) -> None:
    """Its narration is what its audio says, in which words are lit."""
    found = arranged(browser, {"a": {"seconds": 2, "title": "New", "narration": "new text"}})
    assert [(each.get("title"), each.get("narration")) for each in found["scenes"][:2]] == [
        ("New", "new text"),
        (None, None),
    ]


@pytest.mark.parametrize("fps", [24, 25, 30, 50, 60, 29.97])
def test_the_middle_of_a_frame_is_in_it(browser: Chromium, fps: float) -> None:
    """Every frame of an hour has a time that is in it and that seeks cannot miss by rounding."""
    wrong = browser.evaluate(
        f"import('/format.js').then(({{frameAt, middleOf}}) => Array.from({{length: 3600 * {fps}}}, (_, at) => at)"
        f".filter((at) => frameAt(middleOf(at, {fps}), {fps}) !== at || frameAt(at / {fps}, {fps}) !== at))"
    )
    assert wrong == []


def test_numbers_are_written_for_people(browser: Chromium) -> None:
    """Clocks, sizes and durations, at the edges where they change their form."""
    clocks = {(0, 0): "0:00", (59.999, 2): "0:59.99", (60, 0): "1:00", (3600, 1): "1:00:00.0", (-1, 0): "0:00"}
    for (seconds, decimals), text in clocks.items():
        assert call(browser, "format", "clock", seconds, decimals) == text
    for count, text in {0: "0 B", 999: "999 B", 1000: "1.0 kB", 1_687_044: "1.7 MB", 48_000_000_000: "48 GB"}.items():
        assert call(browser, "format", "bytes", count) == text
    for seconds, text in {0.25: "0.3 s", 9.94: "9.9 s", 12.4: "12 s", 61: "1:01"}.items():
        assert call(browser, "format", "duration", seconds) == text
    assert call(browser, "format", "plural", 1, "scene") == "1 scene"
    assert call(browser, "format", "plural", 1200, "scene") == "1,200 scenes"


@pytest.mark.parametrize(("time", "at"), [(-1, -1), (0, 0), (1.99, 0), (2, 1), (4.9, 1), (5, 2), (99, 2)])
def test_the_entry_at_a_time_is_found(browser: Chromium, time: float, at: int) -> None:
    """The last one that has started."""
    assert call(browser, "format", "lastBefore", SCENES, time) == at


def test_a_refusal_says_why(browser: Chromium) -> None:
    """The page shows the message of the server, not only its status."""
    answer = "async () => new Response(JSON.stringify({message: 'no such run', hint: 'look'}), {status: 404})"
    seen = "({status, message, hint}) => [status, message, hint]"
    browser.evaluate(f"window.before = window.fetch, window.fetch = {answer}, 0")
    found = browser.evaluate(f"import('/api.js').then((own) => own.get('/x')).catch({seen})")
    browser.evaluate("window.fetch = window.before, 0")
    assert found == [404, "no such run", "look"]


THUMBS = """Promise.all([import('/thumbs.js'), new OffscreenCanvas(32, 18)]).then(async ([{Thumbs}, canvas]) => {
  canvas.getContext("2d");
  const picture = await canvas.convertToBlob();
  const asked = { "/away": 0, "/none": 0 };
  const before = window.fetch;
  window.fetch = async (url) => {
    asked[url] += 1;
    if (url === "/none") return new Response("", { status: 404 });
    return asked[url] < 3 ? new Response("", { status: 503 }) : new Response(picture);
  };
  await new Promise((done) => {
    const thumbs = new Thumbs(9, () => { if (thumbs.get("/away")) done(); });
    thumbs.get("/away");
    thumbs.get("/none");
    setTimeout(() => thumbs.get("/none"), 300);
  });
  window.fetch = before;
  return asked;
})"""


def test_a_small_picture_is_asked_for_until_the_server_has_it(browser: Chromium) -> None:
    """After an error of the server it comes later; one that does not exist is asked for once."""
    assert browser.evaluate(THUMBS) == {"/away": 3, "/none": 1}


def test_a_picture_in_a_list_is_asked_for_again(browser: Chromium) -> None:
    """An image whose file could not be had is loaded again, after pauses."""
    found = browser.evaluate(
        """import('/dom.js').then(async ({retried, pauseAfter}) => {
          const image = retried(new Image());
          document.documentElement.append(image);
          image.src = "/missing.svg";
          await new Promise((done) => { image.onerror = done; });
          const asked = () => performance.getEntriesByType("resource").filter(({name}) => name.endsWith("missing.svg"));
          await new Promise((done) => { image.onerror = done; });
          image.remove();
          return [asked().length, pauseAfter(0), pauseAfter(1), pauseAfter(20)];
        })"""
    )
    assert found == [2, 500, 1000, 16000]
