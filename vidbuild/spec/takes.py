"""The locked takes that a spec with voices on the network may use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from pathlib import Path

from vidbuild.frozen import replaced
from vidbuild.model import Take, Voice
from vidbuild.spec import lock_file, voice
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.diagnostics import SpecError


def locked(
    voices: Iterable[Voice], root: Path, collector: DiagnosticCollector, sources: MutableMapping[str, str]
) -> Mapping[str, Take]:
    """Return the takes in a project's lock, none if no voice needs the network; add the errors of the lock.

    sources: gets the lock's text if it has errors.
    """
    if not voice.any_online(voices):
        return {}
    try:
        lock, _ = lock_file.load(root)
    except SpecError as error:
        collector.diagnostics.extend(replaced(each, file=collector.document.name) for each in error.diagnostics)
        sources.update(error.sources)
        return {}
    return {
        key: Take(root / each.file, root / each.words, each.sha256, each.words_sha256)
        for key, each in lock.voices.items()
    }
