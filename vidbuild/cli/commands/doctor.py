"""`vidbuild doctor`: check what vidbuild needs, and print the commands that fix what is missing."""

from __future__ import annotations

from dataclasses import asdict

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit


@click.command("doctor", epilog=options.example("vidbuild doctor"))
@options.as_json("the findings")
def command(*, as_json: bool) -> int:
    """Check the tools that vidbuild needs.

    Checks versions, ffmpeg, fonts, voices, the sandbox and the cache, and prints a command that fixes each problem.
    """
    from vidbuild.api.doctor import doctor

    findings = doctor()
    healthy = all(each.ok for each in findings)
    if as_json:
        console.result_json({"ok": healthy, "findings": [asdict(each) for each in findings]})
        return Exit.DONE if healthy else Exit.FAILED
    width = max(len(each.name) for each in findings)
    for each in findings:
        console.result(f"{'ok     ' if each.ok else 'missing'}  {each.name:<{width}}  {each.found}".rstrip())
        if each.fix:
            console.result(f"      hint: {each.fix}")
    return Exit.DONE if healthy else Exit.FAILED
