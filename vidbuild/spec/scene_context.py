"""What the checks of a spec's scenes have in common."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidbuild.frozen import dataclass, field
from vidbuild.location import Location
from vidbuild.model import Music, Voice
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path as FieldPath
from vidbuild.spec.pronounce import Pronunciation
from vidbuild.spec.reading import Reading


@dataclass(frozen=True, slots=True)
class SceneContext:
    """What the scenes of a spec have in common.

    spec: the spec's top-level values, defaults filled in.
    collector: the spec's diagnostics.
    root: the project's root.
    voice: the spec's voice; None if it is wrong.
    last: the last scene's index.
    locations: scene's index -> field -> location, as scene_locations.locations returns it.
    pronunciation: the spec's `pronounce`, which records the entries that narrations use.
    reading: the spec's `reading`.
    music: of the scenes that do not set their own.
    behavior: of the theme: the transition and effects of a spec that sets none.
    recordings: whether the outputs of commands that were run are read from their recordings.
    credits: a line about each stock file of the spec.
    cues: scene's index -> cues that its other outputs use.
    files: the files that the scenes name; `scene` adds to them.
    sources: file name as in diagnostics -> text of the text files that the scenes name; `scene` adds to them.
    translations: language -> the diagnostics of narrations in other languages than the spec's. They are kept apart,
        because most builds need the spec's language only.
    """

    spec: Mapping[str, Any]
    collector: DiagnosticCollector
    root: Path
    voice: Voice | None
    last: int
    locations: Mapping[int, Mapping[str, Location]]
    pronunciation: Pronunciation
    reading: Reading
    music: Music | None = None
    behavior: Mapping[str, Any] = field(default_factory=dict)
    recordings: bool = True
    credits: tuple[str, ...] = ()
    cues: Mapping[int, frozenset[str]] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    translations: dict[str, DiagnosticCollector] = field(default_factory=dict)

    @property
    def language(self) -> str:
        """The spec's language."""
        return str(self.spec["language"])

    def folder(self, path: FieldPath) -> Path:
        """Return the folder that the paths of a value start from: that of the file with the value."""
        return self.collector.document.folder(path)

    def collector_of(self, language: str) -> DiagnosticCollector:
        """Return the diagnostics of narrations in a language."""
        if language == self.language:
            return self.collector
        return self.translations.setdefault(language, DiagnosticCollector(self.collector.document))
