"""Checks of files for GitHub and GitLab by tools that are not ours: schemas of the schema store, and actionlint."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import yaml

from tests.guard import guard

BIN = Path(sysconfig.get_path("scripts"))


def schema_faults(schema: str, *paths: Path) -> str:
    """Return what a schema of check-jsonschema has against files, "" if nothing; schema: such as `vendor.gitlab-ci`."""
    line = [str(BIN / "check-jsonschema"), "--builtin-schema", schema, *map(str, paths)]
    # When it is imported, an HTTP library that it has tries whether the machine has IPv6; nothing is asked for.
    done = subprocess.run(line, capture_output=True, text=True, check=False, env={**os.environ, guard.LOOPBACK: "1"})
    return done.stdout + done.stderr if done.returncode else ""


def lint_workflows(folder: Path, *paths: Path) -> str:
    """Return what actionlint has against workflows in a repository, "" if nothing."""
    line = [str(BIN / "actionlint"), "-shellcheck=", "-pyflakes=", "-no-color", *map(str, paths)]
    done = subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def as_workflow(action: dict[str, Any]) -> str:
    """Return the steps of a composite action as a job of a workflow with the same inputs, which actionlint reads."""
    inputs = {name: {"type": "string", "default": "x"} for name in action["inputs"]}
    outputs = {name: each["value"] for name, each in action["outputs"].items()}
    job = {"runs-on": "ubuntu-latest", "outputs": outputs, "steps": action["runs"]["steps"]}
    events = {"workflow_call": {"inputs": inputs}, "pull_request": None}
    return yaml.safe_dump({"on": events, "permissions": {}, "jobs": {"one": job}}, sort_keys=False)
