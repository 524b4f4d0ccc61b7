"""Which builds may use the network, and what the others print."""

# ruff: noqa: E501 - a case is one line
from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

import vidbuild
from tests.support.fake_edge import FakeEdge
from tests.support.workspace import Workspace
from vidbuild.api.network_policy import in_ci, settings_of
from vidbuild.spec.diagnostics import SpecError
from vidbuild.spec.settings import Settings, load

SPEC = """\
vidbuild: 1
title: Spoken
output: {size: 128x72, fps: 24}
voice: edge:en-US-AriaNeural
scenes:
  - {id: one, type: title, title: One, narration: "One two three."}
  - id: two
    type: title
    title: Two
    voice: {engine: espeak, name: en-us, fallback: "edge:de-DE-KatjaNeural"}
    narration: Four five.
"""
FALLBACK = ', fallback: "edge:de-DE-KatjaNeural"'
ENV = {"PATH": os.environ.get("PATH", "")}


@pytest.fixture
def project(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A project with voices on the network, in CI; no service answers."""
    workspace.write("video.yaml", SPEC)
    monkeypatch.setenv("CI", "true")
    return workspace


def refused(project: Workspace, **options: Any) -> str:
    """What is wrong with building it, as a user is shown it."""
    with pytest.raises(SpecError) as caught:
        vidbuild.build(project.root / "video.yaml", **options)
    return str(caught.value)


def test_ci_uses_no_network_voice_unasked(project: Workspace) -> None:
    """In CI every network voice of a spec, fallbacks too, is an error at its place, before anything runs."""
    outcome = project.run("build", "video.yaml")
    assert outcome.code == 2
    assert "video.yaml:4:8: 'edge:en-US-AriaNeural' needs the network" in outcome.stderr
    assert "video.yaml:10:12: 'edge:de-DE-KatjaNeural' needs the network" in outcome.stderr
    assert "hint: vidbuild build --allow-network-voice, or 'allow_network_voice = true' in vidbuild.toml" in (
        outcome.stderr
    )
    assert not (project.root / ".vidbuild" / "blobs").exists() or not list((project.root / ".vidbuild").rglob("*.wav"))


def test_a_check_in_ci_reports_what_a_build_would(project: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """V24: a spec that CI would not build fails the check there too, with the same words, unless it is allowed."""
    built, checked = project.run("build", "video.yaml"), project.run("check", "video.yaml")
    assert (built.code, checked.code) == (2, 2)
    lines = [line for line in built.stderr.splitlines() if "needs the network" in line]
    assert [line for line in checked.stderr.splitlines() if "needs the network" in line] == lines
    assert len(lines) == 2
    assert project.run("check", "video.yaml", "--allow-network-voice").code == 0
    project.write("vidbuild.toml", "allow_network_voice = true\n")
    assert project.run("check", "video.yaml").code == 0
    project.write("vidbuild.toml", "")
    monkeypatch.delenv("CI")
    assert project.run("check", "video.yaml").code == 0


def test_ci_uses_the_network_if_allowed(project: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """V24: by the option or by the settings the service is used; its audio serves builds without a network."""
    project.write("video.yaml", SPEC.replace(FALLBACK, ""))
    monkeypatch.setenv("VIDBUILD_TEST_LOOPBACK", "1")
    with FakeEdge(tmp_path, ENV) as server:
        monkeypatch.setenv("VIDBUILD_EDGE_ENDPOINT", server.endpoint)
        project.build("--allow-network-voice")
        assert server.connections == 1
    project.build("--offline")
    assert project.ran() == []
    project.write("other.yaml", SPEC.replace("edge:en-US-AriaNeural", "espeak:en-us").replace(FALLBACK, ""))
    forced = project.run("build", "video.yaml", "other.yaml", "--offline", "--fresh", "video/speak:one")
    assert (forced.code, "offline: speak:one would need the network" in forced.stderr) == (2, True)
    project.write("vidbuild.toml", "allow_network_voice = true\n")
    project.build()
    assert project.ran() == []


def test_a_forced_step_is_not_requested_offline(
    project: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """V24: with `--offline`, `--fresh` of an online narration is an error, and the service, which answers, is not asked."""
    project.write("video.yaml", SPEC.replace(FALLBACK, ""))
    monkeypatch.setenv("VIDBUILD_TEST_LOOPBACK", "1")
    with FakeEdge(tmp_path, ENV) as server:
        monkeypatch.setenv("VIDBUILD_EDGE_ENDPOINT", server.endpoint)
        project.build("--allow-network-voice")
        assert server.connections == 1
        for pattern in ("speak:one", "speak:*", "*"):
            forced = project.run("build", "video.yaml", "--allow-network-voice", "--offline", "--fresh", pattern)
            assert (forced.code, "offline: speak:one would need the network" in forced.stderr) == (2, True)
        project.build("--allow-network-voice", "--offline", "--fresh", "speak:two")
        assert server.connections == 1


def test_offline_is_stronger_than_being_allowed(project: Workspace) -> None:
    """V24: without a network and without results the steps that nothing offline can speak are named at their place."""
    outcome = project.run("build", "video.yaml", "--offline", "--allow-network-voice")
    assert outcome.code == 2
    message = "video.yaml:4:8: offline: speak:one would need the network for 'edge:en-US-AriaNeural'"
    assert message in outcome.stderr
    assert "speak:two" not in outcome.stderr


def test_a_fallback_speaks_offline(project: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """V20, V24: `--offline` uses a declared fallback without asking the service, and one warning names all scenes."""
    voice = "{engine: edge, name: en-US-AriaNeural, fallback: espeak:en-us}"
    more = "  - {id: three, type: title, title: Three, narration: Six.}\n"
    project.write("video.yaml", SPEC.replace("edge:en-US-AriaNeural", voice).replace(FALLBACK, "") + more)
    monkeypatch.setenv("VIDBUILD_TEST_LOOPBACK", "1")
    warning = (
        "video.yaml:4:8: warning: voice 'edge:en-US-AriaNeural' is unavailable (--offline uses no online voice); "
        "used fallback 'espeak:en-us'"
    )
    hint = "hint: vidbuild build --fresh speak:one --fresh speak:three\n"
    with FakeEdge(tmp_path, ENV) as server:
        monkeypatch.setenv("VIDBUILD_EDGE_ENDPOINT", server.endpoint)
        for command in (("build", "--offline"), ("check",), ("build", "--offline"), ("build", "--allow-network-voice")):
            outcome = project.run(command[0], "video.yaml", *command[1:], "--allow-network-voice")
            assert outcome.code == 0, outcome.stderr
            assert (outcome.stderr.count(warning), outcome.stderr.count(hint)) == (1, 1)
        assert server.connections == 0
        again = project.run(
            "build", "video.yaml", "--allow-network-voice", "--fresh", "speak:one", "--fresh", "speak:three"
        )
        assert "fallback" not in again.stderr
        assert server.connections == 2


def test_specs_without_online_voices_are_built_in_ci(project: Workspace) -> None:
    """A spec whose voices are all offline is built in CI as anywhere, and a dry run of any spec lists its steps."""
    assert project.run("build", "video.yaml", "--dry-run").code == 0
    project.write("video.yaml", SPEC.replace("edge:en-US-AriaNeural", "espeak:en-us").replace(FALLBACK, ""))
    project.build()


@pytest.mark.parametrize(
    ("said", "meant"), [("true", True), ("1", True), ("woodpecker", True), ("false", False), ("", False)]
)
def test_ci_is_detected_by_its_variable(monkeypatch: pytest.MonkeyPatch, said: str, meant: bool) -> None:
    """CI is set to any value except those that mean no."""
    monkeypatch.setenv("CI", said)
    assert in_ci() == meant


@pytest.mark.parametrize(
    ("text", "message", "where", "hint"),
    [
        ("alow_network_voice = true", "unknown setting 'alow_network_voice'", (1, 1), "did you mean 'allow_network_voice'?"),
        ("# a\n[cache]\nsize = 1", "unknown setting 'cache.size'", (3, 1), "use remote or read or keys"),
        ("a.b = 1", "unknown setting 'a'", (1, 1), "use allow_network_voice or publish or cache"),
        ("\nallow_network_voice = 'true'", "'allow_network_voice' must be true or false, not 'true'", (2, 1), "write allow_network_voice = true"),
        ("allow_network_voice = 1", "'allow_network_voice' must be true or false, not 1", (1, 1), None),
        ("allow_network_voice = yes", "invalid TOML: invalid value", (1, 23), None),
        ("a = [", "invalid TOML: invalid value", (1, 1), None),
        ("allow_network_voice = true\nallow_network_voice = true", "invalid TOML: cannot overwrite a value", (2, 1), None),
        ("a = " + "[" * 5000, "invalid TOML: ", (1, 1), None),
        ("#" * 70_000, "the settings are too large: the maximum is 64000 bytes", (0, 0), None),
        ("a = '\x07'", "invalid TOML: ", (1, 6), None),
    ],
)  # fmt: skip
def test_settings_that_are_wrong(
    tmp_path: Path, text: str, message: str, where: tuple[int, int], hint: str | None
) -> None:
    """P42: an error in vidbuild.toml is reported at its place, with the nearest setting."""
    (tmp_path / "vidbuild.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load(tmp_path, "vidbuild.toml")
    (found,) = caught.value.diagnostics
    assert found.message.startswith(message)
    assert (found.line, found.column, found.hint) == (*where, hint)


def test_settings_that_are_not_text(tmp_path: Path) -> None:
    """P42: settings that are not text are reported with their place too."""
    (tmp_path / "vidbuild.toml").write_bytes(b"a = '\xff'")
    with pytest.raises(SpecError, match=r"vidbuild\.toml:1:6: the file is not UTF-8"):
        load(tmp_path, "vidbuild.toml")


def test_settings_are_of_the_project(tmp_path: Path) -> None:
    """V26: settings are read from no file outside the project, and a pipe in their place is not waited for."""
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "outside").write_text("allow_network_voice = true", encoding="utf-8")
    (project / "vidbuild.toml").symlink_to("../outside")
    with pytest.raises(SpecError, match="symlink to a file outside the project folder"):
        settings_of(project)
    (project / "vidbuild.toml").unlink()
    os.mkfifo(project / "vidbuild.toml")
    assert settings_of(project) is None


def test_wrong_settings_end_any_build(project: Workspace) -> None:
    """A mistake in the settings is an error of every build and check in the project."""
    project.write("video.yaml", SPEC.replace("edge:en-US-AriaNeural", "espeak:en-us").replace(FALLBACK, ""))
    project.write("vidbuild.toml", "allow_network = true\n")
    for command in ("build", "check"):
        outcome = project.run(command, "video.yaml")
        assert outcome.code == 2
        assert "vidbuild.toml:1:1: unknown setting 'allow_network'" in outcome.stderr + outcome.stdout
        assert "hint: did you mean 'allow_network_voice'?" in outcome.stderr + outcome.stdout


def test_settings_cost_nothing_where_there_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P46: an empty file, which only marks the project's root, is not parsed."""
    monkeypatch.setattr(tomllib, "loads", lambda _: pytest.fail("it was parsed"))
    assert settings_of(tmp_path) is None
    (tmp_path / "vidbuild.toml").touch()
    assert settings_of(tmp_path) is None
    assert not Settings().allow_network_voice
