"""The files for other people's pipelines and for this repository's own, as independent tools read them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.guard import guard
from tests.support.paths import ROOT
from tests.support.pipeline_files import BIN, as_workflow, lint_workflows, schema_faults
from vidbuild.cli.app import COMMANDS

ACTION = ROOT / "action.yml"
PAGES = [ROOT / "docs" / "pipelines.md", ROOT / "docs" / "diff.md", ROOT / "README.md"]
BLOCKS = [text for page in PAGES for text in re.findall(r"```\w*\n(.*?)```", page.read_text("utf-8"), re.DOTALL)]
SHOWN = [text for text in BLOCKS if "\njobs:" in text]  # workflows
WORKFLOWS = sorted((ROOT / ".github" / "workflows").iterdir())
USED = re.compile(r"^\s*-? ?uses: (\S+)", re.MULTILINE)
# The versions that run on the Node.js of GitHub's runners (24); older ones do not start any more.
CURRENT = {
    "actions/checkout": "v7",
    "actions/setup-python": "v7",
    "actions/cache": "v6",
    "actions/cache/restore": "v6",
    "actions/cache/save": "v6",
    "actions/upload-artifact": "v7",
    "actions/download-artifact": "v8",
    "actions/attest-build-provenance": "v4",
    "pypa/gh-action-pypi-publish": "release/v1",
    "github/codeql-action/upload-sarif": "v4",
}


def action() -> dict[str, Any]:
    """The action of this repository."""
    found: dict[str, Any] = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    return found


def test_the_action_is_as_its_schema_has_it() -> None:
    """The schema of action.yml from the schema store."""
    assert schema_faults("vendor.github-actions", ACTION) == ""


def test_workflows_of_this_repository_are_right() -> None:
    """By actionlint, which also knows the inputs of the action of this repository, and by their schemas."""
    assert {path.name for path in WORKFLOWS} == {"ci.yml", "release.yml"}
    assert lint_workflows(ROOT, *WORKFLOWS) == ""
    assert schema_faults("vendor.github-workflows", *WORKFLOWS) == ""
    assert schema_faults("vendor.dependabot", ROOT / ".github" / "dependabot.yml") == ""
    assert schema_faults("vendor.gitlab-ci", ROOT / "examples" / "ci" / "gitlab.yml") == ""


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_may_do_little(path: Path) -> None:
    """A workflow reads its repository at most; a job that needs more has it by itself, and no job keeps the token."""
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] in ({}, {"contents": "read"})
    for name, job in workflow["jobs"].items():
        assert job["timeout-minutes"], name
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_a_check_finds_what_it_is_about(tmp_path: Path) -> None:
    """Both tools report faults, in files that are almost right."""
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("on: push\njobs: {a: {runs-on: ubuntu-latest, step: []}}\n", encoding="utf-8")
    assert "step" in lint_workflows(tmp_path, wrong)
    assert "step" in schema_faults("vendor.github-workflows", wrong)


def test_dependabot_looks_where_versions_are() -> None:
    """Every folder that it names has the files of its ecosystem."""
    config = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))
    files = {"github-actions": "action.yml", "pip": "pyproject.toml", "npm": "package.json", "docker": "Dockerfile"}
    for each in config["updates"]:
        for folder in each.get("directories") or [each["directory"]]:
            assert (ROOT / folder.strip("/") / files[each["package-ecosystem"]]).exists()


def test_the_manifest_of_hooks_is_right() -> None:
    """pre-commit itself reads it, and its entry is a command of vidbuild."""
    line = [str(BIN / "pre-commit"), "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
    done = subprocess.run(line, capture_output=True, text=True, check=False, env={**os.environ, guard.LOOPBACK: "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    program, command = hook["entry"].split()
    assert (program, command in COMMANDS) == ("vidbuild", True)
    names = {
        name: bool(re.search(hook["files"], name))
        for name in ("a/video.yaml", "x.vidbuild.yml", "a/my-video.yaml", "b.yaml")
    }
    assert [*names.values()] == [True, True, False, False]


def test_expressions_of_the_action_are_right(tmp_path: Path) -> None:
    """Inputs, steps and outputs exist, other actions have these inputs, and no untrusted text is in a script."""
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "steps.yml").write_text(as_workflow(action()), encoding="utf-8")
    assert lint_workflows(tmp_path, folder / "steps.yml") == ""
    broken = as_workflow(action()).replace("inputs.extras", "inputs.extra").replace("restore-keys:", "restore-key:")
    (folder / "steps.yml").write_text(broken, encoding="utf-8")
    found = lint_workflows(tmp_path, folder / "steps.yml")
    assert '"extra" is not defined' in found
    assert 'input "restore-key" is not defined' in found


def test_no_expression_is_in_a_script() -> None:
    """Inputs and events reach scripts as variables alone, and every script is one of bash."""
    steps = action()["runs"]["steps"]
    assert all("${{" not in step.get("run", "") for step in steps)
    assert all(step["shell"] == "bash" for step in steps if "run" in step)


@pytest.mark.parametrize(
    "path",
    [
        ACTION,
        *WORKFLOWS,
        *(ROOT / "docs").glob("*.md"),
        ROOT / "README.md",
        ROOT / "vidbuild" / "batches" / "schedule.py",
    ],
    ids=lambda path: path.name,
)
def test_other_actions_are_current(path: Path) -> None:
    """Every action that a file names has the version that still runs."""
    used = USED.findall(path.read_text(encoding="utf-8").replace("{STORE}", "actions/cache"))
    others = [each.rpartition("@") for each in used if not each.startswith("./") and "OWNER/" not in each]
    assert [f"{name}@{version}" for name, _, version in others if CURRENT.get(name) != version] == []


def test_every_input_is_documented() -> None:
    """docs/pipelines.md has each input with its default, and each output."""
    page = (ROOT / "docs" / "pipelines.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \|([^|]*)\|", page, re.MULTILINE))
    for name, each in action()["inputs"].items():
        default = each["default"]
        shown = ", ".join(f"`{line}`" for line in default.split("\n") if line)
        assert rows[name].strip() == ("the job's token" if "github.token" in default else shown), name
        assert each["description"]
    for name in action()["outputs"]:
        assert f"`{name}`" in page


@pytest.mark.parametrize("block", SHOWN)
def test_workflows_of_the_documentation_are_right(block: str, tmp_path: Path) -> None:
    """Every workflow on a page is right; `OWNER/vidbuild@v1` in it is the action of this repository."""
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    shutil.copy(ACTION, tmp_path / "action.yml")
    assert "OWNER/vidbuild@v1" in block or "vidbuild " in block
    (folder / "video.yml").write_text(block.replace("OWNER/vidbuild@v1", "./"), encoding="utf-8")
    assert lint_workflows(tmp_path, folder / "video.yml") == ""
    assert schema_faults("vendor.github-workflows", folder / "video.yml") == ""
