"""Hints by meaning: what other tools call a command or an option leads to what it is called here."""

from __future__ import annotations

import shlex

import click
import pytest

from vidbuild.cli import synonyms
from vidbuild.cli.app import app, run


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        ("lint", "vidbuild check SPEC"),
        ("validate video.yaml", "vidbuild check SPEC"),
        ("new talk", "vidbuild init FOLDER"),
        ("preview", "vidbuild still SPEC SCENE"),
        ("render", "vidbuild build SPEC"),
        ("clean", "vidbuild cache clear"),
        ("cache clean", "vidbuild cache clear"),
        ("runs list", "vidbuild runs"),
        ("build --scene one", "did you mean '--only'?"),
        ("build --out x", "did you mean '--output'?"),
        ("build --force", "did you mean '--fresh'?"),
        ("check --werror", "did you mean '--strict'?"),
        ("still --time 2", "did you mean '--at'?"),
        ("-q build", "options follow the command: vidbuild build -q"),
        ("--json build", "options follow the command: vidbuild build --json"),
    ],
)
def test_what_other_tools_say_is_understood(args: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A name from another tool leads to the command or option that does the same here, with exit code 2."""
    assert run(args.split()) == 2
    assert capsys.readouterr().err.splitlines()[1] == f"      hint: {hint}"


@pytest.mark.parametrize(
    ("name", "hint"), [("watch", "vidbuild build --watch SPEC"), ("studio", "vidbuild serve SPEC")]
)
def test_what_works_while_one_edits(name: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What other tools call a live preview leads to the command, or to the option of `build`."""
    assert run([name]) == 2
    assert f"hint: {hint}\n" in capsys.readouterr().err


def test_a_misspelt_name_still_has_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    """A name without a meaning is compared by its letters; one that resembles nothing leads to the help text."""
    assert run(["biuld"]) == 2
    assert "did you mean 'build'?" in capsys.readouterr().err
    assert run(["build", "--fromat"]) == 2
    assert "hint: " in capsys.readouterr().err


def commands(group: click.Group, prefix: str) -> dict[str, click.Command]:
    """Return every command by its whole name."""
    found: dict[str, click.Command] = {prefix: group}
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            found |= commands(command, f"{prefix} {name}")
        found[f"{prefix} {name}"] = command
    return found


def test_every_hint_names_what_exists() -> None:
    """No hint has a command or an option that does not exist, and none is for a name that does."""
    every = commands(app, "vidbuild")
    options = {name for command in every.values() for option in command.params for name in option.opts}
    for group, names in synonyms.COMMANDS.items():
        for name, hint in names.items():
            assert f"{group} {name}" not in every
            words = shlex.split(hint.partition("'")[2].partition("'")[0] or hint)
            assert " ".join(words[:2]) in every or words[1] in {"--version", "--help"}, hint
            if words[1] in {"cache", "runs"}:
                assert " ".join(words[:3]) in every, hint
    for name, wanted in synonyms.OPTIONS.items():
        assert set(wanted) <= options, name
