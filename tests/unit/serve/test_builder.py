"""What follows from an edit, with builds that only pretend."""

from __future__ import annotations

import errno
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.background_build import wait_until
from tests.support.live_site import Site
from tests.support.workspace import SMALL
from vidbuild.api.live_parts import CancelledError, Fragment
from vidbuild.api.options import Control
from vidbuild.api.result import FailedStep, OutputFile, Result, Steps
from vidbuild.errors import StepError, StoreError, UsageError
from vidbuild.serve import builder as builder_module
from vidbuild.serve.catalog import Catalog


class Builds:
    """Pretended builds: what was asked for, in order. hold: while it is clear, whole builds wait to be cancelled."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.calls: list[tuple[str, str]] = []
        self.hold = threading.Event()
        self.hold.set()
        self.error: Exception | None = None
        self.failed: tuple[FailedStep, ...] = ()
        self.texts: list[str] = []
        self.cancelled = 0
        self.seconds = 10.0  # of each scene
        self.on_fragment: Callable[[], None] = lambda: None

    def still_of(self, _video: Any, scene: str, at: float | None, path: Path, **_: Any) -> None:
        """Write a picture."""
        self.calls.append(("still", scene))
        if at is not None and at > self.seconds:
            raise StepError("no frame at that time")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"png")

    def fragment_of(self, _video: Any, scene: str, folder: Path, **_: Any) -> Fragment:
        """Write a fragment."""
        self.calls.append(("fragment", scene))
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "video.mp4"
        path.write_text(self.site.spec.read_text())
        captions = folder / "video.vtt"
        captions.write_text("WEBVTT\n")
        self.on_fragment()
        return Fragment(path, 0.5, (), {}, captions)

    def build_planned(self, spec: Any, plans: Any, _options: object, *, on_event: object, control: Any) -> Result:
        """Write a video that has the spec's text."""
        del on_event
        assert next(iter(plans.values())).scenes == tuple(each.id for each in spec.scenes)
        self.calls.append(("whole", ""))
        text = self.site.spec.read_text()
        self.texts.append(text)
        while not self.hold.is_set():
            if control.requested() is Control.CANCEL:
                self.cancelled += 1
                return Result("cancelled", spec.path, "run", (), Steps(1), 0.0, 0.0)
            time.sleep(0.005)
        if self.error is not None:
            raise self.error
        if self.failed:
            return Result("failed", spec.path, "run", (), Steps(1, failed=self.failed), 0.0, 0.0)
        path = self.site.root / "build" / "video.mp4"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        output = OutputFile("video", path, len(text), "")
        return Result("built", spec.path, "run", (output,), Steps(1), 1.0, 0.1)


@pytest.fixture
def builds(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Builds]:
    """A started builder whose builds only pretend; it has built the spec once."""
    found = Builds(site)
    for name in ("previews.still_of", "previews.fragment_of", "passes.build_planned"):
        monkeypatch.setattr(f"vidbuild.serve.{name}", getattr(found, name.partition(".")[2]))
    monkeypatch.setattr(builder_module, "keep_workers", lambda: SimpleNamespace(close=int, close_if_idle=int))
    monkeypatch.setattr(builder_module.Builder, "_warm_up", lambda _: True)
    site.builder.start()
    idle(site)
    yield found
    found.hold.set()
    site.builder.stop()
    assert site.bugs == [] or isinstance(site.bugs[0], ZeroDivisionError)


def idle(site: Site) -> None:
    """Wait until nothing is built."""
    wait_until(lambda: site.builder.idle, "the end of builds")


def edit(site: Site, old: str, new: str) -> None:
    """Save the spec with another text, as the watcher reports it."""
    site.spec.write_text(site.spec.read_text().replace(old, new))
    site.builder.edited([site.spec])


def events(site: Site, after: int = 0) -> list[tuple[str, dict[str, Any]]]:
    """Return the types and data of the stream's events."""
    return [(each.type, json.loads(each.data)) for each in site.stream.after(after) or []]


def test_the_order_after_an_edit(site: Site, builds: Builds) -> None:
    """The picture of the changed scene comes first, then the scene, then the whole video; each is on the stream."""
    assert builds.calls == [("still", "one"), ("whole", "")]
    first = site.video.revision
    builds.calls.clear()
    last = site.stream.last
    edit(site, "title: Two", "title: Zwei")
    idle(site)
    assert builds.calls == [("still", "two"), ("fragment", "two"), ("whole", "")]
    found = events(site, last)
    assert [kind for kind, _ in found if kind != "video"] == ["still", "fragment", "ready"]
    assert [data["state"] for kind, data in found if kind == "video"] == ["building", "ready"]
    assert site.video.previous == first
    assert site.video.changed == {"two"}
    fragment = next(data for kind, data in found if kind == "fragment")
    assert site.get(fragment["url"]).text == site.spec.read_text()
    assert fragment["type"] == "video/mp4"
    captions = site.get(fragment["captions"])
    assert (captions.text, captions.headers["content-type"]) == ("WEBVTT\n", "text/vtt; charset=utf-8")


def test_the_playhead_comes_first(site: Site, builds: Builds) -> None:
    """Of several changed scenes, the one that the page shows is first; without one, the first in the video."""
    assert site.post(f"/api/videos/{site.video.id}/playhead", {"scene": "two", "at": 0.1}).status_code == 200
    builds.calls.clear()
    edit(site, "title: ", "title: New ")
    idle(site)
    assert [each for each in builds.calls if each[0] != "whole"] == [("still", "two"), ("fragment", "two")]


@pytest.mark.parametrize(("seconds", "at"), [(10.0, 0.1), (0.05, None)])
def test_the_frame_at_the_playhead(site: Site, builds: Builds, seconds: float, at: float | None) -> None:
    """The new picture is that of the playhead, or the last one if the scene is shorter now, or is another one."""
    builds.seconds = seconds
    site.post(f"/api/videos/{site.video.id}/playhead", {"scene": "two", "at": 0.1})
    last = site.stream.last
    edit(site, "title: Two", "title: Zwei")
    idle(site)
    edit(site, "title: One", "title: Eins")
    idle(site)
    stills = [data for kind, data in events(site, last) if kind == "still"]
    assert [(each["scene"], each["at"]) for each in stills] == [("two", at), ("one", None)]
    builds.calls.clear()
    assert all(site.get(each["url"]).content == b"png" for each in stills)
    assert builds.calls == []


def test_a_fragment_of_an_older_edit(site: Site, builds: Builds) -> None:
    """A scene that was edited again while its fragment was made is shown as it is now, and never as it was."""
    site.look()

    def saved_again() -> None:
        builds.on_fragment = lambda: None
        edit(site, "title: Zwei", "title: Deux")

    builds.on_fragment = saved_again
    last = site.stream.last
    edit(site, "title: Two", "title: Zwei")
    idle(site)
    fragments = [data for kind, data in events(site, last) if kind == "fragment"]
    assert ["Deux" in site.get(each["url"]).text for each in fragments] == [True]
    assert [kind for kind, _ in events(site, last) if kind == "ready"] == ["ready"]


def test_a_fragment_whose_scene_is_edited_again(site: Site, builds: Builds) -> None:
    """The event that the next version is built names its scene once; each fragment and each scene has its digest."""
    builds.hold.clear()
    edit(site, "title: Two", "title: Zwei")
    wait_until(lambda: any(kind == "fragment" for kind, _ in events(site)), "a fragment")
    fragment = next(data for kind, data in events(site) if kind == "fragment")
    scene = site.get(f"/api/videos/{site.video.id}").json()["scenes"][1]
    assert (fragment["digest"], fragment["title"], fragment["narration"]) == (scene["digest"], "Zwei", "")
    last = site.stream.last
    edit(site, "title: One", "title: Eins")
    wait_until(lambda: any(kind == "fragment" for kind, _ in events(site, last)), "a fragment")
    assert not any("edited" in data for _, data in events(site, last)), "the second scene is as it was"
    last = site.stream.last
    edit(site, "title: Zwei", "title: Due")
    wait_until(lambda: builds.cancelled == 2, "the end of the second edit's build")
    builds.hold.set()
    idle(site)
    details = site.get(f"/api/videos/{site.video.id}").json()
    (found,) = (data for _, data in events(site, last) if "edited" in data)
    assert (found["edited"], found["state"]) == ({"two": details["scenes"][1]["digest"]}, "building")
    assert details["looked"] == last
    last = site.stream.last
    site.spec.write_text(site.spec.read_text().replace("  - {id: two", "  # {id: two"))
    site.builder.edited([site.spec])
    idle(site)
    assert [data["edited"] for _, data in events(site, last) if "edited" in data] == [{"two": None}]


def test_the_open_page_is_built_next(site: Site, builds: Builds) -> None:
    """A spec that waits to be built is the next one once its page is opened."""
    others = [site.root / f"{name}.vidbuild.yaml" for name in ("a", "b")]
    for other in others:
        other.write_text(SMALL)
        site.catalog.add(other)
    builds.hold.clear()
    builds.texts.clear()
    edit(site, "title: Two", "title: Zwei")
    wait_until(lambda: len(builds.texts) == 1, "a build")
    last = site.stream.last
    for other in others:
        site.builder.edited([other])
    first, second = (each.id for other in others for each in site.catalog.videos() if each.spec == other)
    assert site.get(f"/v/{first}").status_code == 200
    builds.hold.set()
    idle(site)
    order = [data["id"] for kind, data in events(site, last) if kind == "video" and data["state"] == "building"]
    assert order == [first, second]


def test_a_touch_is_no_edit(site: Site, builds: Builds) -> None:
    """P49: a save that changes nothing builds nothing."""
    builds.calls.clear()
    edit(site, "nothing", "nothing")
    idle(site)
    assert builds.calls == []
    assert site.video.state == "ready"


def test_an_edit_during_a_build_cancels_it(site: Site, builds: Builds) -> None:
    """P49: an edit while a build runs cancels that, and is built itself; the last one is what is shown."""
    builds.hold.clear()
    builds.texts.clear()
    edit(site, "title: Two", "title: Zwei")
    wait_until(lambda: len(builds.texts) == 1, "a build")
    edit(site, "title: Zwei", "title: Deux")
    wait_until(lambda: builds.cancelled == 1, "a cancelled build")
    builds.hold.set()
    idle(site)
    assert len(builds.texts) == 2
    assert site.video.state == "ready"
    revision = site.video.revision
    assert revision is not None
    assert "Deux" in (revision.folder / "video.mp4").read_text()


def test_a_burst_of_saves(site: Site, builds: Builds) -> None:
    """Two hundred saves are few builds, and the last one is right."""
    builds.calls.clear()
    for number in range(200):
        edit(site, site.spec.read_text().split("title: ")[2].split(",")[0], f"Save {number}")
        time.sleep(0.002)
    idle(site)
    assert len([each for each in builds.calls if each[0] == "whole"]) <= 40
    revision = site.video.revision
    assert revision is not None
    assert "Save 199" in (revision.folder / "video.mp4").read_text()


def test_edits_that_never_pause(site: Site, builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who types on and on sees pictures meanwhile, although each is of an edit that is not the newest."""
    monkeypatch.setattr(builder_module, "LONGEST_WAIT", 0.02)
    made: list[str] = []
    saves = iter(range(100))

    def still_of(*given: Any, control: Any, **named: Any) -> None:
        """The next edit comes before each picture is done; the picture is given up if it may be."""
        number = next(saves)
        if number < 7:
            edit(site, site.spec.read_text().split("title: ")[2].split(",")[0], f"Save {number}")
        if control.requested() is Control.CANCEL:
            raise CancelledError("newer")
        builds.still_of(*given, control=control, **named)
        made.append(site.spec.read_text())

    monkeypatch.setattr("vidbuild.serve.previews.still_of", still_of)
    last = site.stream.last
    edit(site, "title: Two", "title: Zwei")
    idle(site)
    assert 2 <= len(made) <= 7
    kinds = [kind for kind, _ in events(site, last) if kind in {"still", "fragment", "ready"}]
    assert kinds.count("still") == len(made)
    assert kinds[-3:] == ["still", "fragment", "ready"]
    assert kinds.count("fragment") == kinds.count("ready") == 1
    revision = site.video.revision
    assert revision is not None
    assert "Save 6" in (revision.folder / "video.mp4").read_text()


def test_a_syntax_error_keeps_the_last_good_video(site: Site, builds: Builds) -> None:
    """P49: an error is shown with its line, and the last good video stays; undoing the edit builds nothing."""
    before, last = site.video.revision, site.stream.last
    builds.calls.clear()
    edit(site, "scenes:", "scenes: [")
    idle(site)
    assert builds.calls == []
    assert (site.video.state, site.video.revision) == ("invalid", before)
    (problem, *_) = site.get(f"/api/videos/{site.video.id}/problems").json()
    assert problem["severity"] == "error"
    assert problem["line"] > 0
    assert "^" in problem["excerpt"]
    assert problem["open"].startswith("vscode://file/")
    counts = [data for kind, data in events(site, last) if kind == "problems"]
    assert [each["errors"] > 0 for each in counts] == [True]
    edit(site, "scenes: [", "scenes:")
    idle(site)
    assert (site.video.state, site.video.revision) == ("ready", before)
    assert site.get(f"/api/videos/{site.video.id}/problems").json() == []
    edit(site, "title: Two", "title: Zwei")
    idle(site)
    assert site.video.revision != before


def test_a_spec_that_goes_and_comes(site: Site, builds: Builds) -> None:
    """A spec that is deleted is waited for, its last video stays; it is built once it is back."""
    before = site.video.revision
    site.spec.unlink()
    site.builder.edited([site.spec])
    idle(site)
    assert (site.video.state, site.video.revision) == ("waiting", before)
    site.spec.write_text(SMALL.replace("One", "Back"))
    site.builder.edited([site.spec])
    idle(site)
    assert site.video.state == "ready"
    assert site.video.revision != before
    assert builds.calls[-1] == ("whole", "")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (StoreError("no space left on the cache's disk", hint="free some"), "no space left on the cache's disk"),
        (UsageError("cannot write 'build'"), "cannot write 'build'"),
    ],
)
def test_a_build_that_cannot_be_made(site: Site, builds: Builds, error: Exception, message: str) -> None:
    """A full disk, or outputs that cannot be written, is a problem that the page shows; the next edit builds again."""
    builds.error = error
    edit(site, "title: Two", "title: Zwei")
    idle(site)
    assert site.video.state == "failed"
    assert message in [each["message"] for each in site.get(f"/api/videos/{site.video.id}/problems").json()]
    builds.error = None
    edit(site, "title: Zwei", "title: Deux")
    idle(site)
    assert site.video.state == "ready"
    assert site.get(f"/api/videos/{site.video.id}/problems").json() == []


def test_a_full_disk_under_the_page(site: Site, builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    """A video that cannot be kept is a problem, and the one before it stays; the next build is shown again."""
    shown, count = site.video.revision, len(builds.calls)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("vidbuild.serve.revisions.shutil.copyfile", full)
        edit(site, "title: Two", "title: Zwei")
        idle(site)
    assert len(builds.calls) > count
    assert (site.video.state, site.video.revision) == ("failed", shown)
    (problem,) = site.get(f"/api/videos/{site.video.id}/problems").json()
    assert problem["message"] == "cannot keep the video for the page: no space left on device"
    edit(site, "title: Zwei", "title: Due")
    idle(site)
    assert site.video.state == "ready"
    assert site.get(f"/api/videos/{site.video.id}/problems").json() == []


def test_a_step_that_fails(site: Site, builds: Builds) -> None:
    """A failed step is a problem with its log; a new build can be asked for from the page."""
    builds.failed = (FailedStep("render:two", "no memory", "use less", log=("line 1", "line 2")),)
    edit(site, "title: Two", "title: Zwei")
    idle(site)
    assert site.video.state == "failed"
    (problem,) = site.get(f"/api/videos/{site.video.id}/problems").json()
    assert (problem["message"], problem["hint"], problem["log"]) == (
        "render:two: no memory",
        "use less",
        ["line 1", "line 2"],
    )
    builds.failed = ()
    assert site.post(f"/api/videos/{site.video.id}/build").status_code == 202
    idle(site)
    assert site.video.state == "ready"


def test_what_was_saved_for_a_moment_is_not_shown(site: Site, builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that read what was saved after the look, and reverted at once, is made again."""
    kept = site.spec.read_text()

    def build_of_a_moment(*given: Any, **named: Any) -> Result:
        monkeypatch.setattr("vidbuild.serve.passes.build_planned", builds.build_planned)
        edit(site, "title: Two", "title: Moment")
        result = builds.build_planned(*given, **named)
        edit(site, "title: Moment", "title: Two")
        return result

    monkeypatch.setattr("vidbuild.serve.passes.build_planned", build_of_a_moment)
    assert site.post(f"/api/videos/{site.video.id}/build").status_code == 202
    idle(site)
    assert builds.texts[-2:] == [kept.replace("title: Two", "title: Moment"), kept]
    revision = site.video.revision
    assert revision is not None
    assert (revision.folder / "video.mp4").read_text() == kept


@pytest.mark.parametrize("error", [StepError("cannot draw"), OSError(28, "No space left on device")])
def test_a_picture_that_fails(site: Site, builds: Builds, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """A picture that cannot be made keeps nothing from being built; one that is cancelled ends the pass."""

    def failing(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("vidbuild.serve.previews.still_of", failing)
    edit(site, "title: Two", "title: Zwei")
    idle(site)
    assert site.video.state == "ready"

    def cancelled(*_: object, **__: object) -> None:
        raise CancelledError("newer")

    monkeypatch.setattr("vidbuild.serve.previews.still_of", cancelled)
    builds.calls.clear()
    edit(site, "title: Zwei", "title: Deux")
    idle(site)
    assert builds.calls == []


def test_a_bug_ends_nothing(site: Site, builds: Builds) -> None:
    """An exception that is no VidbuildError is reported, and the next edit is built."""
    builds.error = ZeroDivisionError()
    edit(site, "title: Two", "title: Zwei")
    idle(site)
    assert [type(each) for each in site.bugs] == [ZeroDivisionError]
    assert site.video.state == "failed"
    builds.error = None
    edit(site, "title: Zwei", "title: Deux")
    idle(site)
    assert site.video.state == "ready"


def test_the_end_cancels_what_runs(site: Site, builds: Builds) -> None:
    """The end of the server cancels the build that runs."""
    builds.hold.clear()
    builds.texts.clear()
    edit(site, "title: Two", "title: Zwei")
    wait_until(lambda: len(builds.texts) == 1, "a build")
    site.builder.stop()
    assert builds.cancelled == 1


def test_versions_are_found_after_a_restart(site: Site, builds: Builds, tmp_path: Path) -> None:
    """Another server of the project has the last version at once, before it has looked at anything."""
    del builds
    again = Catalog(site.root, [site.spec], site.folder).videos()[0]
    assert again.id == site.video.id
    assert again.revision is not None
    assert site.video.revision is not None
    assert again.revision.id == site.video.revision.id
    assert Catalog(site.root, [site.spec], tmp_path / "other").videos()[0].revision is None


def test_an_error_in_another_file_is_watched(site: Site, builds: Builds) -> None:
    """While a spec has errors, the files that it named before are watched, and those that the errors are in."""
    del builds
    theme = site.root / "look.yaml"
    theme.write_text("extends: midnight\n")
    edit(site, "title: A small video", "title: A small video\ntheme: look.yaml")
    idle(site)
    assert site.video.state == "ready", site.catalog.specs[site.spec].problems
    assert theme in {file for _, file in site.catalog.inputs()}
    theme.write_text("extends: [")
    site.builder.edited([site.spec])
    idle(site)
    assert site.video.state == "invalid"
    assert theme in {file for _, file in site.catalog.inputs()}


def test_a_video_of_sound_alone(site: Site, builds: Builds) -> None:
    """An output that is audio has no pictures, and is built without them."""
    builds.calls.clear()
    edit(site, "size: 160x90, fps: 24", "format: m4a")
    edit(site, "title: One, duration: 0.5", "title: One, narration: One.")
    idle(site)
    assert site.video.state == "ready", site.catalog.specs[site.spec].problems
    assert {kind for kind, _ in builds.calls} - {"fragment"} == {"whole"}  # of one edit or of each
    assert {each["still"] for each in site.get(f"/api/videos/{site.video.id}").json()["scenes"]} == {None}
    answer = site.get(f"/still/{site.video.id}/one")
    assert (answer.status_code, answer.json()["message"]) == (404, "'video' is audio, and has no pictures")
