"""The output of `build --verify`: lines for people, JSON for programs, and an exit code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.cli.exit_codes import Exit
from vidbuild.report import humanize
from vidbuild.sanitize import single_line

if TYPE_CHECKING:
    from vidbuild.api.verify import Difference, Verified

_OUTPUT_MODIFIED = "      all steps reproduce; the output file itself was modified"


def first_line(specs: Sequence[Path]) -> str:
    """Return the line that is printed before the second build, which takes as long as a first build."""
    names = ", ".join(humanize.first([single_line(str(spec)) for spec in specs], 4))
    return f"verifying: rebuilding {names} from an empty cache"


def lines(verified: Verified, *, show_spec: bool = False) -> list[str]:
    """Return the lines about one spec; none if there was nothing to compare.

    show_spec: begin with the spec's name, since there are several.
    """
    spec = f"{single_line(str(verified.built.spec))}: " if show_spec else ""
    if verified.status == "untried":
        return []
    if verified.status == "cancelled":
        return [f"{spec}not verified: cancelled"]
    if verified.status == "failed":
        return [f"{spec}not verified: the second build failed: {verified.error}"]
    reused = [_reused(verified)] if verified.reused else []
    difference = _difference(verified.difference) if verified.difference else []
    if verified.ok:
        outputs, took = humanize.count(len(verified.built.outputs), "output"), humanize.elapsed(verified.seconds)
        return [f"{spec}verified: {outputs} identical when rebuilt from an empty cache ({took})", *reused, *difference]
    failed = f"{spec}not verified: '{verified.output}' differs when rebuilt from an empty cache"
    return [failed, *(difference or [_OUTPUT_MODIFIED]), *reused]


def exit_code(verified: Verified) -> Exit:
    """Return the exit code for one spec."""
    if verified.status == "cancelled":
        return Exit.INTERRUPTED
    return Exit.DONE if verified.status in {"same", "untried"} else Exit.FAILED


def add_to_json(data: dict[str, Any], verified: Sequence[Verified]) -> dict[str, Any]:
    """Return the one object of `--json` with the findings added to each of its builds."""
    for build, each in zip(data.get("builds", [data]), verified, strict=False):
        build["verified"] = each.to_json()
    return data


def _reused(verified: Verified) -> str:
    recordings = humanize.count(len(verified.reused), "recording")
    return f"      reused {recordings} of network voices from the cache: {', '.join(verified.reused)}"


def _difference(difference: Difference) -> list[str]:
    line = f"      first step that differs: {difference.step}, its '{difference.file}': {difference.why}"
    return [line, f"      hint: vidbuild build --fresh {difference.step}"] if difference.repeatable else [line]
