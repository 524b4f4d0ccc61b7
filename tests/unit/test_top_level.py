"""What is at the top of the repository: the project's own folders, and what tools look for there alone."""

from __future__ import annotations

import subprocess

from tests.support.paths import ROOT

OURS = {"vidbuild", "specs", "schemas", "tests", "examples", "docs", "tools", "findings", "pyproject.toml", "README.md"}
# The name of each file is fixed by the program or the site that reads it, or by pip's and make's custom.
OF_TOOLS = {
    ".ci",
    ".dockerignore",
    ".github",
    ".gitignore",
    ".pre-commit-hooks.yaml",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Dockerfile",
    "LICENSE",
    "Makefile",
    "SECURITY.md",
    "action.yml",
    "constraints.txt",
    "llms.txt",
    "mkdocs.yml",
}


def test_nothing_else_is_at_the_top() -> None:
    """A new file or folder belongs into one of these, or is here with a tool that demands it."""
    listed = subprocess.run(["/usr/bin/env", "git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)
    found = {line.partition("/")[0] for line in listed.stdout.splitlines()}
    assert found - OURS - OF_TOOLS == set()
    assert OURS - found == set()
