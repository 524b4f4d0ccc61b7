"""`vidbuild record`: run the commands of scenes, and record what they print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from vidbuild.cli import console, options, spec_files
from vidbuild.cli.exit_codes import Exit
from vidbuild.platforms import shell_command


@click.command(
    "record",
    epilog=options.example("vidbuild record video.yaml", "vidbuild record video.yaml --scene install --check"),
)
@options.spec()
@click.option("--scene", "scenes", multiple=True, metavar="ID", help="Only this scene; may be repeated.")
@click.option(
    "--check", is_flag=True, help="Write nothing: fail if a command prints or returns something else than recorded."
)
@options.variables()
@options.as_json("the recordings and whether they changed")
def command(
    spec: Path | None, scenes: Sequence[str], variables: Mapping[str, str], *, check: bool, as_json: bool
) -> int:
    """Run the commands of scenes and record what they print.

    This runs the commands of all scenes with 'record', with your rights, in a scratch copy of the scene's fixture: run
    it only on specs that you trust. It writes casts/ID.cast and casts/ID.txt beside the spec; commit them. A build only
    reads them.
    """
    from vidbuild.api.record import notices, record_scenes, scenes_of

    path = spec_files.resolve_spec(spec)
    loaded = scenes_of(path, scenes, variables)
    for notice in notices(loaded):
        console.message(f"vidbuild: {notice}")
    recordings = []
    for each in record_scenes(loaded, check=check):
        state = "as recorded" if check else "recorded" if each.changed else "unchanged"
        recordings.append({"path": str(each.path), "state": state})
        if not as_json:
            console.result(f"{each.path}: {state}")
    if as_json:
        console.result_json({"spec": str(path), "recordings": recordings})
    elif not check:
        console.message("next: " + shell_command("vidbuild", "build", path))
    return Exit.DONE
