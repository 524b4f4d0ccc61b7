"""`vidbuild doctor`: what vidbuild found here, what is missing and the command that mends it."""

from __future__ import annotations

from dataclasses import asdict

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit


@click.command("doctor", epilog=options.example("vidbuild doctor"))
@options.as_json("the findings")
def command(*, as_json: bool) -> int:
    """Show what is here and what is missing.

    Versions, fonts, ffmpeg, voices and the cache, each with the command that mends it where it is not as it should be.
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
        if each.mend:
            console.result(f"      hint: {each.mend}")
    return Exit.DONE if healthy else Exit.FAILED
