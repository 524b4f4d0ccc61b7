"""Writes what is made of the command line: `python -m tools.command_line` in a checkout.

That is docs/cli.md, with every command and option, and docs/completions/, the files that packages install for shells.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from vidbuild.cli import complete
from vidbuild.cli.app import app
from vidbuild.cli.exit_codes import MEANINGS

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "cli.md"
COMPLETIONS = ROOT / "docs" / "completions"
COMMAND = "python -m tools.command_line"
PROGRAM = "vidbuild"

# Shell -> the name under which it looks for the completion of a program.
FILES = {"bash": PROGRAM, "zsh": f"_{PROGRAM}", "fish": f"{PROGRAM}.fish"}

HEAD = f"""# The command line

<!-- Generated from the commands by `{COMMAND}`: edit these, not this page. -->

`vidbuild COMMAND --help` prints the same. SPEC is a file, a folder with a `video.yaml` or a single `*.vidbuild.yaml`,
or `-` for standard input; without one it is the current folder. Results are on stdout, messages on stderr.
[Builds, outputs and runs](builds.md) explains what happens, [for agents](agents.md) how programs use the commands.

| exit code | meaning |
|---|---|
"""


def page() -> str:
    """Return the page, in Markdown."""
    root = click.Context(app, info_name=PROGRAM)
    codes = "".join(f"| {int(code)} | {meaning} |\n" for code, meaning in MEANINGS.items())
    parts = [f"{HEAD}{codes}"]
    for name in app.list_commands(root):
        command = app.get_command(root, name)
        if command is None:
            raise LookupError(name)
        parts += of_command(command, click.Context(command, info_name=name, parent=root), 2)
    return "\n".join(parts)


def completions() -> dict[str, str]:
    """Return the names of the completion files and their texts."""
    complete.register()
    found = {}
    for shell, name in FILES.items():
        kind = get_completion_class(shell)
        if kind is None:
            raise LookupError(shell)
        found[name] = kind(app, {}, PROGRAM, f"_{PROGRAM.upper()}_COMPLETE").source().strip() + "\n"
    return found


def of_command(command: click.Command, context: click.Context, level: int) -> Iterator[str]:
    """Yield the parts of the section on a command, and those on its own commands. level: of the heading."""
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"{'#' * level} `{context.command_path}`\n"
    yield f"```\n{usage}\n```\n"
    yield f"{_text(command.help or '')}\n"
    rows = [row for each in command.params if (row := _row(each, context))]
    if rows:
        yield "| option | description | default |\n|---|---|---|\n" + "\n".join(rows) + "\n"
    if example := _example(command.epilog or ""):
        yield f"```\n{example}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            own = command.get_command(context, name)
            if own is not None:
                yield from of_command(own, click.Context(own, info_name=name, parent=context), level + 1)


def _text(text: str) -> str:
    """Return a help text as Markdown: its paragraphs, and as code those that click prints as they are."""
    parts = []
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith("\b"):
            parts.append("```\n" + paragraph.removeprefix("\b").strip("\n") + "\n```")
        else:
            parts.append(_plain(" ".join(paragraph.split())))
    return "\n\n".join(parts)


def _example(epilog: str) -> str:
    lines = epilog.replace("\b", "").strip("\n").split("\n")
    return "\n".join(line.strip() for line in lines if line.strip() and not re.fullmatch(r"Examples?:", line.strip()))


def _row(param: click.Parameter, context: click.Context) -> str:
    if not isinstance(param, click.Option) or param.hidden:
        return ""
    names = ", ".join(f"`{name}`" for name in (*param.opts, *param.secondary_opts))
    value = "" if param.is_flag or param.count else f" `{param.make_metavar(context)}`"
    return f"| {_cell(names + value)} | {_cell(_plain(param.help or ''))} | {_cell(_default(param))} |"


def _default(param: click.Option) -> str:
    value = param.to_info_dict()["default"]
    if param.is_flag:
        return f"`{param.opts[0] if value else param.secondary_opts[0]}`" if param.secondary_opts else ""
    return f"`{value}`" if isinstance(value, (str, int, float)) else ""


def _plain(text: str) -> str:
    """Return a text in which nothing is markup: HTML and stars are what they look like."""
    return re.sub(r"([<*\[])", r"\\\1", text)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Write the page and the completion files."""
    PAGE.write_text(page(), encoding="utf-8")
    COMPLETIONS.mkdir(exist_ok=True)
    for name, text in completions().items():
        (COMPLETIONS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
