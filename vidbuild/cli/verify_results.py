"""How a second build from an empty cache is told: which lines, which exit code. It knows no stream."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.cli.exit_codes import Exit
from vidbuild.report import humanize
from vidbuild.sanitize import one_line

if TYPE_CHECKING:
    from vidbuild.api.verify import Difference, Verified


def beginning(specs: Sequence[Path]) -> str:
    """What is said before it begins, since it takes as long as a first build."""
    named = ", ".join(humanize.first([one_line(str(spec)) for spec in specs], 4))
    return f"verifying: {named} again from an empty cache"


def lines(found: Verified, *, several: bool = False) -> list[str]:
    """What came of one spec; nothing where there was nothing to compare."""
    which = f"{one_line(str(found.built.spec))}: " if several else ""
    if found.status == "untried":
        return []
    if found.status == "cancelled":
        return [f"{which}not verified: cancelled"]
    if found.status == "failed":
        return [f"{which}not verified: the second build failed: {found.error}"]
    taken = [_taken(found)] if found.reused else []
    told = _difference(found.difference) if found.difference else []
    if found.ok:
        outputs, took = len(found.built.outputs), humanize.elapsed(found.seconds)
        return [f"{which}verified: {outputs} outputs are the same from an empty cache ({took})", *taken, *told]
    return [f"{which}not verified: '{found.output}' is another from an empty cache", *(told or [_ELSEWHERE]), *taken]


def code(found: Verified) -> Exit:
    """The exit code that one spec comes to."""
    if found.status == "cancelled":
        return Exit.INTERRUPTED
    return Exit.DONE if found.status in {"same", "untried"} else Exit.FAILED


def added(told: dict[str, Any], found: Sequence[Verified]) -> dict[str, Any]:
    """The one object of `--json`, with what verifying found in each of its builds."""
    for build, each in zip(told.get("builds", [told]), found, strict=False):
        build["verified"] = each.to_json()
    return told


_ELSEWHERE = "      all steps make the same: the file was changed where it lies"


def _taken(found: Verified) -> str:
    takes = humanize.count(len(found.reused), "recorded take")
    return f"      {takes} of network voices used again, not asked for again: {', '.join(found.reused)}"


def _difference(found: Difference) -> list[str]:
    told = [f"      first step that differs: {found.step}, its '{found.file}': {found.why}"]
    return [*told, f"      hint: vidbuild build --fresh {found.step}"] if found.repeatable else told
