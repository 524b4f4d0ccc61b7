"""`vidbuild still`: render one frame of a scene as a PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from vidbuild.cli import console, options, result_output, spec_files
from vidbuild.cli.exit_codes import Exit
from vidbuild.errors import UsageError
from vidbuild.platforms import shell_command


@click.command(
    "still",
    epilog=options.example(
        "vidbuild still video.yaml install", "vidbuild still video.yaml install --at 2.5 -o look.png"
    ),
)
@options.spec("spec_or_scene")
@click.argument("scene", metavar="SCENE", required=False, shell_complete=options.completes("scene"))
@click.option(
    "--at",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Time from the scene's start; default: its last frame.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Path of the PNG; default: NAME.SCENE.png in 'build'.",
)
@options.videos()
@options.variables()
@options.brand()
@options.as_json("the path of the PNG and the warnings")
def command(
    spec: Path | None,
    scene: str | None,
    at: float | None,
    output: Path | None,
    variables: Mapping[str, str],
    *,
    brand: str | None,
    language: Sequence[str],
    output_name: Sequence[str],
    as_json: bool,
) -> int:
    """Render one frame of SCENE as a PNG.

    It uses the same cache as a build.
    """
    from vidbuild.api.still import still_with_warnings

    spec, scene = options.split_spec_and_name(spec, scene)
    if scene is None:
        raise UsageError("no scene is named", hint=shell_command("vidbuild", "still", spec or spec_files.SPEC, "SCENE"))
    path = spec_files.resolve_spec(spec)
    chosen = options.load_spec(path, variables, brand)
    still = still_with_warnings(
        chosen, scene, at, output, variables=variables, brand=brand, language=language, output_name=output_name
    )
    for line in result_output.warning_lines(still.warnings):
        console.message(line)
    if as_json:
        console.result_json({"path": str(still.path), "warnings": [each.to_json(path) for each in still.warnings]})
    else:
        console.result(str(still.path))
    return Exit.DONE
