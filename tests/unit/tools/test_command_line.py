"""The page about the command line and the completion files are those of the commands as they are."""

from __future__ import annotations

import os
import subprocess
import sys

import click
import pytest

from tests.support.paths import ROOT
from tools import command_line
from vidbuild.cli.app import COMMANDS, app

HINT = f"run {command_line.COMMAND}"


def test_the_page_is_current() -> None:
    """docs/cli.md is what the tool writes."""
    assert command_line.PAGE.read_text(encoding="utf-8") == command_line.page(), HINT


def test_the_completion_files_are_current() -> None:
    """docs/completions/ has a file for each shell, as the tool writes them, and nothing else."""
    found = {path.name: path.read_text(encoding="utf-8") for path in command_line.COMPLETIONS.iterdir()}
    assert found == command_line.completions(), HINT


@pytest.mark.parametrize(("shell", "name"), [("bash", "vidbuild"), ("zsh", "_vidbuild"), ("fish", "vidbuild.fish")])
def test_a_completion_file_is_what_the_command_prints(shell: str, name: str) -> None:
    """The command prints the same for a shell that evaluates it, which tests of real shells try."""
    code = "from vidbuild.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "_VIDBUILD_COMPLETE": f"{shell}_source"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == (ROOT / "docs" / "completions" / name).read_text(encoding="utf-8").strip()


def test_every_command_and_option_is_in_the_page() -> None:
    """Also the commands of groups; what is hidden is left out."""
    text = command_line.PAGE.read_text(encoding="utf-8")
    root = click.Context(app, info_name="vidbuild")
    for name in COMMANDS:
        command = app.get_command(root, name)
        assert command is not None
        _, _, rest = text.partition(f"\n## `vidbuild {name}`\n")
        section = rest.partition("\n## ")[0]
        names = [each for option in command.params if isinstance(option, click.Option) for each in option.opts]
        assert [each for each in names if f"`{each}`" not in section] == []
        if isinstance(command, click.Group):
            own = command.list_commands(click.Context(command, info_name=name, parent=root))
            assert [each for each in own if f"\n### `vidbuild {name} {each}`\n" not in section] == []


def test_a_text_of_a_command_becomes_no_markup() -> None:
    """Stars and angle brackets of a help text are shown, and what it keeps as it is stays so."""

    @click.command(help="Do *this*.\n\n\b\n  a *table*")
    @click.option("--size", default="1|2", metavar="A|B", help="Take <b> or *x*.")
    @click.option("--on/--off", default=True)
    @click.option("--secret", hidden=True)
    def command() -> None:
        pass

    page = "\n".join(command_line.of_command(command, click.Context(command, info_name="c"), 2))
    assert r"Do \*this\*." in page
    assert "```\n  a *table*\n```" in page
    assert r"| `--size` `A\|B` | Take \<b> or \*x\*. | `1\|2` |" in page
    assert "| `--on`, `--off` |  | `--on` |" in page
    assert "--secret" not in page
