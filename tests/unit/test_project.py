"""Where a spec's project and cache are, and what its outputs are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidbuild import project


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec two folders below the root of its project."""
    monkeypatch.delenv("VIDBUILD_CACHE", raising=False)
    folder = tmp_path / "project" / "talks" / "one"
    folder.mkdir(parents=True)
    return folder / "video.yaml"


@pytest.mark.parametrize("marker", ["vidbuild.toml", ".git"])
def test_the_nearest_folder_with_a_marker_is_the_root(spec: Path, marker: str) -> None:
    """Settings or a repository mark the root, the nearest one if there are several; else it is the spec's folder."""
    assert project.root_of(spec) == spec.parent
    above = spec.parents[2]
    (above / marker).mkdir()
    assert project.root_of(spec) == above
    (spec.parents[1] / marker).touch()
    assert project.root_of(spec) == spec.parents[1]


def test_a_path_that_leads_out_of_a_project_is_not_in_it(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`..` in a path leads to another folder, whose project counts, also behind a symlink."""
    (spec.parents[1] / "vidbuild.toml").touch()
    other = spec.parents[3] / "other"
    other.mkdir()
    monkeypatch.chdir(spec.parent)
    assert project.root_of(Path("../../../other/video.yaml")) == other
    assert project.root_of(Path("../video.yaml")) == spec.parents[1]
    (other / "link").symlink_to(spec.parent)
    assert project.root_of(other / "link" / ".." / "video.yaml") == spec.parents[1]


def test_a_marker_that_leads_nowhere_is_one(spec: Path) -> None:
    """A `.git` that is a broken link marks the root as well."""
    (spec.parents[2] / ".git").symlink_to("nowhere")
    assert project.root_of(spec) == spec.parents[2]


def test_the_cache_is_in_the_root_or_as_the_environment_has_it(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache is `.vidbuild` in the root, unless a variable names another folder."""
    root = spec.parents[2]
    assert project.cache_of(root) == root / ".vidbuild"
    monkeypatch.setenv("VIDBUILD_CACHE", "elsewhere")
    assert project.cache_of(root) == Path.cwd() / "elsewhere"


def test_a_message_says_how_the_cache_was_found(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The marker and its folder, the spec's own folder, or the variable that decided it."""
    assert project.how_found(spec) == f"'{spec.parent}', since no folder above has vidbuild.toml or .git"
    (spec.parents[2] / ".git").mkdir()
    assert project.how_found(spec) == f"'.git' in '{spec.parents[2]}'"
    (spec.parents[2] / "vidbuild.toml").touch()
    assert project.how_found(spec) == f"'vidbuild.toml' in '{spec.parents[2]}'"
    monkeypatch.setenv("VIDBUILD_CACHE", "x")
    assert project.how_found(spec) == "VIDBUILD_CACHE"


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("video.yaml", "video"),
        ("video.yml", "video"),
        ("talk.vidbuild.yaml", "talk"),
        ("talk.vidbuild.yml", "talk"),
        ("a.b.yaml", "a.b"),
        (".vidbuild.yaml", ".vidbuild"),
        (".yaml", ".yaml"),
        ("talk.json", "talk"),
        ("talk", "talk"),
    ],
)
def test_outputs_have_the_name_of_the_spec(file: str, name: str) -> None:
    """An output is named as its spec, without the suffixes of specs."""
    assert project.name_of(Path(file)) == name
