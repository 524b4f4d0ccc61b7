"""Checks entries whose kind is one of their fields: callouts and overlays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path
from vidbuild.spec.wording import either


def only(
    kinds: Sequence[str], fields: Mapping[str, Any], path: Path, noun: str, collector: DiagnosticCollector
) -> str | None:
    """Return the kind of an entry; None after adding an error if it has none or several.

    noun: what an entry is called, such as "callout".
    """
    given = [kind for kind in kinds if kind in fields]
    if len(given) == 1:
        return given[0]
    if given:
        message = f"'{given[0]}' and '{given[1]}' cannot both be given"
        collector.error((*path, given[1]), message, f"write two {noun}s", key=True)
    else:
        article = "an" if noun[0] in "aeiou" else "a"
        collector.error(path, f"{article} {noun} needs one of {either(kinds)}")
    return None


def check_fields(
    kind: str,
    takers: Mapping[str, Sequence[str]],
    fields: Mapping[str, Any],
    path: Path,
    collector: DiagnosticCollector,
) -> None:
    """Add an error for each field that has no effect on an entry of this kind.

    takers: field -> the kinds that it has an effect on, if these are not all.
    """
    for name, others in takers.items():
        if name in fields and kind not in others:
            hint = f"remove it, or use {'one of ' if len(others) > 1 else ''}{either(others)}"
            collector.error((*path, name), f"'{name}' has no effect on '{kind}'", hint, key=True)
