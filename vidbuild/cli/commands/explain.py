"""`vidbuild explain`: explain why each step would run or is cached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from vidbuild.cli import console, options, result_output, spec_files
from vidbuild.cli.commands.runs import summary_of
from vidbuild.cli.exit_codes import Exit
from vidbuild.errors import UsageError
from vidbuild.report import humanize
from vidbuild.suggest import did_you_mean

_REASONS = 4  # of one step among others
_NEW = "new"  # the reason "never built", which the step's own line has already


@click.command(
    "explain",
    epilog=options.example(
        "vidbuild explain video.yaml", "vidbuild explain video.yaml render:install", "vidbuild explain --last"
    ),
)
@options.spec("spec_or_step")
@click.argument("step", required=False, shell_complete=options.completes("step"))
@click.option("--last", is_flag=True, help="Explain the last build instead: of SPEC, or of any spec.")
@click.option("-a", "--all", "everything", is_flag=True, help="List cached steps too.")
@options.videos()
@options.draft("Explain the steps of drafts instead.")
@options.variables()
@options.brand()
@options.as_json("the explanations")
def command(
    spec: Path | None,
    step: str | None,
    variables: Mapping[str, str],
    *,
    brand: str | None,
    language: Sequence[str],
    output_name: Sequence[str],
    draft: bool,
    last: bool,
    everything: bool,
    as_json: bool,
) -> int:
    """Explain why steps would run or are cached.

    For each step of SPEC that is not cached, or for the one STEP, explain names the field or file that changed:
    old -> new. It runs and writes nothing. With --last, explain shows what the last build did and why, from the
    build's own record; without SPEC, it shows the last build of any spec in the project.
    """
    from vidbuild.api.explain import explain_with_warnings

    spec, step = options.split_spec_and_name(spec, step)
    if last:
        path = spec_files.resolve_spec(spec) if spec else None
        return _explain_last(path, step, everything=everything, as_json=as_json)
    path = spec_files.resolve_spec(spec)
    explained = explain_with_warnings(
        options.load_spec(path, variables, brand),
        step,
        variables=variables,
        brand=brand,
        language=language,
        output_name=output_name,
        draft=draft,
    )
    explanations, warnings = explained.steps, explained.warnings
    for line in result_output.warning_lines(warnings):
        console.message(line)
    if as_json:
        steps = [each.to_data() for each in explanations]
        console.result_json({"spec": str(path), "steps": steps, "warnings": [each.to_json(path) for each in warnings]})
        return Exit.DONE
    listed = [each for each in explanations if step or everything or each.state != "cached"]
    for each in listed:
        console.result(each.short())
        reasons = [f"  {reason.long()}" for reason in each.reasons if step or reason.what != _NEW]
        for line in reasons if step else humanize.first(reasons, _REASONS):
            console.result(line)
    if len(explanations) > len(listed):
        cached = len(explanations) - len(listed)
        console.result(f"{cached} of {humanize.count(len(explanations), 'step')} cached")
    return Exit.DONE


def _explain_last(path: Path | None, step: str | None, *, everything: bool, as_json: bool) -> int:
    """Show what the last build of a spec, or of any spec, did, from its log alone."""
    from vidbuild.api.runs import last_run
    from vidbuild.report import run_view

    run = last_run(path)
    history = run.history()
    if step and step not in history.steps:
        hint = did_you_mean(step, history.steps) or f"vidbuild runs show {run.run} --all"
        raise UsageError(f"run '{run.run}' has no step '{step}'", hint=hint)
    if as_json:
        steps = [each.to_json() for each in history.steps.values() if step in {None, each.step}]
        warnings = [dict(each) for each in history.warnings]
        spec = str(path or run.spec)
        console.result_json({"spec": spec, "run": run.run, "state": run.state, "steps": steps, "warnings": warnings})
        return Exit.DONE
    for line in run_view.explanation(summary_of(run), history, step, everything=everything):
        console.result(line)
    return Exit.DONE
