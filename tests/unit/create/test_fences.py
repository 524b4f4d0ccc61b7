"""Which block a literal text becomes."""

from __future__ import annotations

import pytest

from vidbuild.create.source.fences import block, language_of
from vidbuild.create.source.outline import Code, Command, Commands, Diagram


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("", ""),
        ("python", "python"),
        ("js {1,3}", "js"),
        ("{code-block} python", "python"),
        ("{.yaml .no-copy}", "yaml"),
        ('bash title="x"', "bash"),
        ("Python", "python"),
    ],
)
def test_the_language_of_an_info_string(info: str, language: str) -> None:
    """The first word of an info string is the language, in each of the usual notations."""
    assert language_of(info) == language


def test_lines_of_a_shell_are_commands() -> None:
    """Each line without a prompt is a command of its own; comments and empty lines are none."""
    assert block("# first\npip install acme\n\nacme run", "bash") == Commands(
        (Command(run="pip install acme"), Command(run="acme run")), "bash"
    )


def test_a_command_goes_on_after_a_backslash() -> None:
    """A line that ends with a backslash and the one behind it are one command."""
    assert block("docker run \\\n  --rm acme\nls", "sh") == Commands(
        (Command(run="docker run \\\n  --rm acme"), Command(run="ls")), "sh"
    )


def test_a_command_goes_on_inside_of_a_quotation() -> None:
    """A quotation that does not end in its line goes on in the next one."""
    assert block("echo 'one\ntwo' > file\nls", "sh") == Commands(
        (Command(run="echo 'one\ntwo' > file"), Command(run="ls")), "sh"
    )


def test_an_apostrophe_in_a_comment_opens_no_quotation() -> None:
    """A comment behind a command is part of its line alone."""
    assert block("acme show  # each step's state\nacme list", "sh") == Commands(
        (Command(run="acme show  # each step's state"), Command(run="acme list")), "sh"
    )


def test_a_command_with_a_here_document() -> None:
    """A here-document belongs to the command that reads it."""
    assert block("cat > f <<EOF\na\nb\nEOF\nls", "bash") == Commands(
        (Command(run="cat > f <<EOF\na\nb\nEOF"), Command(run="ls")), "bash"
    )


@pytest.mark.parametrize("info", ["console", "shell-session", "bash", ""])
def test_prompts_part_commands_from_their_output(info: str) -> None:
    """Where lines have prompts, the others are output."""
    found = block("$ acme --version\nacme 2.4\n$ acme run\ndone\nin 2 s", info)
    assert isinstance(found, Commands)
    assert found.commands == (
        Command(run="acme --version"),
        Command(output="acme 2.4"),
        Command(run="acme run"),
        Command(output="done\nin 2 s"),
    )


@pytest.mark.parametrize("prompt", ["$ ", "% ", "user@host:~/x$ ", "(venv) $ ", "\u276f ", "PS C:\\Users> ", "C:\\>"])
def test_prompts_of_many_shells(prompt: str) -> None:
    """The prompt is no part of the command."""
    assert block(f"{prompt}pip install acme", "console") == Commands((Command(run="pip install acme"),), "")


def test_a_session_of_root_alone() -> None:
    """A number sign is a prompt if no line has another one."""
    assert block("# apt install acme\nReading package lists", "console") == Commands(
        (Command(run="apt install acme"), Command(output="Reading package lists")), ""
    )


@pytest.mark.parametrize("script", ["for f in *; do\n  echo $f\ndone", "#!/bin/sh\nls", "main() {\n  ls\n}"])
def test_a_script_is_code(script: str) -> None:
    """Constructs over several lines are code, which is shown as a whole."""
    assert block(script, "bash") == Code(script, "bash")


def test_code_keeps_its_language_and_file_name() -> None:
    """Code is what no other block is."""
    assert block("\nprint(1)\n", "python", "app.py") == Code("print(1)", "python", "app.py")


@pytest.mark.parametrize(("info", "notation"), [("mermaid", "mermaid"), ("dot", "dot"), ("graphviz", "dot")])
def test_diagrams(info: str, notation: str) -> None:
    """Notations of diagrams that vidbuild draws are diagrams."""
    assert block("a -> b", info) == Diagram("a -> b", notation)


@pytest.mark.parametrize("text", ["", "\n\n", "   "])
def test_an_empty_text_is_nothing(text: str) -> None:
    """A text without characters has nothing to show."""
    assert block(text, "bash") is None


def test_comments_alone_are_code() -> None:
    """A shell's text without a command is shown as it is."""
    assert block("# nothing to run", "bash") == Code("# nothing to run", "bash")
