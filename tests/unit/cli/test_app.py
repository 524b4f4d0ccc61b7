"""The root command: help, names that do not exist, odd streams."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.support.workspace import Workspace
from vidbuild import __version__
from vidbuild.cli.app import COMMANDS, SECTIONS, app, run
from vidbuild.cli.exit_codes import MEANINGS


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command and subcommand by the words that call it."""
    ctx = click.Context(app)
    for name in COMMANDS:
        command = app.get_command(ctx, name)
        assert command is not None, name
        yield name, command
        if isinstance(command, click.Group):
            for sub in command.list_commands(ctx):
                inner = command.get_command(ctx, sub)
                assert inner is not None
                yield f"{name} {sub}", inner


ALL = dict(commands())


def test_the_version_goes_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    """`--version` prints one line, which a script can read."""
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"vidbuild {__version__}\n"


@pytest.mark.parametrize("name", ALL)
def test_every_command_has_help_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each help text describes the command and each option, and has an example."""
    assert run([*name.split(), "--help"]) == 0
    text = capsys.readouterr().out
    assert re.search(rf"Example:\n +vidbuild {name}", text)
    for param in ALL[name].params:
        assert not isinstance(param, click.Option) or param.help, f"{name} {param.name} has no help"


@pytest.mark.parametrize("name", ALL)
def test_every_command_is_summed_up_in_a_line(name: str) -> None:
    """The list of commands shows each one's first sentence whole, within 80 columns."""
    summary = ALL[name].get_short_help_str(200)
    assert summary.endswith(".")
    assert len(summary) <= 78 - 2 - max(map(len, COMMANDS)) - 2


def test_the_help_lists_every_command_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    """P41: the root's help is the place to find both."""
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    listed = text.partition(f"\n{next(iter(SECTIONS))}:")[2]
    assert re.findall(r"^  ([a-z0-9]+)  ", listed, re.MULTILINE) == list(COMMANDS)
    assert [title for title in re.findall(r"^(\S.*):$", text, re.MULTILINE) if title in SECTIONS] == list(SECTIONS)
    assert "..." not in listed
    assert re.findall(r"^ +(\d+)  ", text, re.MULTILINE) == [str(int(code)) for code in MEANINGS]


@pytest.mark.parametrize(
    ("args", "lines"),
    [
        (["biuld"], ["vidbuild: unknown command 'biuld'", "      hint: did you mean 'build'?"]),
        (["xyzzy"], ["vidbuild: unknown command 'xyzzy'", "      hint: 'vidbuild --help' lists the commands"]),
        (["cache", "inof"], ["vidbuild cache: unknown command 'inof'", "      hint: did you mean 'info'?"]),
        (["build", "--jbos", "2"], ["vidbuild build: unknown option '--jbos'", "      hint: did you mean '--jobs'?"]),
        (["still", "a.yaml"], ["vidbuild: no scene is named", "      hint: vidbuild still a.yaml SCENE"]),
        (["build", "-j", "0"], ["vidbuild build: invalid value for '-j' / '--jobs': 0 is not in the range x>=1"]),
    ],
)
def test_a_wrong_name_has_the_nearest_as_a_hint(
    args: list[str], lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that does not exist is an error with what was probably meant; nothing goes to stdout."""
    assert run(args) == 2
    captured = capsys.readouterr()
    assert captured.err.splitlines() == lines
    assert captured.out == ""


def test_no_command_at_all_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    """Someone who types only `vidbuild` is shown what there is, on stderr, since nothing was asked for."""
    assert run([]) == 2
    captured = capsys.readouterr()
    assert "Make:" in captured.err
    assert captured.out == ""


def in_bash(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What comes of a line of a shell."""
    command = ["bash", "-c", line]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_reader_that_goes_away_is_no_error(workspace: Workspace) -> None:
    """`vidbuild schema | head -1` ends quietly although stdout is closed under it."""
    line = f"{sys.executable} -m vidbuild schema | head -1; exit ${{PIPESTATUS[0]}}"
    done = in_bash(line, workspace.root)
    assert (done.returncode, done.stdout, done.stderr) == (0, "{\n", "")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("cache", "clear"), "vidbuild: nothing was removed: no terminal to confirm on"),
        (("check", "-"), "stdin.yaml:1:1: the file is empty"),
    ],
)
def test_a_closed_standard_input_is_empty(tmp_path: Path, args: tuple[str, ...], message: str) -> None:
    """Without standard input (`<&-`) a command finds no answer and no spec there; it does not crash."""
    command = shlex.join([sys.executable, "-m", "vidbuild", *args])
    done = subprocess.run(
        ["/bin/sh", "-c", f"{command} <&-"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == message


@pytest.mark.parametrize(("closed", "other"), [(">&-", "stderr"), ("2>&-", "stdout")])
def test_a_stream_that_is_closed_is_no_error(workspace: Workspace, closed: str, other: str) -> None:
    """What is started without stdout or stderr does its work all the same, and ends as it would."""
    for args, code in (("schema", 0), ("check nothing.yaml", 2)):
        line = f"{sys.executable} -m vidbuild {args} {closed}"
        done = in_bash(line, workspace.root)
        assert done.returncode == code
        assert "Traceback" not in getattr(done, other)


@pytest.mark.parametrize("command", ["build", "check --json", "runs"])
def test_a_folder_that_is_gone_is_said(command: str, tmp_path: Path) -> None:
    """A shell can stand in a folder that was removed: that is no bug of ours."""
    gone = tmp_path / "gone"
    gone.mkdir()
    done = in_bash(f"rmdir ../gone && {sys.executable} -m vidbuild {command}", gone)
    assert done.returncode == 2
    assert "vidbuild: the current folder does not exist any more\n      hint: change to a folder" in done.stderr


def test_any_encoding_can_be_written_to(workspace: Workspace) -> None:
    """An ASCII terminal gets question marks, not a traceback."""
    workspace.write("größe.yaml", "vidbuild: 1\ntitel: Ü\n")
    outcome = workspace.run("check", "größe.yaml", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert outcome.code == 2
    assert "gr" in outcome.stderr
    assert outcome.stderr.isascii()


def test_completion_comes_from_click(workspace: Workspace) -> None:
    """The shell's completion script is what click writes for the installed command."""
    outcome = workspace.run("--help", env={"_VIDBUILD_COMPLETE": "bash_source"})
    assert outcome.code == 0
    assert "_vidbuild_completion" in outcome.stdout
