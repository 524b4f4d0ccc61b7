"""The root command: runs a subcommand, reports its error, and returns an exit code."""

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
from vidbuild.errors import UsageError, VidbuildError

SECTIONS = {
    "Make": ("build", "batch", "init", "create", "record", "lock"),
    "Look": ("serve", "check", "still", "say", "estimate", "explain", "graph", "diff", "inspect", "gallery"),
    "Share": ("publish", "schedule"),
    "Write specs": ("scenes", "themes", "voices", "fonts", "brands", "i18n", "lints", "schema"),
    "Look after": ("cache", "runs", "config", "doctor"),
}
COMMANDS = tuple(name for names in SECTIONS.values() for name in names)

_EPILOG = "\n".join(
    [
        "\b\nExample:\n  vidbuild init talk\n  vidbuild build talk\n",
        "\b\nExit codes:",
        *(f"  {int(code):>3}  {meaning}" for code, meaning in MEANINGS.items()),
    ]
)


class _Commands(LazyGroup):
    names = COMMANDS

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a section for each thing that people want to do."""
        width = formatter.width - 4 - max(map(len, COMMANDS))
        for title, names in SECTIONS.items():
            found = [(name, command) for name in names if (command := self.get_command(ctx, name)) is not None]
            with formatter.section(title):
                formatter.write_dl([(name, command.get_short_help_str(width)) for name, command in found])


@click.group(
    cls=_Commands,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name="vidbuild", message="%(prog)s %(version)s")
def app() -> None:
    """Make for narrated video: a YAML spec in, an MP4 out, and only what changed is rebuilt."""


def run(args: Sequence[str] | None = None, record: str = "") -> int:
    """Run the command line and return its exit code.

    record: the name of the record that a build with nothing to do leaves, "" for none.
    """
    arguments = list(sys.argv[1:] if args is None else args)
    console.open_missing_streams()
    console.set_encoding()
    if "_VIDBUILD_COMPLETE" in os.environ:
        from vidbuild.cli import complete

        complete.register()
    interrupt = Interrupt()
    interrupt.record = record
    try:
        with interrupt:
            code = int(app.main(arguments, prog_name="vidbuild", standalone_mode=False, obj=interrupt) or 0)
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        console.message("vidbuild: interrupted; finished steps are kept")
        code = Exit.INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        code = Exit.DONE
    except Exception as error:  # noqa: BLE001 - any exception but a VidbuildError is a bug, and is reported as one
        code = _report(error, arguments)
    return interrupt.code if code == Exit.INTERRUPTED else code


def _report(error: Exception, args: Sequence[str]) -> int:
    """Print an error and return the exit code."""
    from vidbuild.cli import formats, options

    form = formats.of_arguments(args)
    if isinstance(error, FileNotFoundError) and not os.stat(".").st_nlink:  # noqa: PTH116 - of a folder without a path
        error = UsageError("the current folder does not exist any more", hint="change to a folder that exists")
    if isinstance(error, click.ClickException):
        return _report_usage(error, args, form)
    if isinstance(error, VidbuildError):
        from vidbuild.cli import result_output

        for line in result_output.error_lines(error):
            console.message(line)
        if form == options.JSON:
            console.result_json(result_output.error_as_json(error))
        formats.write_error(form, args, error)
        return of_error(error)
    from vidbuild.cli import crash

    lines = crash.report_bug(error, args)
    for line in lines:
        console.message(line)
    if form == options.JSON:
        console.result_json({"status": "failed", "error": lines[0], "hint": None, "errors": [], "warnings": []})
    formats.write_error(form, args, lines[0].removeprefix("vidbuild: "), is_bug=True)
    return Exit.BUG


def _forget_stdout() -> None:
    """Keep Python from writing to stdout at its exit: the reader is gone (`| head`)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _report_usage(error: click.ClickException, args: Sequence[str], form: str) -> int:
    from vidbuild.cli import formats, options

    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "vidbuild"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        console.message(error.format_message())
        return Exit.WRONG
    message, hint = _usage_message(error)
    console.message(f"{command}: {message}")
    if hint:
        console.message(f"      hint: {hint}")
    if form == options.JSON:
        console.result_json({"status": "failed", "error": message, "hint": hint or None, "errors": [], "warnings": []})
    formats.write_error(form, args, message, hint or None)
    return Exit.WRONG


def _usage_message(error: click.ClickException) -> tuple[str, str]:
    """Return the message in the style of all others, and a hint or ""."""
    if isinstance(error, UnknownCommandError):
        return error.message, error.hint
    if isinstance(error, click.NoSuchOption):
        return f"unknown option '{error.option_name}'", _option_hint(error)
    text = error.format_message().strip().removesuffix(".")
    return text[:1].lower() + text[1:], ""


def _option_hint(error: click.NoSuchOption) -> str:
    from vidbuild.cli.synonyms import option_hint

    command = error.ctx.command if error.ctx else None
    known = {name for option in command.params for name in option.opts} if command else set()
    if isinstance(command, LazyGroup) and error.ctx:
        build = command.get_command(error.ctx, "build")
        if build is not None and any(error.option_name in option.opts for option in build.params):
            return f"options follow the command: vidbuild build {error.option_name}"
    near = option_hint(error.option_name, known) or (error.possibilities or [""])[0]
    if near:
        return f"did you mean '{near}'?"
    return f"'{error.ctx.command_path} --help' lists the options" if error.ctx else ""
