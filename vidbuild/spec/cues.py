"""Checks the cues of a scene: each `at` names one that the narration defines, and each is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vidbuild.json_types import Json
from vidbuild.model import Narration
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path
from vidbuild.spec.narration import NAME
from vidbuild.suggest import nearest


def check(
    data: Json, path: Path, parsed: Narration | None, language: str, collector: DiagnosticCollector, *, all_used: bool
) -> None:
    """Check that the narration defines the cues that `at` names.

    data: the scene as it is written.
    all_used: whether each cue of the narration should be used, since no field is missing that may use it.
    """
    defined = parsed.cues if parsed else {}
    used: set[str | None] = set()
    for at_path, cue in _cues(data, path):
        used.add(cue)
        if cue not in defined:
            similar = nearest(cue, defined)
            used.add(similar)
            add = f"add '[[{cue}]]' to the narration" if parsed else f"add a 'narration' with '[[{cue}]]' in it"
            hint = f"did you mean '{similar}'?" if similar else add
            collector.error(at_path, f"no narration defines cue '{cue}'", hint)
    for cue in defined:
        if cue not in used and all_used:
            candidates = ((*path, "narration", key) for key in ("text", language))
            text = next((key for key in candidates if key in collector.document.values), (*path, "narration"))
            collector.warning(text, f"no 'at' uses cue '{cue}'", token=f"[[{cue}]]")


def _cues(data: Json, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the path and the cue of every `at` that names one."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key == "at" and isinstance(value, str) and NAME.match(value):
                yield (*path, key), value
            else:
                yield from _cues(value, (*path, key))
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from _cues(item, (*path, index))
