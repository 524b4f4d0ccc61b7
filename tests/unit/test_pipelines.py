"""The files for other people's pipelines and for this repository's own, as independent tools read them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.paths import ROOT
from tests.support.pipeline_files import as_workflow, lint_workflows, schema_faults

ACTION = ROOT / "action.yml"
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
    [ACTION, *(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "vidbuild" / "batches" / "schedule.py"],
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
        shown = "" if default == "" else f"`{default}`"
        assert rows[name].strip() == ("the job's token" if "github.token" in default else shown), name
        assert each["description"]
    for name in action()["outputs"]:
        assert f"`{name}`" in page


@pytest.mark.parametrize(
    "block", re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/pipelines.md").read_text("utf-8"), re.DOTALL)
)
def test_workflows_of_the_documentation_are_right(block: str, tmp_path: Path) -> None:
    """Every workflow on the page is right; `OWNER/vidbuild@v1` in it is the action of this repository."""
    if "jobs:" not in block:
        pytest.skip("no workflow of GitHub")
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    shutil.copy(ACTION, tmp_path / "action.yml")
    assert "OWNER/vidbuild@v1" in block or "vidbuild " in block
    (folder / "video.yml").write_text(block.replace("OWNER/vidbuild@v1", "./"), encoding="utf-8")
    assert lint_workflows(tmp_path, folder / "video.yml") == ""
    assert schema_faults("vendor.github-workflows", folder / "video.yml") == ""
