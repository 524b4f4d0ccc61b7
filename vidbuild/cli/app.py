"""The root command: finds the subcommand, turns every way it can end into an exit code. It knows no subcommand."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from vidbuild import __version__
from vidbuild.cli import console
from vidbuild.cli.exit_codes import MEANINGS, Exit, of_error
from vidbuild.cli.group import LazyGroup, UnknownCommandError
from vidbuild.cli.signals import Interrupt
from vidbuild.errors import VidbuildError

COMMANDS = (
    "build",
    "check",
    "explain",
    "graph",
    "still",
    "init",
    "voices",
    "themes",
    "scenes",
    "schema",
    "cache",
    "runs",
    "doctor",
)

_EPILOG = "\n".join(
    [
        "\b\nExample:\n  vidbuild init talk\n  vidbuild build talk\n",
        "\b\nExit codes:",
        *(f"  {int(code):>3}  {meaning}" for code, meaning in MEANINGS.items()),
    ]
)


class _Commands(LazyGroup):
    names = COMMANDS


@click.group(
    cls=_Commands,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name="vidbuild", message="%(prog)s %(version)s")
def app() -> None:
    """Make for narrated video: a YAML spec in, an MP4 out, and only what changed is made again."""


def run(args: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    arguments = list(sys.argv[1:] if args is None else args)
    console.survive_closed_streams()
    console.survive_any_encoding()
    interrupt = Interrupt()
    try:
        with interrupt:
            code = int(app.main(arguments, prog_name="vidbuild", standalone_mode=False, obj=interrupt) or 0)
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        console.say("vidbuild: interrupted; finished steps are kept")
        code = Exit.INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        code = Exit.DONE
    except Exception as error:  # noqa: BLE001 - whatever is not a VidbuildError is a bug, and is reported as one
        code = _failed(error, arguments)
    return interrupt.code if code == Exit.INTERRUPTED else code


def _failed(error: Exception, args: Sequence[str]) -> int:
    if isinstance(error, click.ClickException):
        return _usage(error)
    if isinstance(error, VidbuildError):
        from vidbuild.cli import result_output

        for line in result_output.error_lines(error):
            console.say(line)
        return of_error(error)
    from vidbuild.cli import crash

    lines = crash.told(error, args)
    for line in lines:
        console.say(line)
    if "--json" in args:
        console.result_json({"status": "failed", "error": lines[0]})
    return Exit.BUG


def _forget_stdout() -> None:
    """Whoever read stdout has gone (`| head`): Python must not complain about it again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _usage(error: click.ClickException) -> int:
    where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "vidbuild"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        console.say(error.format_message())
        return Exit.WRONG
    fact, hint = _fact(error)
    console.say(f"{where}: {fact}")
    if hint:
        console.say(f"      hint: {hint}")
    return Exit.WRONG


def _fact(error: click.ClickException) -> tuple[str, str]:
    """What is wrong, in the house's tone, and a way out."""
    if isinstance(error, UnknownCommandError):
        return error.message, error.hint
    if isinstance(error, click.NoSuchOption):
        near = (error.possibilities or [""])[0]
        return f"unknown option '{error.option_name}'", f"did you mean '{near}'?" if near else ""
    text = error.format_message().strip().removesuffix(".")
    return text[:1].lower() + text[1:], ""
