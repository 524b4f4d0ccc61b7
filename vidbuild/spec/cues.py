"""Checks the cues of a scene: each `at` names one that the narration defines, and each is used."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from vidbuild.json_types import Json
from vidbuild.model import Narration
from vidbuild.spec import pauses, scene_narration
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path
from vidbuild.spec.narration import NAME
from vidbuild.spec.value_hints import value_of
from vidbuild.suggest import nearest


def check(
    data: Json,
    path: Path,
    parsed: Narration | None,
    language: str,
    collector: DiagnosticCollector,
    *,
    other_uses: Collection[str] | None,
) -> None:
    """Check that the narration defines the cues that `at` names.

    data: the scene as it is written.
    other_uses: cues that something else than an `at` of the scene uses, such as a marker of a recording, or another
        output; None if any may be used by a field that is wrong.
    """
    defined = parsed.cues if parsed else {}
    used: set[str | None] = set()
    for at_path, cue in named(data, path):
        used.add(cue)
        if cue not in defined:
            similar = nearest(cue, defined)
            used.add(similar)
            add = f"add '[[{cue}]]' to the narration" if parsed else f"add a 'narration' with '[[{cue}]]' in it"
            hint = f"did you mean '{similar}'?" if similar else add
            if cue == "pause" and parsed and parsed.has_pauses:
                hint = "'[[pause 0.5]]' is silence and no cue: add a cue of another name before or after it"
            collector.error(at_path, f"no narration defines cue '{cue}'", hint)
    narration: Path = (*path, "narration")
    texts = list(scene_narration.texts(value_of(data, ("narration",)), narration, language))
    for cue in defined:
        if other_uses is not None and cue not in used and cue not in other_uses:
            place = next((place for place, text in texts if f"[[{cue}]]" in text), narration)
            collector.warning("VB213", place, f"no 'at' uses cue '{cue}'", pauses.hint(cue), token=f"[[{cue}]]")


def named(data: Json, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the path and the cue of every `at` and `until` that names one."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key in {"at", "until"} and isinstance(value, str) and NAME.match(value):
                yield (*path, key), value
            else:
                yield from named(value, (*path, key))
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from named(item, (*path, index))
