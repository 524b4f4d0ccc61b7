"""The examples of the README and of the pages beside it: specs are valid, and the output is what the program prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from PIL import Image

from tests.support.workspace import SMALL, Workspace

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "docs" / "specs.md", ROOT / "docs" / "builds.md"]
BLOCKS: list[str] = [
    text
    for page in PAGES
    for text in re.findall(r"^ *```\w*\n(.*?)^ *```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
]
COUNT = re.compile(r"\[\d+/(\d+) \d+:\d\d\]")
SECONDS = re.compile(r"\b\d+(\.\d+)? s\b")


def block(part: str) -> str:
    """The code block that has this part; where several pages have one, it is the same."""
    (found,) = {text for text in BLOCKS if part in text}
    return found


def test_the_spec_and_its_error(workspace: Workspace) -> None:
    """The README's spec is valid, without a warning, and a misspelled key gives the error that the README shows."""
    spec = block("title: Install Acme in one minute")
    workspace.write("video.yaml", spec)
    strict = workspace.run("check", "--strict")
    assert strict.code == 0, strict.stderr
    workspace.write("video.yaml", spec.replace("    narration: First", "    naration: First"))
    outcome = workspace.run("check")
    assert outcome.code == 2
    assert block("unknown scene field") in outcome.stdout + outcome.stderr


def test_the_theme_in_the_spec(workspace: Workspace) -> None:
    """The README's theme with a color and a logo of one's own is valid, without a warning."""
    workspace.write("video.yaml", SMALL + block("theme: {extends: paper").strip() + "\n")
    Image.new("RGBA", (64, 32), "#0b7a53").save(workspace.root / "logo.png")
    outcome = workspace.run("check", "--strict")
    assert outcome.code == 0, outcome.stderr


def test_the_index_lists_every_page() -> None:
    """A page that no index leads to is not found."""
    docs = ROOT / "docs"
    listed = re.findall(r"\]\(([\w-]+\.md)\)", (docs / "index.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(page.name for page in docs.glob("*.md") if page.name != "index.md")


def _without_times(text: str) -> str:
    """Remove durations, and the numbers of steps, of which several may start at once."""
    return COUNT.sub(r"[#/\1]", SECONDS.sub("# s", text))


def test_the_session_about_edits(workspace: Workspace) -> None:
    """After `init` and a build, the commands of the README print the lines that it shows, in their order."""
    workspace.run("init", ".")
    workspace.write("video.yaml", workspace.read("video.yaml").replace("size: 1080p", "size: 160x90"))
    workspace.build()
    for commands in block("$ vidbuild explain video.yaml").strip().split("\n\n"):
        for session in re.split(r"^\$ ", commands, flags=re.MULTILINE)[1:]:
            command, *expected = session.splitlines()
            program, *args = shlex.split(command)
            if program == "sed":
                _, old, new, _ = args[1].split("/")
                workspace.write(args[2], workspace.read(args[2]).replace(old, new))
                continue
            outcome = workspace.run(*args)
            printed = iter(_without_times(outcome.stderr + outcome.stdout).splitlines())
            missing = [line for line in expected if line.strip() != "..." and _without_times(line) not in printed]
            assert missing == [], f"{command}\n{outcome.stderr}{outcome.stdout}"
