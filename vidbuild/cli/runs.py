"""`vidbuild runs`: past and running builds."""

from __future__ import annotations

from pathlib import Path

import click

from vidbuild.cli import console, options
from vidbuild.cli.exits import Exit
from vidbuild.cli.group import NearestGroup
from vidbuild.report import figures

_LISTED = 20


@click.group(
    "runs",
    cls=NearestGroup,
    invoke_without_command=True,
    epilog=options.example("vidbuild runs", "vidbuild runs show ID"),
)
@click.option("-a", "--all", "everything", is_flag=True, help="List all of them, not only the last 20.")
@options.as_json("the builds")
@click.pass_context
def command(ctx: click.Context, *, everything: bool, as_json: bool) -> int:
    """List past and running builds, the last one first."""
    from vidbuild import api

    if ctx.invoked_subcommand:
        return Exit.DONE
    found = api.runs()
    if as_json:
        console.result_json({"runs": [each.to_json() for each in found]})
        return Exit.DONE
    rows = [_row(each.to_json()) for each in (found if everything else found[:_LISTED])]
    widths = [max(len(row[column]) for row in rows) for column in range(3)] if rows else []
    for row in rows:
        console.result("  ".join(f"{cell:<{width}}" for cell, width in zip(row, [*widths, 0], strict=True)).rstrip())
    if len(found) > len(rows):
        console.result(f"...and {len(found) - len(rows)} more")
    return Exit.DONE


@command.command("show", epilog=options.example("vidbuild runs show 20260131-101500-3f9c"))
@click.argument("run_id", metavar="ID")
@options.as_json("the build's events")
def show(run_id: str, *, as_json: bool) -> int:
    """Show one build.

    How it ended, and each step that ran with its reason.
    """
    from vidbuild import api

    run = api.run(run_id)
    if as_json:
        console.result_json(run.to_json())
        return Exit.DONE
    console.result("  ".join(_row(run.to_json())))
    for event in run.events():
        if event["type"] == "step_started":
            console.result(f"  {event['step']}  {event['reason']}")
        elif event["type"] == "step_failed":
            console.result(f"  {event['step']}  failed: {event['failure']['message']}")
    return Exit.DONE


def _row(run: dict[str, object]) -> tuple[str, str, str, str]:
    """Id, state, spec, what it did."""
    counts = ", ".join(f"{run[name]} {name}" for name in ("ran", "cached", "failed") if run.get(name))
    seconds = run.get("seconds")
    took = figures.elapsed(seconds) if isinstance(seconds, (int, float)) else ""
    did = ", ".join(filter(None, (counts, took)))
    return str(run["run"]), str(run["state"]), Path(str(run["spec"])).name, did
