"""Groups of commands that name the nearest one; it knows no command."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

import click


class UnknownCommandError(click.UsageError):
    """A command that does not exist, with a way out."""

    def __init__(self, name: str, known: Sequence[str], ctx: click.Context) -> None:
        from vidbuild.suggest import did_you_mean

        super().__init__(f"unknown command '{name}'", ctx)
        self.hint = did_you_mean(name, known) or f"'{ctx.command_path} --help' lists the commands"


class NearestGroup(click.Group):
    """A group that names the nearest command where the one asked for does not exist."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say what was probably meant."""
        known = self.list_commands(ctx)
        if args and not args[0].startswith("-") and args[0] not in known:
            raise UnknownCommandError(args[0], known, ctx)
        return super().resolve_command(ctx, args)


class LazyGroup(NearestGroup):
    """A group whose commands are modules of this package, imported when one is asked for."""

    names: Sequence[str] = ()

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands, in the order in which they are met."""
        return list(self.names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the command's module; None for a name that is none."""
        if cmd_name not in self.names:
            return None
        command = importlib.import_module(f"vidbuild.cli.commands.{cmd_name}").command
        return command if isinstance(command, click.Command) else None
