"""The root command: finds the subcommand, turns every way it can end into an exit code. It knows no subcommand."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from types import FrameType

import click

from vidbuild import __version__
from vidbuild.cli import console, crash
from vidbuild.cli.exits import MEANINGS, Exit, of_error
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

_EPILOG = "\b\nExit codes:\n" + "\n".join(f"  {int(code):>3}  {meaning}" for code, meaning in MEANINGS.items())


class LazyGroup(click.Group):
    """A group whose commands are modules of this package, imported when one is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands, in the order in which they are met."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the command's module; None for a name that is none."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"vidbuild.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command where the one asked for does not exist."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            raise _UnknownCommand(args[0], ctx)
        return super().resolve_command(ctx, args)


class _UnknownCommand(click.UsageError):
    def __init__(self, name: str, ctx: click.Context) -> None:
        super().__init__(f"unknown command '{name}'", ctx)
        near = get_close_matches(name, COMMANDS, n=1)
        self.hint = f"did you mean '{near[0]}'?" if near else "'vidbuild --help' lists the commands"


@click.group(
    cls=LazyGroup,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name="vidbuild", message="%(prog)s %(version)s")
def app() -> None:
    """Make for narrated video: a YAML spec in, an MP4 out, and only what changed is made again.

    \b
    Example:
      vidbuild init talk && cd talk
      vidbuild build
    """


def run(args: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    arguments = list(sys.argv[1:] if args is None else args)
    console.survive_any_encoding()
    received = _Received()
    try:
        with received:
            code = app.main(arguments, prog_name="vidbuild", standalone_mode=False)
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        console.say("vidbuild: interrupted; finished steps are kept")
        return received.code
    except click.ClickException as error:
        return _usage(error)
    except VidbuildError as error:
        return _told(error)
    except BrokenPipeError:
        # Whoever read stdout has gone (`| head`): Python must not complain about it again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.DONE
    except Exception as error:  # noqa: BLE001 - whatever is not a VidbuildError is a bug, and is reported as one
        return bug(error, arguments)
    if code == Exit.INTERRUPTED:
        return received.code
    return int(code or 0)


def bug(error: BaseException | str, args: Sequence[str]) -> int:
    """Save a report of a bug and say where it is."""
    fact = error.strip().splitlines()[-1] if isinstance(error, str) else f"{type(error).__name__}: {error}"
    console.say(f"vidbuild: a bug in vidbuild: {fact}")
    console.say(f"      hint: please report it with the text in {crash.save(error, args)}")
    return Exit.BUG


class _Received:
    """While it is entered, SIGTERM interrupts as SIGINT does, and is remembered."""

    def __init__(self) -> None:
        self.code = Exit.INTERRUPTED

    def __enter__(self) -> None:
        self._before = signal.signal(signal.SIGTERM, self._terminate)

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGTERM, self._before)

    def _terminate(self, _number: int, _frame: FrameType | None) -> None:
        self.code = Exit.TERMINATED
        raise KeyboardInterrupt


def _told(error: VidbuildError) -> int:
    for line in told(error):
        console.say(line)
    return of_error(error)


def told(error: VidbuildError) -> list[str]:
    """Return an error as the lines that are shown to a user."""
    if getattr(error, "diagnostics", ()):
        return str(error).splitlines()
    lines = [f"vidbuild: {error.message}"]
    return [*lines, f"      hint: {error.hint}"] if error.hint else lines


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
    if isinstance(error, _UnknownCommand):
        return error.message, error.hint
    if isinstance(error, click.NoSuchOption):
        near = (error.possibilities or [""])[0]
        return f"unknown option '{error.option_name}'", f"did you mean '{near}'?" if near else ""
    text = error.format_message().strip().removesuffix(".")
    return text[:1].lower() + text[1:], ""
