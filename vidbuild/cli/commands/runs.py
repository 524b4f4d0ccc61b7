"""`vidbuild runs`: past and running builds, and what somebody wishes of one that runs."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit
from vidbuild.cli.group import NearestGroup

if TYPE_CHECKING:
    from vidbuild.api.runs import RunFacts, Wished
    from vidbuild.report.run_view import RunSummary

_LISTED = 20
_STATES = ("pending", "running", "paused", "completed", "failed", "cancelled")


@click.group(
    "runs",
    cls=NearestGroup,
    invoke_without_command=True,
    epilog=options.example("vidbuild runs", "vidbuild runs --state running --state paused", "vidbuild runs show last"),
)
@click.option("-a", "--all", "everything", is_flag=True, help="List all of them, not only the last 20.")
@click.option(
    "--state",
    "states",
    multiple=True,
    metavar="STATE",
    type=click.Choice(_STATES),
    help=f"Only those that are {', '.join(_STATES[:-1])} or {_STATES[-1]}; may be repeated.",
)
@options.as_json("the builds")
@click.pass_context
def command(ctx: click.Context, *, everything: bool, states: Sequence[str], as_json: bool) -> int:
    """List past and running builds, the last one first.

    Each has an id, by which 'show' tells all of it and 'pause', 'resume' and 'cancel' reach it while it runs.
    """
    from vidbuild.api.runs import runs

    if ctx.invoked_subcommand:
        return Exit.DONE
    found = runs(states=states)
    if as_json:
        console.result_json({"runs": [each.to_json() for each in found]})
        return Exit.DONE
    from vidbuild.report import run_view

    listed = found if everything else found[:_LISTED]
    width = shutil.get_terminal_size().columns
    for line in run_view.rows([(looked_at(each), each.history()) for each in listed], width):
        console.result(line)
    if len(found) > len(listed):
        console.result(f"...and {len(found) - len(listed)} more")
    return Exit.DONE


@command.command("show", epilog=options.example("vidbuild runs show last", "vidbuild runs show 3f9c --json"))
@click.argument("run_id", metavar="ID")
@click.option("-a", "--all", "everything", is_flag=True, help="List the steps that are cached or not made, too.")
@options.as_json("the build, its steps, errors and warnings")
def show(run_id: str, *, everything: bool, as_json: bool) -> int:
    """Show one build, while it runs or after it ended.

    How far it is, each step that ran with its reason, what failed, and what there is to know.
    """
    from vidbuild.api.runs import run as run_facts

    run = run_facts(run_id)
    if as_json:
        console.result_json(run.to_json_whole())
        return Exit.DONE
    from vidbuild.report import run_view

    for line in run_view.whole(looked_at(run), run.history(), run.command_file, everything=everything):
        console.result(line)
    return Exit.DONE


@command.command("pause", epilog=options.example("vidbuild runs pause last"))
@click.argument("run_id", metavar="ID")
def pause(run_id: str) -> int:
    """Pause a running build.

    The steps that run go on to their end, and nothing new is started until 'vidbuild runs resume'.
    """
    from vidbuild.api.runs import pause_run

    return _told(pause_run, run_id, "pausing", "paused")


@command.command("resume", epilog=options.example("vidbuild runs resume last"))
@click.argument("run_id", metavar="ID")
def resume(run_id: str) -> int:
    """Let a paused build go on.

    A build that is over is continued by 'vidbuild build --resume'.
    """
    from vidbuild.api.runs import resume_run

    done = resume_run(run_id)
    console.result(f"{done.run} is not paused" if done.already else f"resuming {done.run}")
    return Exit.DONE


@command.command("cancel", epilog=options.example("vidbuild runs cancel last"))
@click.argument("run_id", metavar="ID")
def cancel(run_id: str) -> int:
    """Cancel a running build.

    The steps that run have ten seconds to end. What is done is kept, and 'vidbuild build --resume' goes on with it.
    """
    from vidbuild.api.runs import cancel_run

    return _told(cancel_run, run_id, "cancelling", "being cancelled")


def _told(wish: Callable[[str], Wished], run_id: str, doing: str, done: str) -> int:
    found = wish(run_id)
    if found.already:
        console.result(f"{found.run} is {done} already")
        return Exit.DONE
    steps = "1 step runs to its" if found.running == 1 else f"{found.running} steps run to their"
    console.result(f"{doing} {found.run}" + (f": {steps} end" if found.running else ""))
    return Exit.DONE


def looked_at(run: RunFacts) -> RunSummary:
    """Return a run as it stands now."""
    from vidbuild.report.run_view import RunSummary

    return RunSummary(
        run.run,
        run.spec,
        run.state,
        run.started,
        run.seconds,
        run.killed,
        time.time(),
        run.suspended,
        run.target or "",
    )
