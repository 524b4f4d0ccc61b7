"""What completes the words of a command line; tests/shells has the shells themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.workspace import SMALL
from vidbuild.cli.app import run
from vidbuild.scenes.registry import SCENE_TYPES


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with specs, one of them in a folder, and other files."""
    (tmp_path / "vidbuild.toml").touch()
    (tmp_path / "video.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "talks").mkdir()
    (tmp_path / "talks" / "long.vidbuild.yaml").write_text(SMALL.replace("id: one", "id: first"), encoding="utf-8")
    (tmp_path / "notes.yaml").write_text("a: b\n", encoding="utf-8")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VIDBUILD_CACHE", str(tmp_path / ".vidbuild"))
    return tmp_path


def completed(line: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> list[str]:
    """Return what a line is completed with in bash."""
    monkeypatch.setenv("_VIDBUILD_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", "0")
    with pytest.raises(SystemExit):
        run([])
    captured = capfd.readouterr()
    assert captured.err == ""
    return [item.partition(",")[2] for item in captured.out.splitlines() if item.startswith("plain,")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("vidbuild check ", ["talks/long.vidbuild.yaml", "video.yaml"]),
        ("vidbuild check talks/", ["talks/long.vidbuild.yaml"]),
        ("vidbuild still video.yaml t", ["two"]),
        ("vidbuild still talks/long.vidbuild.yaml f", ["first"]),
        ("vidbuild still 'o", ["one"]),
        ("vidbuild explain video.yaml render:t", ["render:two"]),
        ("vidbuild build --fresh 'render:*", ["render:*"]),
        ("vidbuild build talks/long.vidbuild.yaml --only ", ["first", "two"]),
        ("vidbuild runs show ", []),
        ("vidbuild scenes c", [name for name in SCENE_TYPES if name.startswith("c")]),
        ("vidbuild voices ", ["natural", "espeak", "edge", "nanotts", "piper", "speech", "command", "recorded"]),
        ("vidbuild cache cl", ["clear"]),
    ],
)
def test_words_are_completed_from_the_project(
    line: str, expected: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Specs are known by their content, scenes and steps come from the spec that the line names."""
    assert completed(line, monkeypatch, capfd) == expected


@pytest.mark.parametrize(
    "text",
    [
        "vidbuild: 1\nscenes: [{id: a}, {id: b}, 3]\n",
        "vidbuild: [",
        "",
        "vidbuild: 1",
        f"vidbuild: {'[' * 5000}{']' * 5000}",
    ],
)
def test_a_wrong_spec_completes_what_it_can(
    text: str, project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A spec with errors completes the scenes that can be read, and prints no error."""
    (project / "video.yaml").write_text(text, encoding="utf-8")
    scenes = ["a", "b"] if "id: a" in text else []
    assert completed("vidbuild build --only ", monkeypatch, capfd) == scenes
    assert completed("vidbuild explain video.yaml ", monkeypatch, capfd) == []


def test_shells_that_explain_words_explain_scenes(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Zsh shows the title beside a scene's id, or else its type."""
    scenes = "[{id: a, type: title, title: Hello}, {id: b, type: image}, {id: c}, {title: no id}]"
    (project / "video.yaml").write_text(f"vidbuild: 1\nscenes: {scenes}\n", encoding="utf-8")
    monkeypatch.setenv("_VIDBUILD_COMPLETE", "zsh_complete")
    monkeypatch.setenv("COMP_WORDS", "vidbuild still video.yaml ")
    monkeypatch.setenv("COMP_CWORD", "3")
    with pytest.raises(SystemExit):
        run([])
    out = capfd.readouterr().out.split()
    assert list(zip(out[::3], out[1::3], out[2::3], strict=True)) == [
        ("plain", "a", "Hello"),
        ("plain", "b", "image"),
        ("plain", "c", "scene"),
    ]
