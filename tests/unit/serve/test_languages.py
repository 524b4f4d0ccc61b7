"""Videos of one spec that come and go with its languages."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from tests.support.live_site import Site
from vidbuild.api.build import build, build_planned
from vidbuild.api.live import look
from vidbuild.api.options import BuildOptions
from vidbuild.api.result import Result, Steps
from vidbuild.serve.catalog import Catalog
from vidbuild.serve.facts import facts_of
from vidbuild.serve.passes import Pass, plans_of
from vidbuild.serve.previews import Previews
from vidbuild.serve.surroundings import Surroundings


def name_languages(site: Site, languages: str) -> None:
    """Save the spec with these languages."""
    text = site.spec.read_text().split("languages:", 1)[0]
    site.spec.write_text(f"{text}languages: {languages}\n")


def test_pages_of_a_video_that_is_gone_are_informed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """An open page of a video that the spec makes no more learns of it, and is not left with what it showed."""
    monkeypatch.setattr(Previews, "show", lambda *_: None)
    monkeypatch.setattr(Pass, "_build", lambda *_: None)
    around = Surroundings(site.catalog, site.stream, BuildOptions(cache=site.root / ".vidbuild"), lambda: None)
    alone = site.look().id
    name_languages(site, "[en, de]")
    Pass(around, site.spec, lambda: False, force=False).run()
    ids = {each.id for each in site.catalog.videos()}
    assert len(ids) == 2
    removed = [json.loads(each.data) for each in site.stream.after(0) or [] if each.type == "video"]
    assert {"id": alone, "state": "removed", "revision": None} in removed
    assert site.get(f"/api/videos/{alone}").status_code == 404


def test_videos_of_several_languages_are_known_after_a_restart(site: Site) -> None:
    """Their last versions are there although the spec has errors when the server starts again."""
    name_languages(site, "[en, de]")
    site.look()
    kept = {}
    for video in site.catalog.videos():
        assert video.live is not None
        path = site.root / f"{video.name}.mp4"
        path.write_bytes(video.name.encode())
        facts = facts_of(video.live, Result("built", site.spec, "", (), Steps(1), 1.0, 0.1), {})
        kept[video.id] = video.revisions.add([("video", path, "")], facts).id
    site.spec.write_text("scenes: [")
    again = Catalog(site.root, [site.spec], site.folder)
    assert {each.id: each.revision.id for each in again.videos() if each.revision} == kept
    assert [each.name for each in again.videos()] == ["video.en", "video.de"]
    other = Catalog(site.root, [site.root / "other.yaml"], site.folder)
    assert [(each.name, each.revision) for each in other.videos()] == [("other", None)]


def test_a_step_that_languages_share_is_a_reason_in_each(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first language runs the step; in the second one it is in the cache, and the reason is the same."""
    name_languages(site, "[en, de]")
    site.look()
    for video in site.catalog.videos():
        (site.root / "video.mp4").write_bytes(b"")
        scenes = [{"id": "one", "drawing": "", "all": ""}, {"id": "two", "drawing": "", "all": ""}]
        video.revision = video.revisions.add([("video", site.root / "video.mp4", "")], {"scenes": scenes})
    answers = [{"one": "code changed"}, {"two": "title changed"}]
    monkeypatch.setattr("vidbuild.serve.previews.reasons_of", lambda *_: answers.pop(0))
    for name in ("_still", "_fragment"):
        monkeypatch.setattr(Previews, name, lambda *_: None)
    monkeypatch.setattr(Pass, "_build", lambda *_: None)
    site.spec.write_text(site.spec.read_text().replace("title: ", "title: New "))
    around = Surroundings(site.catalog, site.stream, BuildOptions(cache=site.root / ".vidbuild"), lambda: None)
    Pass(around, site.spec, lambda: False, force=True).run()
    first, second = site.catalog.videos()
    assert first.new_reasons == {"one": "code changed", "two": ""}
    assert second.new_reasons == {"one": "code changed", "two": "title changed"}


def test_the_open_page_is_first(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Previews are made for the video whose page is open; for all of a spec while no page was opened."""
    name_languages(site, "[en, de, fr]")
    site.look()
    shown: list[str] = []
    monkeypatch.setattr(Previews, "_still", lambda _self, video, *_: shown.append(video.name))
    monkeypatch.setattr(Pass, "_build", lambda *_: None)
    around = Surroundings(site.catalog, site.stream, BuildOptions(cache=site.root / ".vidbuild"), lambda: None)

    def edited() -> list[str]:
        shown.clear()
        Pass(around, site.spec, lambda: False, force=True).run()
        return list(shown)

    assert edited() == ["video.en", "video.de", "video.fr"]
    english, _, french = site.catalog.videos()
    assert site.get(f"/api/videos/{french.id}").status_code == 200
    assert edited() == ["video.fr"]
    assert site.post(f"/api/videos/{english.id}/playhead", {"scene": "one", "at": 0}).status_code == 200
    assert edited() == ["video.en", "video.fr"]


def test_reasons_of_before_are_not_repeated(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scene that is built for no reason of its own, or for that of many others, does not show an older reason."""
    site.look()
    (site.root / "video.mp4").write_bytes(b"")
    scenes = [{"id": name, "drawing": "", "all": ""} for name in ("one", "two")]
    video = site.video
    video.revision = video.revisions.add([("video", site.root / "video.mp4", "")], {"scenes": scenes})
    for name in ("_still", "_fragment"):
        monkeypatch.setattr(Previews, name, lambda *_: None)
    monkeypatch.setattr(Pass, "_build", lambda *_: None)
    around = Surroundings(site.catalog, site.stream, BuildOptions(cache=site.root / ".vidbuild"), lambda: None)

    def reasons(answer: dict[str, str], most: int, title: str) -> dict[str, str]:
        video.new_reasons = {"one": "old", "two": "old"}
        monkeypatch.setattr("vidbuild.serve.previews.reasons_of", lambda *_: answer)
        monkeypatch.setattr("vidbuild.serve.previews._REASONS", most)
        site.spec.write_text(site.spec.read_text().replace("title: ", f"title: {title} "))
        Pass(around, site.spec, lambda: False, force=True).run()
        return video.new_reasons

    assert reasons({"one": "title changed"}, 50, "A") == {"one": "title changed", "two": ""}
    assert reasons({"one": "music: never built"}, 1, "B") == dict.fromkeys(("one", "two"), "music: never built")


@pytest.mark.parametrize(
    ("of", "shown"),
    [
        ("video.yaml --language de", ["video.de"]),
        ("video.yaml --language de, video.yaml --language en", ["video.en", "video.de"]),
        ("video.yaml --name ada --language en", ["video.en"]),
        ("video.yaml --only one", ["video.en", "video.de"]),
        ("other.yaml --language de", []),
    ],
)
def test_a_run_is_shown_at_its_languages(
    site: Site, monkeypatch: pytest.MonkeyPatch, of: str, shown: list[str]
) -> None:
    """A run, such as one of a batch, that builds one language is none of the other video."""
    name_languages(site, "[en, de]")
    site.look()
    counts = dict.fromkeys(("steps", "done", "ran", "cached", "failed", "aborted", "retried"), 0)
    run = SimpleNamespace(
        run="r",
        spec=of,
        state="running",
        killed=False,
        started=0.0,
        seconds=None,
        to_json=lambda: {**counts, "running": []},
    )
    monkeypatch.setattr("vidbuild.api.runs.runs", lambda _: [run])
    (found,) = site.get("/api/runs").json()
    names = {each.id: each.name for each in site.catalog.videos()}
    assert [names[each] for each in found["videos"]] == shown


@pytest.mark.parametrize("languages", ["[en]", "[en, de]"])
def test_what_was_looked_at_is_built_as_it_was_planned(
    site: Site, monkeypatch: pytest.MonkeyPatch, languages: str
) -> None:
    """Nothing is planned a second time, and the outputs are those of a build that plans for itself."""
    name_languages(site, languages)
    options = BuildOptions(cache=site.root / ".vidbuild")
    found = look(site.spec, cache=options.cache)
    assert found.spec is not None
    with monkeypatch.context() as patch:
        patch.setattr("vidbuild.api.plan._compiled", lambda *_: pytest.fail("planned again"))
        result = build_planned(found.spec, plans_of(found), options)
    assert result.ok
    assert len(result.videos) == languages.count(",") + 1
    again = build(site.spec, options)
    assert again.status == "up-to-date"
    assert [each.sha256 for each in again.outputs] == [each.sha256 for each in result.outputs]
