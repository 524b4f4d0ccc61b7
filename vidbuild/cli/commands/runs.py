"""`vidbuild runs`: list and show builds; pause, resume or cancel one."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit
from vidbuild.cli.group import SuggestingGroup

if TYPE_CHECKING:
    from vidbuild.api.runs import RequestResult, RunFacts
    from vidbuild.report.run_view import RunSummary

_LISTED = 20
_STATES = ("pending", "running", "paused", "completed", "failed", "cancelled")


@click.group(
    "runs",
    cls=SuggestingGroup,
    invoke_without_command=True,
    epilog=options.example("vidbuild runs", "vidbuild runs --state running --state paused", "vidbuild runs show last"),
)
@click.option("-a", "--all", "everything", is_flag=True, help="List all builds, not only the last 20.")
@click.option(
    "--state",
    "states",
    multiple=True,
    metavar="STATE",
    type=click.Choice(_STATES),
    help=f"List only builds in this state: {', '.join(_STATES[:-1])} or {_STATES[-1]}; may be repeated.",
)
@options.as_json("the builds")
@click.pass_context
def command(ctx: click.Context, *, everything: bool, states: Sequence[str], as_json: bool) -> int:
    """List past and running builds, newest first.

    Each has an id for 'show', and for 'pause', 'resume' and 'cancel' while it runs. An id can be shortened to its
    beginning or its last four characters; 'last' is the newest build.
    """
    from vidbuild.api.resume import ELSEWHERE
    from vidbuild.api.runs import runs, runs_folder

    if ctx.invoked_subcommand:
        return Exit.DONE
    builds = runs(states=states)
    if as_json:
        console.result_json({"runs": [each.to_json() for each in builds]})
        return Exit.DONE
    from vidbuild.report import run_view

    if not builds:
        which = f" that are {' or '.join(states)}" if states else ""
        console.message(f"no runs{which} in '{runs_folder()}'")
        if not states:
            console.message(f"      hint: {ELSEWHERE}")
    listed = builds if everything else builds[:_LISTED]
    width = shutil.get_terminal_size().columns
    for line in run_view.rows([(summary_of(each), each.history()) for each in listed], width):
        console.result(line)
    if len(builds) > len(listed):
        console.result(f"...and {len(builds) - len(listed)} more")
    return Exit.DONE


@command.command("show", epilog=options.example("vidbuild runs show last", "vidbuild runs show 3f9c --json"))
@click.argument("run_id", metavar="ID", shell_complete=options.completes("run_id"))
@click.option("-a", "--all", "everything", is_flag=True, help="List cached and aborted steps too.")
@options.as_json("the build, its steps, errors and warnings")
def show(run_id: str, *, everything: bool, as_json: bool) -> int:
    """Show one build, while it runs or after it ended.

    Shows its progress, its videos, each step that ran with its reason, errors and warnings.
    """
    from vidbuild.api.runs import run as run_facts

    run = run_facts(run_id)
    if as_json:
        console.result_json(run.details_to_json())
        return Exit.DONE
    from vidbuild.report import run_view

    for line in run_view.details(summary_of(run), run.history(), run.command_file, everything=everything):
        console.result(line)
    return Exit.DONE


@command.command("pause", epilog=options.example("vidbuild runs pause last"))
@click.argument("run_id", metavar="ID", shell_complete=options.completes("run_id"))
@options.as_json("what was requested")
def pause(run_id: str, *, as_json: bool) -> int:
    """Pause a running build.

    Running steps finish, and no step starts until 'vidbuild runs resume'.
    """
    from vidbuild.api.runs import pause_run

    return _print_request(pause_run(run_id), "pausing", "paused", as_json=as_json)


@command.command("resume", epilog=options.example("vidbuild runs resume last"))
@click.argument("run_id", metavar="ID", shell_complete=options.completes("run_id"))
@options.as_json("what was requested")
def resume(run_id: str, *, as_json: bool) -> int:
    """Resume a paused build.

    To continue a build that has ended, use 'vidbuild build --resume'.
    """
    from vidbuild.api.runs import resume_run

    request = resume_run(run_id)
    if as_json:
        console.result_json(_request_data(request))
    else:
        console.result(f"{request.run} is not paused" if request.already else f"resuming {request.run}")
    return Exit.DONE


@command.command("cancel", epilog=options.example("vidbuild runs cancel last"))
@click.argument("run_id", metavar="ID", shell_complete=options.completes("run_id"))
@options.as_json("what was requested")
def cancel(run_id: str, *, as_json: bool) -> int:
    """Cancel a running build.

    Running steps have 10 s to finish. Finished steps are kept, and 'vidbuild build --resume' continues the build.
    """
    from vidbuild.api.runs import cancel_run

    return _print_request(cancel_run(run_id), "cancelling", "being cancelled", as_json=as_json)


def _request_data(request: RequestResult) -> dict[str, object]:
    return {"run": request.run, "already": request.already, "running_steps": request.running}


def _print_request(request: RequestResult, doing: str, done: str, *, as_json: bool) -> int:
    if as_json:
        console.result_json(_request_data(request))
        return Exit.DONE
    if request.already:
        console.result(f"{request.run} is {done} already")
        return Exit.DONE
    steps = "1 step runs to its end" if request.running == 1 else f"{request.running} steps run to their end"
    console.result(f"{doing} {request.run}" + (f": {steps}" if request.running else ""))
    return Exit.DONE


def summary_of(run: RunFacts) -> RunSummary:
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
