"""What has changed between two versions, as Markdown for a comment on a pull request or in a summary of a job."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vidbuild.comparison.compare import Change, Comparison
from vidbuild.comparison.page import summary
from vidbuild.report import humanize
from vidbuild.sanitize import single_line

LISTED = 30  # scenes; a comment has room for 65,536 characters, and a job can compare many specs
_LEAST = 0.05  # seconds by which a scene's length must differ to be given


def section(comparison: Comparison) -> str:
    """Return a heading with the name of the newer version, a sentence, and a table of changed scenes; no line end."""
    return "\n".join(_lines(comparison))


def code(text: str) -> str:
    """Return a text as code, in a cell of a table too."""
    text = single_line(text).replace("|", "\\|")
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}" if longest else f"{fence}{text}{fence}"


def _lines(comparison: Comparison) -> Iterator[str]:
    yield f"#### {code(comparison.after.label)}"
    yield ""
    yield f"{summary(comparison).replace(' -> ', ' → ')}, against {code(comparison.before.label)}."
    shown = [each for each in comparison.changes if not each.only_beside]
    if not shown:
        return
    yield ""
    yield "| scene | what has changed |"
    yield "|---|---|"
    for change in shown[:LISTED]:
        yield f"| {code(change.id)} | {_what(change)} |"
    if len(shown) > LISTED:
        yield f"| … | {humanize.count(len(shown) - LISTED, 'more scene')} |"


def _what(change: Change) -> str:
    before, after = change.before, change.after
    if change.state != "changed":
        source = f" from {code(before.id)}" if before and after else ""
        return f"{change.state}{source}"
    # "unknown" is what the page explains: there is no picture to compare.
    words = ["picture not built" if each == "unknown" else each for each in change.what]
    if before and after and before.seconds is not None and after.seconds is not None:
        longer = abs(before.seconds - after.seconds) >= _LEAST
        length = f"duration {before.seconds:.1f} s → {after.seconds:.1f} s"
        words = [length if each == "duration" and longer else each for each in words]
    return ", ".join(words)
