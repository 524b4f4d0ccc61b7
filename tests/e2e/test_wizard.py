"""The questions of `create wizard` and `init`, on a terminal and without one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

from tests.support.workspace import Workspace


def answer(folder: Path, arguments: Sequence[str], typed: str) -> tuple[int, str, str]:
    """Run a command on a terminal on which this is typed; return its exit code, its stdout and what it asked."""
    owner, terminal = os.openpty()
    os.write(owner, typed.encode())
    process = subprocess.Popen(
        [sys.executable, "-m", "vidbuild", *arguments],
        cwd=folder,
        stdin=terminal,
        stderr=terminal,
        stdout=subprocess.PIPE,
        env={**os.environ, "TERM": "xterm", "CI": ""},
    )
    os.close(terminal)
    stdout, _ = process.communicate(timeout=120)
    asked = b""
    try:
        while chunk := os.read(owner, 4096):
            asked += chunk
    except OSError:  # the terminal is closed
        pass
    finally:
        os.close(owner)
    return process.returncode, stdout.decode(), asked.decode()


def test_the_wizard_writes_a_spec(workspace: Workspace) -> None:
    """Each answer is in the spec, wrong ones are asked again, and the spec has no problem."""
    typed = "Tides\nChildren of ten\nsoon\n1m\n\nno-theme\npaper\nWhy, How it works\n"
    code, stdout, asked = answer(workspace.root, ["create", "wizard", "-o", "tides.yaml"], typed)
    assert (code, stdout.strip()) == (0, "tides.yaml"), asked
    assert "'soon' is no length" in asked
    assert "'no-theme' is not one of" in asked
    text = (workspace.root / "tides.yaml").read_text(encoding="utf-8")
    spec = yaml.safe_load(text)
    assert (spec["title"], spec["theme"]) == ("Tides", "paper")
    assert [(each["id"], each.get("subtitle")) for each in spec["scenes"]] == [
        ("intro", "Children of ten"),
        ("why", None),
        ("how-it-works", None),
    ]
    assert text.startswith("# Write what is said in each scene: about 47 words for 60 s in all.\n")
    assert workspace.run("check", "tides.yaml").code == 0


def test_the_wizard_needs_a_terminal(workspace: Workspace) -> None:
    """Without a terminal, the ways to a spec without questions are named, and nothing is written."""
    made = workspace.run("create", "wizard")
    assert made.code == 2
    assert "'wizard' asks questions: expected a terminal" in made.stderr
    assert "vidbuild create --from notes.md" in made.stderr
    assert "vidbuild init --yes --title TITLE" in made.stderr
    assert not (workspace.root / "video.yaml").exists()


def test_init_asks_the_same_questions(workspace: Workspace) -> None:
    """What no option sets is asked in the same words."""
    code, _, asked = answer(workspace.root, ["init", "talk", "--size", "square"], "My talk\npaper\n")
    assert code == 0, asked
    spec = yaml.safe_load((workspace.root / "talk" / "video.yaml").read_text(encoding="utf-8"))
    assert (spec["title"], spec["theme"], spec["output"]["size"]) == ("My talk", "paper", "square")
    assert "Theme" in asked
    assert "Size" not in asked


def test_a_brand_answers_for_voice_and_theme(workspace: Workspace) -> None:
    """With `--brand`, voice and theme are not asked, and the spec has the brand instead; an unknown one is refused."""
    workspace.write("brands/acme.yaml", "theme: paper\nvoice: espeak:en-gb\n")
    code, _, asked = answer(
        workspace.root, ["create", "wizard", "--brand", "acme", "-o", "a.yaml"], "Tides\nAll\n1m\nWhy\n"
    )
    assert code == 0, asked
    assert "Voice" not in asked
    spec = yaml.safe_load((workspace.root / "a.yaml").read_text(encoding="utf-8"))
    assert [name for name in spec if name != "scenes"] == ["vidbuild", "title", "brand"]
    assert workspace.run("check", "a.yaml").code == 0
    code, _, asked = answer(workspace.root, ["create", "wizard", "--brand", "acne"], "")
    assert code == 2
    assert "unknown brand 'acne'" in asked
