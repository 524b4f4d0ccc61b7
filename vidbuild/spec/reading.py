"""Resolves the `reading` of a spec: whether what is written is read as people say it, and the user's own lexicon."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.frozen import dataclass, field, replaced
from vidbuild.reading.lexicon import Lexicon
from vidbuild.reading.reader import Reader
from vidbuild.spec import files, ipa, paths, pronounce, reader, validate
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path

VERBATIM = "verbatim"
LEXICON: Path = ("reading", "lexicon")


@dataclass(frozen=True, slots=True)
class Reading:
    """The reading of a spec.

    is_on: whether narrations are read; otherwise voices get them as they are written.
    lexicon: the user's own and the built-in.
    files: the lexicon's file, if there is one.
    sources: its name in diagnostics -> its text.
    """

    is_on: bool = True
    lexicon: Lexicon = field(default_factory=Lexicon)
    files: tuple[FilePath, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    _readers: dict[str, Reader] = field(default_factory=dict)

    def reader(self, language: str) -> Reader | None:
        """Return the reader for narrations in a language; None if they are spoken as written."""
        if not self.is_on:
            return None
        if language not in self._readers:
            self._readers[language] = Reader(self.lexicon, language)
        return self._readers[language]


def load(value: str | Mapping[str, Any], collector: DiagnosticCollector, root: FilePath) -> Reading:
    """Return the reading of a valid `reading` value; problems of the lexicon's file go to the diagnostics.

    root: the project's root.
    """
    if isinstance(value, str):
        return Reading(is_on=value != VERBATIM)
    name = value.get("lexicon")
    if name is None:
        return Reading()
    folder = collector.document.folder(LEXICON)
    try:
        file = paths.resolve(name, folder, root)
        text, problems = reader.decode(files.content(file, name), _shown(name, collector))
        if spelling := paths.other_spelling(name, folder):
            collector.warning("VB111", LEXICON, *spelling)
    except paths.InputError as error:
        collector.error(LEXICON, error.message, error.hint)
        return Reading(files=(paths.as_written(name, folder),))
    entries: Mapping[str, Any] = {}
    if not problems:
        entries, problems = _entries(text, _shown(name, collector))
    collector.diagnostics.extend(replaced(item, file=collector.document.name) for item in problems)
    own = {unicodedata.normalize("NFC", word): pronounce.entry_of(word, spoken) for word, spoken in entries.items()}
    where = (paths.as_written(name, folder),)
    return Reading(lexicon=Lexicon(own), files=where, sources={_shown(name, collector): text})


def _shown(name: str, collector: DiagnosticCollector) -> str:
    return os.path.normpath(collector.document.folder(LEXICON) / name)


def _entries(text: str, shown: str) -> tuple[Mapping[str, Any], list[Diagnostic]]:
    """Return the entries of a lexicon's text, none if it has problems."""
    document, problems = reader.read(text, shown)
    if not any(item.severity == "error" for item in problems):
        problems += validate.diagnose(document, validate.validate(document, "lexicon"))
    if not any(item.severity == "error" for item in problems):
        ipa.check(document.data, (), DiagnosticCollector(document, problems))
    if any(item.severity == "error" for item in problems):
        return {}, problems
    return document.data, problems
