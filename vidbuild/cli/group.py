"""Groups of commands: one that suggests the nearest name, and one that imports a command when it is used."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

import click


class UnknownCommandError(click.UsageError):
    """A command that does not exist; hint: what is meant, the nearest name, or where the commands are listed."""

    def __init__(self, name: str, known: Sequence[str], ctx: click.Context) -> None:
        from vidbuild.cli.synonyms import command_hint
        from vidbuild.suggest import did_you_mean

        super().__init__(f"unknown command '{name}'", ctx)
        meant = command_hint(ctx.command_path, name) or did_you_mean(name, known)
        self.hint = meant or f"'{ctx.command_path} --help' lists the commands"


class SuggestingGroup(click.Group):
    """A group that suggests the nearest command if a command does not exist."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; raise UnknownCommandError if it does not exist."""
        known = self.list_commands(ctx)
        if args and not args[0].startswith("-") and args[0] not in known:
            raise UnknownCommandError(args[0], known, ctx)
        return super().resolve_command(ctx, args)


class LazyGroup(SuggestingGroup):
    """A group whose commands are modules of `vidbuild.cli.commands`, each imported when it is used."""

    names: Sequence[str] = ()

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands' names, in the order of the help text."""
        return list(self.names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the command's module; return None for an unknown name."""
        if cmd_name not in self.names:
            return None
        command = importlib.import_module(f"vidbuild.cli.commands.{cmd_name}").command
        return command if isinstance(command, click.Command) else None
