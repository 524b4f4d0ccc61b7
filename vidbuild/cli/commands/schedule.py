"""`vidbuild schedule`: print what runs a batch again and again."""

from __future__ import annotations

from pathlib import Path

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit

DEFAULT = Path("batch.yaml")
KINDS = ("cron", "systemd", "github", "gitlab")


@click.command(
    "schedule",
    epilog=options.example(
        'vidbuild schedule batch.yaml --cron "15 6 * * *" --print github -- --next 1 --publish',
        'vidbuild schedule --cron "0 7 * * mon-fri" --print systemd',
    ),
)
@click.argument("words", metavar="[FILE] [-- OPTION...]", nargs=-1, type=click.UNPROCESSED)
@click.option("--cron", "when", required=True, metavar="TIME", help="When it runs: minute hour day month weekday.")
@click.option("--print", "kind", type=click.Choice(KINDS), default="cron", show_default=True, help="For which service.")
def command(words: tuple[str, ...], when: str, kind: str) -> int:
    """Print what runs a batch again and again.

    That is a line for cron, units for systemd, a workflow for GitHub, or a job for GitLab, with what is easily missed
    there as comments. Nothing is installed. What stands behind '--' is handed to 'vidbuild batch'.
    """
    from vidbuild.api.schedule import schedule_text

    named = words[:1] if words and not words[0].startswith("-") else ()
    file = Path(named[0]) if named else DEFAULT
    console.result(schedule_text(file, when, kind, words[len(named) :]).rstrip("\n"))
    return int(Exit.DONE)
