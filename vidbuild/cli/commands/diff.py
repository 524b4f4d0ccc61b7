"""`vidbuild diff`: show what has changed between two versions of a video."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vidbuild.cli import console, options, spec_files
from vidbuild.cli.exit_codes import Exit
from vidbuild.errors import UsageError

if TYPE_CHECKING:
    from vidbuild.api.diff import Difference


_MARKDOWN = "markdown"


@click.command(
    "diff",
    epilog=options.example(
        "vidbuild diff main:video.yaml video.yaml",
        "vidbuild diff --base main video.yaml",
        "vidbuild diff old/build build -o changes.html",
    ),
)
@click.argument("versions", metavar="[BEFORE] [AFTER]", nargs=-1)
@click.option("--base", metavar="REVISION", help="Compare a spec with itself in this git revision.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Path of the page; default: NAME.diff.html among the outputs of AFTER.",
)
@options.videos()
@options.variables()
@options.brand()
@options.as_json("what has changed")
@click.option(
    "--format",
    "form",
    type=click.Choice([options.HUMAN, options.JSON, _MARKDOWN]),
    default=options.HUMAN,
    help="What stdout has: text for people (the default), the object of --json, or Markdown for a comment.",
)
def command(
    versions: tuple[str, ...],
    base: str | None,
    output: Path | None,
    variables: Mapping[str, str],
    *,
    brand: str | None,
    language: Sequence[str],
    output_name: Sequence[str],
    as_json: bool,
    form: str,
) -> int:
    """Show what has changed between two versions of a video.

    BEFORE and AFTER are each a spec, REVISION:SPEC of the git repository here, a folder of outputs, or a built video.
    The page is one file: before and after of each changed scene's picture, with a slider, its narration, duration and
    captions. No step is run and nothing encoded: pictures are those of builds, or of the cache.
    """
    from vidbuild.api.diff import diff

    if as_json and form == _MARKDOWN:
        raise UsageError("--json and --format markdown both write to stdout", hint="leave out one of them")
    before, after = _versions(versions, base)
    found = diff(
        before,
        after,
        output=output,
        variables=variables,
        brand=brand,
        language=language,
        output_name=output_name,
    )
    if as_json or form == options.JSON:
        console.result_json(found.to_json())
        return Exit.DONE
    if form == _MARKDOWN:
        console.result(found.to_markdown())
        return Exit.DONE
    for line in _lines(found):
        console.result(line)
    return Exit.DONE


def _versions(versions: tuple[str, ...], base: str | None) -> tuple[str, str]:
    """Return the two versions that the arguments name."""
    if base is not None:
        if len(versions) > 1:
            raise UsageError("--base takes one spec", hint="vidbuild diff --base main video.yaml")
        spec = spec_files.resolve_spec(Path(versions[0]) if versions else None)
        return f"{base}:{spec}", str(spec)
    if len(versions) != 2:  # noqa: PLR2004 - before and after
        raise UsageError(
            f"expected two versions, got {len(versions)}", hint="vidbuild diff --base main video.yaml, or name both"
        )
    return versions[0], versions[1]


def _lines(found: Difference) -> Iterator[str]:
    for change in found.comparison.changes:
        yield f"{change.id}  {change.summary}"
    yield found.summary
    yield str(found.page)
