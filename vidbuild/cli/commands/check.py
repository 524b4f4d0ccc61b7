"""`vidbuild check`: find all problems of specs without rendering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit


@click.command("check", epilog=options.example("vidbuild check video.yaml", "vidbuild check --json specs/*.yaml"))
@options.specs()
@options.variables()
@click.option("--allow-network-voice", is_flag=True, help="Allow specs to use online voices in CI.")
@options.as_json("the problems")
def command(specs: Sequence[Path], variables: Mapping[str, str], *, allow_network_voice: bool, as_json: bool) -> int:
    """Find all problems of specs without rendering.

    Errors fail the check; warnings do not.
    """
    from vidbuild.api.check import check

    checked = check(options.resolve_specs(specs), variables=variables, allow_network_voice=allow_network_voice)
    failed = any(not each.ok for each in checked)
    if as_json:
        console.result_json({"status": "failed" if failed else "ok", "specs": [each.to_json() for each in checked]})
        return Exit.WRONG if failed else Exit.DONE
    for each in checked:
        if each.text:
            console.message(each.text)
        if each.ok:
            console.result(f"{each.spec}: ok")
    return Exit.WRONG if failed else Exit.DONE
