"""Versions of a spec compared, and what a build of one would take."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from vidbuild.api.build import build
from vidbuild.api.diff import diff
from vidbuild.api.estimate import estimate
from vidbuild.errors import UsageError

SPEC = """\
vidbuild: 1
title: One
output: {size: 160x90, fps: 24}
voice: espeak:en-us
scenes:
  - {id: one, type: title, title: Hello, narration: One word after the other.}
  - {id: two, type: title, title: Two, duration: 0.5}
"""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec of two scenes, in a folder that is the current one."""
    path = tmp_path / "video.yaml"
    path.write_text(SPEC, encoding="utf-8")
    monkeypatch.setenv("VIDBUILD_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return path


def test_a_changed_scene_of_two_builds_is_shown(spec: Path) -> None:
    """The page has both pictures of the one scene that has changed, and its narration; other scenes are only named."""
    assert build(spec).ok
    (spec.parent / "build").rename(spec.parent / "before")
    spec.write_text(SPEC.replace("Hello", "Welcome").replace("after the other", "and another"), encoding="utf-8")
    assert build(spec).ok
    found = diff("before", "build", output=Path("page.html")).to_json()
    assert found["status"] == "different"
    assert [(each["scene"], each["state"]) for each in found["changes"]] == [("one", "changed")]
    assert {"picture", "narration"} <= set(found["changes"][0]["what"])
    assert found["unchanged"] == ["two"]
    page = Path("page.html").read_text(encoding="utf-8")
    assert page.count("<img") >= 2
    assert "and another" in page
    assert diff("build", "build", output=Path("page.html")).to_json()["status"] == "same"


def test_a_revision_is_compared_with_the_file(spec: Path) -> None:
    """A revision of git is read without the working tree; what was never built has no picture, and says so."""
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    for args in (["init", "-q"], ["add", "video.yaml"], ["commit", "-q", "-m", "First"]):
        subprocess.run([*git, *args], cwd=spec.parent, check=True)
    spec.write_text(SPEC.replace("title: Two", "title: Three"), encoding="utf-8")
    found = diff("HEAD:video.yaml", "video.yaml", output=Path("page.html")).to_json()
    assert [(each["scene"], each["what"]) for each in found["changes"]] == [("two", ["unknown"])]
    with pytest.raises(UsageError, match="nowhere"):
        diff("nowhere:video.yaml", "video.yaml")
    with pytest.raises(UsageError, match=r"cannot read 'lost\.yaml'"):
        diff("lost.yaml", "video.yaml")


def test_an_estimate_of_each_spec(spec: Path) -> None:
    """Words, a length from the text, and the steps that would run; nothing is written."""
    before = sorted(spec.parent.iterdir())
    (found,) = estimate([spec])
    assert (found.words, found.measured, found.requests, found.unknown) == (5, False, (), ())
    assert 1 < found.seconds < 6
    assert {"speak:one", "timeline:two"} <= set(found.will_run)
    assert "mux" in found.may_run
    assert [each["id"] for each in found.to_json()["scenes"]] == ["one", "two"]
    assert sorted(spec.parent.iterdir()) == before
