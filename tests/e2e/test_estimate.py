"""`estimate` says what a build would take, and speaks, renders and writes nothing."""

from __future__ import annotations

from pathlib import Path

from tests.support.workspace import Workspace

TEXT = "First install it with the package manager, then start the server and open the page that it prints."
SPEC = f"""\
vidbuild: 1
title: Estimates
output: {{size: 160x90, fps: 24}}
voice: espeak:en-us
scenes:
  - {{id: intro, type: title, title: One, duration: 1.5}}
  - {{id: install, type: title, title: Two, narration: "{TEXT}"}}
"""
ONLINE = SPEC.replace("espeak:en-us", "edge:en-US-AriaNeural")


def files(folder: Path) -> set[Path]:
    """Return every file below a folder."""
    return {path for path in folder.rglob("*") if path.is_file()}


def test_an_estimate_is_near_and_then_exact(workspace: Workspace) -> None:
    """Before a build the length is estimated from the text; afterwards it is the video's, and all steps are cached."""
    workspace.write("video.yaml", SPEC)
    before = files(workspace.root)
    (first,) = workspace.run("estimate", "--json").data["videos"]
    assert files(workspace.root) == before
    assert not first["measured"]
    assert first["words"] == len(TEXT.split())
    assert [scene["id"] for scene in first["scenes"]] == ["intro", "install"]
    assert first["requests"] == []
    assert "speak:install" in first["steps"]["will_run"]
    assert "mux" in first["steps"]["may_run"]

    built = workspace.build()
    (second,) = workspace.run("estimate", "--json").data["videos"]
    assert second["measured"]
    assert second["seconds"] == built.data["video_seconds"]
    assert abs(first["seconds"] - second["seconds"]) < 0.3 * second["seconds"]
    assert second["steps"]["will_run"] == second["steps"]["may_run"] == []
    assert second["steps"]["cached"] == built.data["steps"]["total"]


def test_requests_are_counted_and_none_is_sent(workspace: Workspace) -> None:
    """A voice on the network is one request for each narration; several specs are estimated one by one."""
    workspace.write("video.yaml", SPEC)
    workspace.write("online.yaml", ONLINE)
    own, online = workspace.run("estimate", "--json", "video.yaml", "online.yaml").data["videos"]
    assert own["requests"] == []
    assert online["requests"] == ["speak:install"]
    shown = workspace.run("estimate", "online.yaml").stdout
    assert "  network: 1 request\n" in shown
    assert shown.startswith("online.yaml: about 0:0")


def test_a_wrong_spec_is_an_error(workspace: Workspace) -> None:
    """A spec with errors is refused with them, and exit code 2."""
    workspace.write("video.yaml", SPEC.replace("title: One", "titel: One"))
    outcome = workspace.run("estimate")
    assert outcome.code == 2
    assert "unknown field 'titel'" in outcome.stderr or "titel" in outcome.stderr


def test_each_video_of_a_spec_is_estimated(workspace: Workspace) -> None:
    """A spec with several videos has an estimate for each, or for the one that is asked for."""
    german = "Zuerst installiert man es, dann startet man den Server."
    both = SPEC.replace(f'"{TEXT}"', f'{{en: "{TEXT}", de: "{german}"}}').replace(
        "voice: espeak:en-us", "languages: [en, de]"
    )
    workspace.write("video.yaml", both)
    found = workspace.run("estimate", "--json").data["videos"]
    assert [(each["video"], each["words"]) for each in found] == [
        ("en", len(TEXT.split())),
        ("de", len(german.split())),
    ]
    (alone,) = workspace.run("estimate", "--json", "--language", "de").data["videos"]
    assert alone["words"] == len(german.split())
