"""The output of `build --verify`: lines for people, JSON for programs, and an exit code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.cli.exit_codes import Exit
from vidbuild.report import humanize
from vidbuild.sanitize import single_line

if TYPE_CHECKING:
    from vidbuild.api.verify import Difference, Verification

_OUTPUT_MODIFIED = "      all steps reproduce; the output file itself was modified"


def first_line(specs: Sequence[Path]) -> str:
    """Return the line that is printed before the second build, which takes as long as a first build."""
    names = ", ".join(humanize.first([single_line(str(spec)) for spec in specs], 4))
    return f"verifying: rebuilding {names} from an empty cache"


def lines(verification: Verification, *, show_spec: bool = False) -> list[str]:
    """Return the lines about one spec; none if there was nothing to compare.

    show_spec: begin with the spec's name, since there are several.
    """
    spec = f"{single_line(str(verification.built.spec))}: " if show_spec else ""
    if verification.status == "untried":
        return []
    if verification.status == "cancelled":
        return [f"{spec}not verified: cancelled"]
    if verification.status == "failed":
        return [f"{spec}not verified: the second build failed: {verification.error}"]
    reused = [_reused(verification)] if verification.reused else []
    difference = _difference(verification.difference) if verification.difference else []
    if verification.ok:
        outputs, took = (
            humanize.count(len(verification.built.outputs), "output"),
            humanize.elapsed(verification.seconds),
        )
        return [
            f"{spec}verified: {outputs} identical when rebuilt from an empty cache ({took})",
            *reused,
            *difference,
        ]
    failed = f"{spec}not verified: '{verification.output}' differs when rebuilt from an empty cache"
    return [failed, *(difference or [_OUTPUT_MODIFIED]), *reused]


def exit_code(verification: Verification) -> Exit:
    """Return the exit code for one spec."""
    if verification.status == "cancelled":
        return Exit.INTERRUPTED
    return Exit.DONE if verification.status in {"same", "untried"} else Exit.FAILED


def add_to_json(data: dict[str, Any], verified: Sequence[Verification]) -> dict[str, Any]:
    """Return the one object of `--json` with the findings added to each of its builds."""
    for build, each in zip(data.get("builds", [data]), verified, strict=False):
        build["verified"] = each.to_json()
    return data


def _reused(verification: Verification) -> str:
    recordings = humanize.count(len(verification.reused), "recording")
    return f"      reused {recordings} of network voices from the cache: {', '.join(verification.reused)}"


def _difference(difference: Difference) -> list[str]:
    line = f"      first step that differs: {difference.step}, its '{difference.file}': {difference.why}"
    return [line, f"      hint: vidbuild build --fresh {difference.step}"] if difference.repeatable else [line]
