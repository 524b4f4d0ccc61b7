"""`vidbuild explain`: why each step would run or is cached."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from vidbuild.cli import console, options
from vidbuild.cli.commands.runs import looked_at
from vidbuild.cli.exit_codes import Exit
from vidbuild.errors import UsageError
from vidbuild.report import humanize
from vidbuild.suggest import did_you_mean

_SHOWN = 4  # reasons of one step in an overview
_NEW = "new"  # "never built": in an overview the step's own line says it


@click.command(
    "explain",
    epilog=options.example(
        "vidbuild explain video.yaml", "vidbuild explain video.yaml render:install", "vidbuild explain --last"
    ),
)
@options.spec()
@click.argument("step", required=False)
@click.option("--last", is_flag=True, help="Say what the last build did and why: of SPEC, or of any.")
@click.option("-a", "--all", "everything", is_flag=True, help="List the steps that are cached, too.")
@options.variables()
@options.as_json("the explanations")
def command(
    spec: Path | None, step: str | None, variables: Mapping[str, str], *, last: bool, everything: bool, as_json: bool
) -> int:
    """Say why steps would run or are cached.

    Tells of each step of SPEC that is not cached, or of the one STEP, the field or file that changed: old -> new.
    Nothing is run and nothing is written. With --last it is the record of the last build that is told, whatever
    changed since then; without SPEC that is the project's last one, of any spec.
    """
    from vidbuild.api.explain import explain

    spec, step = options.apart(spec, step)
    if last:
        path = options.found_one(spec) if spec else None
        return _last(path, step, everything=everything, as_json=as_json)
    path = options.found_one(spec)
    explained = explain(path, step, variables=variables)
    if as_json:
        console.result_json({"spec": str(path), "steps": [each.to_data() for each in explained]})
        return Exit.DONE
    shown = [each for each in explained if step or everything or each.state != "cached"]
    for each in shown:
        console.result(each.short())
        reasons = [f"  {reason.long()}" for reason in each.reasons if step or reason.what != _NEW]
        for line in reasons if step else humanize.first(reasons, _SHOWN):
            console.result(line)
    if len(explained) > len(shown):
        console.result(f"{len(explained) - len(shown)} of {humanize.count(len(explained), 'step')} cached")
    return Exit.DONE


def _last(path: Path | None, step: str | None, *, everything: bool, as_json: bool) -> int:
    """What the last build of a spec did, or of any where none is named, from its log alone."""
    from vidbuild.api.runs import last_run
    from vidbuild.report import run_view

    run = last_run(path)
    told = run.history()
    if step and step not in told.steps:
        hint = did_you_mean(step, told.steps) or f"vidbuild runs show {run.run} --all"
        raise UsageError(f"run '{run.run}' says nothing of a step '{step}'", hint=hint)
    if as_json:
        steps = [each.to_json() for each in told.steps.values() if step in {None, each.step}]
        console.result_json({"spec": str(path or run.spec), "run": run.run, "state": run.state, "steps": steps})
        return Exit.DONE
    for line in run_view.explained(looked_at(run), told, step, everything=everything):
        console.result(line)
    return Exit.DONE
