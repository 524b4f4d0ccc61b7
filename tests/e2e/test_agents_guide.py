"""The guide for agents: its commands work in their order, and what they return is as the guide says."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

from PIL import Image

from tests.support.paths import ROOT
from tests.support.workspace import SMALL, Workspace
from vidbuild.cli.exit_codes import Exit

GUIDE = (ROOT / "docs" / "agents.md").read_text(encoding="utf-8")


def test_the_commands_of_the_guide(workspace: Workspace) -> None:
    """Each command of "Make a video" succeeds, and prints one JSON object if it is asked to."""
    block = re.search(r"```\n(vidbuild init.*?)```", GUIDE, re.DOTALL)
    assert block
    lines = [shlex.split(line, comments=True) for line in block[1].splitlines()]
    assert len(lines) >= 6
    found: dict[str, dict[str, Any]] = {}
    for program, command, *args in lines:
        assert program == "vidbuild"
        outcome = workspace.run(command, *args)
        assert outcome.code == 0, f"{command}: {outcome.stderr}"
        if "--json" in args:
            found[command] = json.loads(outcome.stdout)
        if command == "init":
            spec = workspace.read("talk/video.yaml")
            workspace.write("talk/video.yaml", spec.replace("size: 1080p", "size: 160x90"))
    assert found["check"]["status"] == "ok"
    assert {"spec", "ok", "errors", "warnings"} <= set(found["check"]["specs"][0])
    assert found["build"]["status"] == "built"
    assert {"kind", "path", "bytes", "sha256"} == set(found["build"]["outputs"][0])
    assert found["build"]["steps"]["failed"] == []
    assert set(found) == {"check", "estimate", "build", "inspect"}
    with Image.open(workspace.root / "intro.png") as still:
        assert still.size == (160, 90)
    for command in ("schema", "scenes --json", "scenes command", "lints VB306"):
        assert f"`vidbuild {command}`" in GUIDE
        assert workspace.run(*command.split()).code == 0


def test_errors_as_the_guide_has_them(workspace: Workspace) -> None:
    """A wrong spec is exit code 2, with the place of each problem; so is a command line that is wrong."""
    workspace.write("bad.yaml", "vidbuild: 1\ntitel: A\nscenes: [{id: one, type: title, title: One, duration: 0.5}]\n")
    outcome = workspace.run("check", "bad.yaml", "--json")
    assert outcome.code == 2
    (spec,) = outcome.data["specs"]
    problem = next(each for each in spec["errors"] if "titel" in each["message"])
    assert (problem["file"], problem["line"], problem["column"]) == ("bad.yaml", 2, 1)
    assert {"severity", "code", "message", "file", "line", "column", "hint"} <= set(problem)
    outcome = workspace.run("build", "none.yaml", "--json", "--nothing")
    assert outcome.code == 2
    assert {"status", "error", "hint"} <= set(outcome.data)
    workspace.write("good.yaml", SMALL)
    outcome = workspace.run("build", "bad.yaml", "good.yaml", "--json", "--keep-going")
    assert outcome.code == 2
    assert [each["status"] for each in outcome.data["builds"]] == ["failed", "built"]


def test_every_exit_code_is_in_the_guide() -> None:
    """The table has each of them."""
    rows = re.findall(r"^\| ([\d, ]+) \|", GUIDE, re.MULTILINE)
    assert {int(code) for row in rows for code in row.split(",")} == {int(code) for code in Exit}
