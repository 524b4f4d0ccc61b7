"""`vidbuild still`: render one frame of a scene as a PNG."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit
from vidbuild.errors import UsageError


@click.command(
    "still",
    epilog=options.example(
        "vidbuild still video.yaml install", "vidbuild still video.yaml install --at 2.5 -o look.png"
    ),
)
@options.spec()
@click.argument("scene", metavar="SCENE", required=False)
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
@options.variables()
def command(
    spec: Path | None, scene: str | None, at: float | None, output: Path | None, variables: Mapping[str, str]
) -> int:
    """Render one frame of SCENE as a PNG.

    It uses the same cache as a build.
    """
    from vidbuild.api.still import still

    spec, scene = options.split_spec_and_name(spec, scene)
    if scene is None:
        raise UsageError("no scene is named", hint=f"vidbuild still {spec or options.SPEC} SCENE")
    path = still(options.resolve_spec(spec), scene, at, output, variables=variables)
    console.result(str(path))
    return Exit.DONE
