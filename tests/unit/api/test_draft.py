"""Drafts through the API: their files, their steps, and that they and the video leave each other alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import vidbuild
from vidbuild.api.check import check
from vidbuild.api.plan import plan_of, store_of
from vidbuild.api.resume import earlier, unfinished
from vidbuild.api.verify import verify
from vidbuild.errors import UsageError

SPEC = """\
vidbuild: 1
title: Drafts
output: {size: 160x90, fps: 24}
voice: espeak:en-us
scenes:
  - {id: one, type: title, title: One, narration: "A [[cue]] of words.", pause_after: 0.1}
  - {id: two, type: title, title: Two, duration: 0.5}
"""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec whose project is the folder with it."""
    monkeypatch.setenv("VIDBUILD_CACHE", str(tmp_path / "cache"))
    (tmp_path / "vidbuild.toml").touch()
    path = tmp_path / "video.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def test_a_draft_stands_beside_its_video(spec: Path) -> None:
    """Neither a draft nor its video makes a step of the other stale, and the files of both stay."""
    quick = vidbuild.build(spec, draft=True)
    assert quick.draft
    assert [each.path.name for each in quick.outputs] == ["video.draft.mp4", "video.draft.srt", "video.draft.vtt"]
    assert quick.to_json()["draft"] is True
    before = quick.outputs[0].path.read_bytes()
    whole = vidbuild.build(spec)
    assert not whole.draft
    assert "video.mp4" in [each.path.name for each in whole.outputs]
    assert vidbuild.build(spec, draft=True).status == vidbuild.build(spec).status == "up-to-date"
    assert quick.outputs[0].path.read_bytes() == before
    assert {each.state for each in vidbuild.explain(spec, draft=True)} == {"cached"}


def test_an_edit_runs_the_steps_of_its_scene(spec: Path) -> None:
    """One changed word runs the timeline of its scene and what depends on it; no picture is rendered again."""
    vidbuild.build(spec, draft=True)
    spec.write_text(SPEC.replace("words", "many, many words"), encoding="utf-8")
    ran = vidbuild.build(spec, draft=True).steps.ran
    assert set(ran) == {"timeline:one", "audio:one", "captions", "mux"}


def test_another_spec_shares_the_steps_of_a_draft(spec: Path) -> None:
    """Scenes and the mark that a draft of another spec has as well are not made twice."""
    vidbuild.build(spec, draft=True)
    other = spec.with_name("other.yaml")
    other.write_text(SPEC.replace("title: Drafts", "title: Others"), encoding="utf-8")
    assert set(vidbuild.build(other, draft=True).steps.ran) == {"mux"}


def test_a_draft_uses_no_online_voice(spec: Path) -> None:
    """Without the network, frozen or in CI: a voice that is never used is no error. The video itself is refused."""
    spec.write_text(SPEC.replace("espeak:en-us", "edge:en-US-AriaNeural"), encoding="utf-8")
    result = vidbuild.build(spec, draft=True, offline=True, frozen=True)
    assert result.ok
    assert check([spec], draft=True, frozen=True)[0].ok
    assert not check([spec], frozen=True)[0].ok


def test_a_draft_is_named_after_the_file_that_is_asked_for(spec: Path) -> None:
    """`output` with a file's name never means the file itself, which may be the video."""
    target = spec.parent / "out" / "talk.mp4"
    result = vidbuild.build(spec, draft=True, output=target, only=["two"])
    assert [each.path.name for each in result.outputs][:1] == ["talk.draft.mp4"]
    assert not target.exists()
    named = vidbuild.build(spec, draft=True, only=["two"], dry_run=True)
    assert (named.status, named.draft) == ("up-to-date", True)


def test_a_draft_is_verified_and_has_a_graph(spec: Path) -> None:
    """A draft has the same bytes from an empty cache; its graph speaks nothing."""
    (verified,) = verify([spec], draft=True)
    assert verified.status == "same"
    steps = vidbuild.graph(spec, draft=True).steps
    assert "watermark" in steps
    assert not [name for name in steps if name.startswith("speak")]


def test_a_draft_is_a_build_of_its_own(spec: Path) -> None:
    """A draft is remembered under a name of its own, also by its run: it continues no run of the video."""
    store = store_of(spec, None)
    plan = plan_of(spec, store=store, draft=True)
    assert plan.entry == f"{plan_of(spec, store=store).entry} --draft"
    vidbuild.build(spec)
    with pytest.raises(UsageError, match="no run of"):
        earlier(store, "last", plan.entry, {})


def test_the_draft_of_a_webm_is_an_mp4(spec: Path) -> None:
    """H.264 is encoded faster; the file that is asked for may be named as the video's."""
    spec.write_text(SPEC.replace("fps: 24", "fps: 24, format: webm"), encoding="utf-8")
    found = vidbuild.build(spec, draft=True, output=spec.parent / "talk.webm", only=["two"])
    assert [each.path.name for each in found.outputs][:1] == ["talk.draft.mp4"]
    with pytest.raises(UsageError, match="the format of the video is 'mp4'"):
        vidbuild.build(spec, draft=True, output=spec.parent / "talk.gif", only=["two"])


def test_a_draft_that_failed_is_continued_as_a_draft(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that continues the last build without its options builds the draft, not the video."""
    spec.write_text(SPEC + '  - {id: own, type: typst, body: "#panic()", duration: 1}\n', encoding="utf-8")
    monkeypatch.chdir(spec.parent)
    assert vidbuild.build(spec, draft=True).status == "failed"
    found = unfinished("last", spec.parent / "cache")
    assert (found.draft, found.specs) == (True, (Path("video.yaml"),))
    again = vidbuild.build(spec, draft=True, resume=found.run)
    assert again.status == "failed"
    assert vidbuild.build(spec).status == "failed"
    assert not unfinished("last", spec.parent / "cache").draft


def test_drafts_of_several_videos_are_each_named(spec: Path) -> None:
    """NAME.OUTPUT.LANGUAGE.draft.FORMAT; all of them in one result."""
    spec.write_text(
        SPEC.replace("voice: espeak:en-us", "voice: {en: espeak:en-us, de: espeak:de}\nlanguages: [en, de]").replace(
            "scenes:", "outputs: [{name: wide}, {name: loop, format: gif, size: 160x90, scenes: [two]}]\nscenes:"
        ),
        encoding="utf-8",
    )
    result = vidbuild.build(spec, draft=True)
    names = [each.path.name for each in result.outputs if each.kind in {"video", "animation"}]
    assert names == [f"video.{name}.draft.{end}" for name, end in (
        ("wide.en", "mp4"), ("wide.de", "mp4"), ("loop.en", "gif"), ("loop.de", "gif"),
    )]  # fmt: skip
    assert result.draft
    assert json.loads(json.dumps(result.to_json()))["draft"]
