"""Lints that a spec switches off: no command gives their warnings, and no step runs because of it."""

from __future__ import annotations

import json

import pytest

from tests.support.workspace import Workspace

LINES = "".join(f"        line {number}\n" for number in range(80))
SPEC = f"""\
vidbuild: 1
title: Lints
output: {{size: 320x180, fps: 24}}
#lint
scenes:
  - id: a
    type: title
    title: {"word " * 20}
    narration: One [[here]] two.
    #of-a
  - id: b
    type: code
    duration: 0.3
    code: |
{LINES}    #of-b
"""
CODES = ["VB301", "VB306", "VB213", "VB321"]
COMMANDS = [["check"], ["build"], ["build", "-n"], ["explain"], ["still", "b", "-o", "b.png"], ["build", "--strict"]]


def codes(workspace: Workspace, *args: str) -> list[str]:
    """Return the codes of the warnings of a command."""
    data = workspace.run(*args, "--json").data
    return sorted(each["code"] for each in data.get("specs", [data])[0]["warnings"])


def spec(everywhere: str = "", of_a: str = "", of_b: str = "") -> str:
    """Return the spec with fields `lint`."""
    fields = {"#lint": everywhere, "#of-a": of_a, "#of-b": of_b}
    text = SPEC.replace("    code: |", "    language: nolang\n    code: |")
    for mark, value in fields.items():
        text = text.replace(mark, f"lint: {value}" if value else mark)
    return text


def test_codes_are_shown_and_switch_warnings_off(workspace: Workspace) -> None:
    """Every warning shows its code; switched off, for the spec or a scene, no command gives it and no step runs."""
    workspace.write("video.yaml", spec())
    assert codes(workspace, "check") == codes(workspace, "build") == sorted(CODES)
    shown = workspace.run("check").stderr + workspace.run("check").stdout
    assert all(f" [{code}]\n" in shown for code in CODES)

    workspace.write("video.yaml", spec("{VB301: off, VB306: off, VB213: off, VB321: off}"))
    for command in COMMANDS:
        assert workspace.run(*command).code == 0
    assert codes(workspace, "check") == []
    workspace.build()
    assert workspace.ran() == []

    workspace.write("video.yaml", spec(of_a="{VB306: off, VB301: off, VB321: off}", of_b="{VB321: off, VB213: off}"))
    assert codes(workspace, "check") == codes(workspace, "build") == ["VB213", "VB301"]
    workspace.build()
    assert workspace.ran() == []
    assert workspace.run("build", "--strict").code == 2
    run = workspace.run("runs", "show", "last", "--json").data
    assert {each["code"] for each in run["warnings"]} <= {"VB213", "VB301"}


def test_a_caption_of_one_scene(workspace: Workspace) -> None:
    """A warning of a step for the whole video is switched off for the scene that it is about, and not for others."""
    fast = "{engine: espeak, name: en-us, rate: 200}"
    text = "The quick administrators straightforwardly characterize their responsibilities throughout departments."
    scenes = "".join(
        f"  - {{id: {name}, type: title, title: T, narration: {text}, lint: {off}}}\n"
        for name, off in (("a", "{VB220: off}"), ("b", "{}"))
    )
    workspace.write("video.yaml", f"vidbuild: 1\ntitle: T\noutput: {{size: 160x90}}\nvoice: {fast}\nscenes:\n{scenes}")
    found = workspace.run("check", "--json").data["specs"][0]["warnings"]
    assert [each["line"] for each in found if each["code"] == "VB220"] == [7]


@pytest.mark.parametrize("name", ["VB306", "vb306", "long-title"])
def test_lints_explains_a_code(workspace: Workspace, name: str) -> None:
    """`vidbuild lints` explains the lint with a code or a name, and lists all."""
    shown = workspace.run("lints", name).stdout
    assert shown.startswith("VB306 long-title\n")
    assert "lint: {VB306: off}" in shown
    (found,) = json.loads(workspace.run("lints", name, "--json").stdout)["lints"]
    assert found["code"] == "VB306"
    assert "VB306  long-title: " in workspace.run("lints").stdout
    assert workspace.run("lints", "VB3061").code == 2
