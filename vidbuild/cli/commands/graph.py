"""`vidbuild graph`: show the steps of a spec and their inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from vidbuild.cli import console, options, result_output, spec_files
from vidbuild.cli.exit_codes import Exit
from vidbuild.errors import UsageError

_FORMATS = ("text", "dot", "mermaid", "json")


@click.command(
    "graph",
    epilog=options.example(
        "vidbuild graph video.yaml", "vidbuild graph video.yaml --format dot | dot -Tsvg > graph.svg"
    ),
)
@options.spec()
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True, help="Output format.")
@options.videos()
@options.draft("Show the steps of drafts instead.")
@options.variables()
@options.brand()
@options.as_json("the steps")
def command(
    spec: Path | None,
    form: str,
    variables: Mapping[str, str],
    *,
    as_json: bool,
    brand: str | None,
    language: Sequence[str],
    output_name: Sequence[str],
    draft: bool,
) -> int:
    """Show the steps of SPEC and their inputs.

    No step is run.
    """
    from vidbuild.api.graph import graph_with_warnings
    from vidbuild.report import diagram

    if as_json and form in {"dot", "mermaid"}:
        raise UsageError(f"--json and --format {form} both write to stdout", hint="leave out one of them")
    path = spec_files.resolve_spec(spec)
    graph, warnings = graph_with_warnings(
        options.load_spec(path, variables, brand),
        variables=variables,
        brand=brand,
        language=language,
        output_name=output_name,
        draft=draft,
    )
    for line in result_output.warning_lines(warnings):
        console.message(line)
    if as_json or form == "json":
        console.result_json({"steps": graph.to_data(), "warnings": [each.to_json(path) for each in warnings]})
        return Exit.DONE
    needs = {name: list(dict.fromkeys(step.needs())) for name, step in graph.steps.items()}
    console.result(diagram.FORMS[form](needs))
    return Exit.DONE
