"""`check` finds what `build` finds, and --strict makes warnings errors."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support import agreement
from tests.support.paths import ROOT
from tests.support.workspace import SMALL, Workspace
from vidbuild.media.ffmpeg.binary import executable
from vidbuild.plan.kinds import CHECKED, KINDS

HEAD = "vidbuild: 1\ntitle: Warnings\noutput: {size: 320x180, fps: 24}\n"
LINES = "".join(f"        line {number}\n" for number in range(80))
WORDS = " ".join(["word"] * 160)

# A spec for each kind of warning: its name, the rest of its text, and a part of the warning.
WARNED: dict[str, tuple[str, str]] = {
    "glyph": ('scenes: [{id: a, type: title, title: "One \\u0EC0", duration: 0.2}]', "no font can draw"),
    "missing-alt": (
        "also: [page]\nscenes: [{id: a, type: image, src: dot.png, duration: 1}]",
        "no 'alt': 'page' cannot tell what the picture shows",
    ),
    "small-text": (
        f"scenes: [{{id: a, type: table, columns: {['Column'] * 16}, rows: [{['some text'] * 16}], duration: 1}}]",
        "text is too small to read",
    ),
    "unfitting-font": ("scenes: [{id: a, type: title, title: ქართ, duration: 0.2}]", "no font for titles and text can"),
    "long-code": (
        f"scenes:\n  - id: a\n    type: code\n    language: python\n    duration: 0.2\n    code: |\n{LINES}",
        "too long to fit: only lines",
    ),
    "much-text": (
        f"scenes: [{{id: a, type: list, title: T, items: {['one two three four five'] * 6}, duration: 1}}]",
        "31 words to read in about 1 s",
    ),
    "no-change": ("scenes: [{id: a, type: title, title: T, duration: 12.5}]", "nothing changes for about 12 s"),
    "language-of-code": (
        "scenes: [{id: a, type: code, language: nolang, code: x, duration: 0.2}]",
        "no syntax highlighting",
    ),
    "long-list": (
        f"scenes: [{{id: a, type: list, title: T, items: {['a rather long item ' * 12] * 12}, duration: 0.2}}]",
        "some of the 12 items are cut",
    ),
    "long-title": (f"scenes: [{{id: a, type: title, title: {'word ' * 200}, duration: 0.2}}]", "title of"),
    "unused-cue": ("scenes: [{id: a, type: title, title: T, narration: 'One [[here]] two.'}]", "no 'at' uses cue"),
    "late-reveal": (
        "scenes: [{id: a, type: list, title: T, items: [{text: x, at: 0}, {text: y, at: 9}], duration: 0.5}]",
        "never shown",
    ),
    "number": ("vars: {version: 2.10}\nscenes: [{id: a, type: title, title: '{{ version }}', duration: 0.2}]", "2.10"),
    "words": (f"scenes: [{{id: a, type: title, title: T, narration: {WORDS}}}]", "narration of 160 words"),
    "voice": (
        "language: de\nvoice: natural:heart\nscenes: [{id: a, type: title, title: T, narration: Hallo}]",
        "speaks another one",
    ),
    "silence": (
        "scenes: [{id: a, type: title, title: T, narration: {text: Nothing., audio: silence.wav}}]",
        "this narration is silent",
    ),
    "end-of-clip": ("scenes: [{id: a, type: clip, src: two.mkv, end: 9}]", "the clip lasts only"),
    "video-streams": ("scenes: [{id: a, type: clip, src: two.mkv}]", "2 video streams"),
    "small-image": ("scenes: [{id: a, type: image, src: small.png, duration: 0.2}]", "too small"),
}


def media(folder: Path) -> None:
    """Write the files that the specs name."""
    color = ("-f", "lavfi", "-i", "color=red:s=64x36:d=1:r=24")
    for args in (
        ("-f", "lavfi", "-i", "anullsrc=d=1", "silence.wav"),
        (*color, *color, "-map", "0", "-map", "1", "two.mkv"),
        ("-f", "lavfi", "-i", "color=red:s=4x4", "-frames:v", "1", "small.png"),
        ("-f", "lavfi", "-i", "color=red:s=640x360", "-frames:v", "1", "dot.png"),
    ):
        subprocess.run([str(executable()), "-nostdin", "-v", "error", *args], cwd=folder, check=True)


def compare(workspace: Workspace, specs: list[str]) -> dict[str, Mapping[str, Any]]:
    """Check specs, build them, and expect the same problems of both; return what `check` found, by spec."""
    checked = workspace.run("check", "--json", *specs).data
    return agreement.expect_the_same(checked, workspace.run("build", "-k", "--json", *specs, timeout=900).data)


def test_check_warns_as_build_does(workspace: Workspace) -> None:
    """N5: for every kind of warning, `check` has the warnings of `build`, at the same places, without a frame."""
    media(workspace.root)
    for name, (text, _) in WARNED.items():
        workspace.write(f"{name}.yaml", f"{HEAD}{text}\n")
    found = compare(workspace, [f"{name}.yaml" for name in WARNED])
    for name, (_, part) in WARNED.items():
        check = found[f"{name}.yaml"]
        assert any(part in each["message"] for each in check["warnings"]), (name, check)
        assert all(each["line"] > 0 for each in check["warnings"]), (name, check)


def test_check_agrees_with_build_on_wrong_specs(workspace: Workspace) -> None:
    """N5: `check` finds the errors that `build` finds in every wrong spec."""
    shutil.copytree(ROOT / "examples" / "errors", workspace.root, symlinks=True, dirs_exist_ok=True)
    found = compare(workspace, sorted(path.name for path in workspace.root.glob("*.yaml")))
    assert sum(not each["ok"] for each in found.values()) > 30


def test_an_error_that_a_step_finds_is_found_by_check(workspace: Workspace) -> None:
    """A scene that its narration makes too long is a located error of `check`, with the exit code of a wrong spec."""
    workspace.write(
        "video.yaml",
        f"{HEAD}scenes: [{{id: a, type: title, title: T, max_duration: 0.5, narration: Rather long for that.}}]",
    )
    outcome = workspace.run("check", "--json")
    assert outcome.code == 2
    (error,) = outcome.data["specs"][0]["errors"]
    assert error["message"].startswith("timeline:a failed: ")
    assert error["line"] == 4
    assert workspace.run("build").code == 2


@pytest.mark.parametrize("args", [["check"], ["build"], ["build", "--dry-run"]])
def test_strict_refuses_warnings(workspace: Workspace, args: list[str]) -> None:
    """N5: with --strict a warning that only layout finds is an error: exit code 2, and nothing is built."""
    workspace.write("video.yaml", f"{HEAD}{WARNED['glyph'][0]}")
    assert workspace.run("check").code == 0  # now the cache has the warning, for the dry run
    outcome = workspace.run(*args, "--strict", "--json")
    assert outcome.code == 2
    (result,) = outcome.data.get("specs", [outcome.data])
    assert [each["severity"] for each in result["errors"]] == ["error"]
    assert not result["warnings"]
    assert "video.yaml:4:" in outcome.stderr or args == ["check"]
    assert not (workspace.root / "build").exists()


@pytest.mark.parametrize("command", ["check", "build"])
def test_strict_is_about_the_spec_if_a_step_fails_too(workspace: Workspace, command: str) -> None:
    """With --strict a spec with a warning exits with 2, as it is the spec that has to change, whatever else fails."""
    (workspace.root / "broken.mp4").write_bytes(b"\0" * 3000)
    scene = "  - {id: clip, type: clip, src: broken.mp4}\n"
    workspace.write("video.yaml", f"{SMALL}{scene}")
    outcome = workspace.run(command, "--format", "sarif")
    assert outcome.code == 1
    assert [each["ruleId"] for each in json.loads(outcome.stdout)["runs"][0]["results"]] == ["step-failed"]
    workspace.write("video.yaml", f"{SMALL.replace('scenes:', 'vars: {unused: 1}' + chr(10) + 'scenes:')}{scene}")
    assert workspace.run(command, "--strict").code == 2


def test_strict_builds_what_has_no_warning(workspace: Workspace) -> None:
    """With --strict a spec without warnings is built, and of several specs -k builds those without warnings."""
    workspace.write("video.yaml", SMALL)
    workspace.write("warned.yaml", f"{HEAD}{WARNED['glyph'][0]}")
    assert workspace.run("build", "--strict").code == 0
    outcome = workspace.run("build", "--strict", "--json", "warned.yaml", "video.yaml")
    assert [each["status"] for each in outcome.data["builds"]] == ["failed", "aborted"]
    outcome = workspace.run("build", "--strict", "--json", "-k", "warned.yaml", "video.yaml")
    assert [each["status"] for each in outcome.data["builds"]] == ["failed", "up-to-date"]
    assert outcome.code == 2


@pytest.mark.parametrize(
    "args", [["build"], ["build", "-n"], ["still", "a"], ["explain"], ["explain", "--last"], ["runs", "show", "last"]]
)
def test_every_json_has_the_warnings(workspace: Workspace, args: list[str]) -> None:
    """N5: the JSON of every command about a spec has the warnings of its steps, cached ones too."""
    workspace.write("video.yaml", f"{HEAD}{WARNED['glyph'][0]}")
    workspace.build()
    workspace.run("build")
    (warning,) = workspace.run(*args, "--json").data["warnings"]
    assert "no font can draw" in warning["message"]


def test_only_checked_kinds_give_warnings() -> None:
    """A kind of step whose code gives warnings, itself or in another module of steps, is one that `check` runs."""
    warning = {name for name, kind in KINDS.items() if _warns(kind.run.partition(":")[0])}
    assert warning <= set(CHECKED)
    assert "render" not in CHECKED
    assert "speak" in warning


def _warns(module: str) -> bool:
    text = (ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
    used = {*re.findall(r"from (vidbuild\.steps\.\w+) import", text)}
    used |= {f"vidbuild.steps.{name}" for name in re.findall(r"from vidbuild\.steps import (\w+)", text)}
    return ".warn(" in text or any(map(_warns, used))


def test_strict_refuses_a_fallback(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """N5: `check` uses no network: only `build --strict` finds that a fallback was needed, and then builds nothing."""
    monkeypatch.setenv("VIDBUILD_EDGE_ENDPOINT", "ws://127.0.0.1:9/no-service")
    voice = "voice: {engine: edge, name: en-US-AriaNeural, fallback: espeak:en-us}\n"
    workspace.write("video.yaml", f"{HEAD}{voice}scenes: [{{id: a, type: title, title: T, narration: Hello.}}]\n")
    assert workspace.run("check", "--strict").code == 0
    outcome = workspace.run("build", "--strict", "--json")
    assert outcome.code == 2
    (error,) = outcome.data["errors"]
    assert "used fallback 'espeak:en-us'" in error["message"]
    assert error["line"] == 4
    assert not (workspace.root / "build").exists()
    assert workspace.run("check", "--json").data["specs"][0]["warnings"], "the cache has the fallback's speech now"
