"""The address of the repository, which is not decided: CONTRIBUTING.md lists every file that has it."""

from __future__ import annotations

import re
import subprocess

from tests.support.paths import ROOT

PLACEHOLDER = "OWNER/vidbuild"
LIST = "CONTRIBUTING.md"
TESTS = ("tests/unit/test_address.py", "tests/unit/test_pipelines.py")


def test_every_place_of_the_address_is_listed_once() -> None:
    """No other file has it, and no file of the list lacks it; no example domain hides a second placeholder."""
    text = (ROOT / LIST).read_text(encoding="utf-8")
    section = text.split("\n## The address\n")[1].split("\n## ")[0]
    listed = re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)
    line = ["/usr/bin/env", "git", "grep", "-l", "-i", "-e", r"owner/vidbuild", "-e", "example[.][a-z]*/.*/vidbuild"]
    found = subprocess.run(line, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    assert sorted(set(found) - {LIST, *TESTS}) == sorted(listed)
    assert all(PLACEHOLDER in (ROOT / name).read_text(encoding="utf-8") for name in listed)
    assert text.count("OWNER/vidbuild") == section.count("OWNER/vidbuild")
