"""Keeps what a build with nothing to do printed, in the record that `vidbuild.null_build` repeats."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild import null_build, null_log
from vidbuild.api import null_record
from vidbuild.cli import console, options, result_output
from vidbuild.report import humanize
from vidbuild.sanitize import sanitize, sanitize_json

if TYPE_CHECKING:
    from vidbuild.api.build_command import NullFacts
    from vidbuild.api.result import Result

_OF_THE_BUILD = "VB90"  # codes of what is found in a build, not in its spec or steps: the next build may not find it


def keep(
    name: str,
    found: NullFacts,
    result: Result,
    specs: Sequence[Path],
    *,
    form: str,
    quiet: bool,
) -> None:
    """Keep the record of a build.

    found: its video, its report, and when it began.
    result: what was printed, in this form.
    """
    texts = _texts(result, form, quiet=quiet)
    if texts is None or any(each.code.startswith(_OF_THE_BUILD) for each in result.warnings):
        return
    video, report, began = found
    build = null_record.NullBuild(video.plan, report, video.store, video.folder, began)
    null_record.keep(build, name, specs, texts)


def _texts(result: Result, form: str, *, quiet: bool) -> null_record.Texts | None:
    """Return what was printed; None if it has an unusual form."""
    first = "".join(sanitize(line) + "\n" for line in result_output.problem_lines(result))
    lines = [sanitize(line) for line in result_output.last_lines(result)]
    took = f"{humanize.elapsed(result.wall_seconds)})"
    if len(lines) != 1 or not lines[0].endswith(took) or form not in {options.HUMAN, options.JSON}:
        return None
    last = "" if quiet else f"{lines[0].removesuffix(took)}{null_build.TOOK.decode()})\n"
    if form == options.HUMAN:
        return null_record.Texts(first, last, "")
    marks = {"run": null_log.RUN, "wall_seconds": null_build.WALL}
    text = null_record.marked(result_output.as_json([result]), marks, **console.json_form())
    return null_record.Texts(first, sanitize_json(text) + "\n", last)
