"""`vidbuild check`: find all problems of specs without rendering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vidbuild.cli import console, options, spec_files
from vidbuild.cli.exit_codes import Exit, most_severe, of_fault
from vidbuild.platforms import POSIX, USE_WSL

if TYPE_CHECKING:
    from vidbuild.api.check import CheckResult


@click.command(
    "check", epilog=options.example("vidbuild check video.yaml", "vidbuild check --format github specs/*.yaml")
)
@options.specs()
@options.videos()
@options.variables()
@options.brand()
@options.draft("Check drafts: nothing is spoken, and times are estimated from the text.")
@options.strict()
@click.option("--allow-network-voice", is_flag=True, help="Allow specs to use online voices in CI.")
@options.frozen()
@options.quiet()
@options.as_json("the problems")
@options.output_format()
def command(
    specs: Sequence[Path],
    variables: Mapping[str, str],
    *,
    brand: str | None,
    language: Sequence[str],
    output_name: Sequence[str],
    draft: bool,
    strict: bool,
    allow_network_voice: bool,
    frozen: bool,
    quiet: bool,
    as_json: bool,
    form: str,
) -> int:
    """Find all problems of specs without rendering.

    Errors fail the check; warnings do so only with --strict. Narrations are spoken and scenes laid out to find what
    does not fit, and the cache keeps the results for the next build. Voices on the network are not used.
    """
    from vidbuild.api.check import check

    form = options.form_of_stdout(form, as_json=as_json)
    sources = [options.read_spec(path) for path in spec_files.resolve_specs(specs)]
    checked = check(
        sources,
        variables=variables,
        brand=brand,
        allow_network_voice=allow_network_voice,
        frozen=frozen,
        strict=strict,
        language=language,
        output_name=output_name,
        draft=draft,
    )
    code = most_severe(_exit_code(each) for each in checked)
    if form == options.JSON:
        for text in filter(None, (each.text for each in checked)):
            console.message(text)
        specs_as_json = [each.to_json() for each in checked]
        console.result_json({"status": "failed" if code else "ok", "complete": POSIX, "specs": specs_as_json})
        return code
    if not POSIX:
        console.message("vidbuild: speech and layout are not checked: they need Linux or macOS")
        console.message(f"      hint: {USE_WSL}")
    write = console.result if form == options.HUMAN else console.message
    for each in checked:
        if each.text:
            console.message(each.text)
        if each.ok and not quiet:
            write(f"{each.spec}: ok")
    if form in options.FOR_PROGRAMS:
        from vidbuild.api.problem_report import of_check
        from vidbuild.cli import formats

        formats.write(of_check(checked, formats.texts(sources)), form)
    return code


def _exit_code(result: CheckResult) -> Exit:
    """Return the code for a wrong spec, unless the spec's steps failed for other reasons."""
    if result.ok:
        return Exit.DONE
    return most_severe(map(of_fault, result.faults)) or Exit.WRONG
