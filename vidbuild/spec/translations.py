"""Reads the translations of a spec's texts: `i18n/LANGUAGE.yaml` beside the spec, scene id -> field -> text.

A field in a list or mapping is named by its whole path, such as `items.0.text`. Texts of the spec itself are below
`$video`. A translation is a text, or {text, source}: `source` is what it was made from.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.frozen import dataclass, replaced
from vidbuild.location import Location
from vidbuild.platforms import shell_command
from vidbuild.project import name_of, root_of
from vidbuild.spec import paths, reader
from vidbuild.spec.document import AUTHORS_OWN, Document, Path
from vidbuild.spec.own_files import own_content, why_unreadable
from vidbuild.spec.value_hints import as_written
from vidbuild.suggest import did_you_mean, nearest_or_all

FOLDER = "i18n"
VIDEO = "$video"  # the key of the texts that belong to no scene
FIELDS = ("text", "source")  # of a translation that is a mapping
MAX_BYTES = 2_000_000  # of one file


@dataclass(frozen=True, slots=True)
class Translation:
    """A text in its file: its place there, and what it was made from, "" if the file does not say."""

    text: str
    document: Document
    path: Path
    source: str = ""


def files(spec: FilePath, language: str) -> list[FilePath]:
    """Return the files that can have translations into a language, the one that wins first.

    A folder with several specs can have a file for each, `i18n/NAME.LANGUAGE.yaml`. A region's language is looked up
    without the region too.
    """
    folder, found = spec.parent / FOLDER, []
    tag = language
    while tag:
        found += [folder / f"{name_of(spec)}.{tag}.yaml", folder / f"{tag}.yaml"]
        tag = tag.rpartition("-")[0]
    return found


class Translations:
    """The translations of one spec into one language.

    files: the files that were read or looked for.
    sources: name as in diagnostics -> text of those that are there.
    diagnostics: what is wrong with them.
    """

    def __init__(self, spec: str, language: str) -> None:
        self._spec, self._language = spec, language
        self.files: list[FilePath] = []
        self.sources: dict[str, str] = {}
        self.diagnostics: list[Diagnostic] = []
        self._found: dict[tuple[str, str], Translation] = {}
        self._wrong: set[tuple[str, str]] = set()
        self._documents: list[Document] = []
        path = FilePath(spec)
        for file in files(path, language):
            self.files.append(file.absolute())
            if file.is_file():
                self._add(file, path)

    def get(self, scene: str, field: str) -> Translation | None:
        """Return the translation of a text. scene: its id, or VIDEO."""
        return self._found.get((scene, field))

    @property
    def file_name(self) -> str:
        """Name of the file in the spec's folder that has the translations, or can have them."""
        name = next((FilePath(each).name for each in self.sources), f"{self._language}.yaml")
        return f"{FOLDER}/{name}"

    @property
    def extraction(self) -> str:
        """The command that writes a file of the texts to translate."""
        return shell_command("vidbuild", "i18n", "extract", FilePath(self._spec).name)

    def is_wrong(self, scene: str, field: str) -> bool:
        """Return whether the translation of a text is there, but cannot be used."""
        return (scene, field) in self._wrong

    def check_names(self, known: Iterable[tuple[str, str]]) -> None:
        """Warn of each translation of a text that the spec does not have. known: (scene, field) of those it has."""
        fields: dict[str, list[str]] = {}
        for scene, field in known:
            fields.setdefault(scene, []).append(field)
        for document in self._documents:
            for scene, entries in _entries(document):
                if scene not in fields:
                    message = f"the spec has no scene '{scene}' with texts to translate"
                    self._warn(document, (scene,), message, did_you_mean(scene, fields))
                    continue
                for field in entries:
                    if field not in fields[scene]:
                        message = f"scene '{scene}' has no text '{field}' to translate"
                        self._warn(document, (scene, field), message, nearest_or_all(str(field), fields[scene]))

    def _add(self, file: FilePath, spec: FilePath) -> None:
        shown = str(file) if spec.is_absolute() else os.path.relpath(file)
        try:
            raw = own_content(file, root_of(spec), MAX_BYTES)
        except (OSError, ValueError, paths.InputError) as error:
            self._error(Document(shown, "", None), (), f"cannot read the translations: {why_unreadable(error)}")
            return
        if len(raw) > MAX_BYTES:
            self._error(Document(shown, "", None), (), f"the file is too large: the maximum is {MAX_BYTES} bytes")
            return
        text, problems = reader.decode(raw, shown)
        self.sources[shown] = text
        document = Document(shown, text, None)
        if not problems:
            document, problems = reader.read(text, shown)
        self.diagnostics.extend(replaced(each, file=self._spec) for each in problems)
        if document.data is None or any(each.severity == "error" for each in problems):
            return
        if not isinstance(document.data, Mapping):
            self._error(document, (), "expected a mapping: scene id -> field -> text")
            return
        self._documents.append(document)
        for scene, entries in _entries(document):
            for field, value in entries.items():
                found = self._translation(document, (scene, field), value)
                if found is None:
                    self._wrong.add((scene, field))
                elif found.text.strip():
                    self._found.setdefault((scene, field), found)
        self._check_scenes(document)

    def _check_scenes(self, document: Document) -> None:
        for scene, value in document.data.items() if isinstance(document.data, Mapping) else ():
            if not isinstance(value, Mapping) and not str(scene).startswith(AUTHORS_OWN):
                hint = f"write '{scene}: {{title: ...}}'"
                self._error(document, (scene,), f"'{scene}' must be a mapping: field -> text", hint)

    def _translation(self, document: Document, path: Path, value: object) -> Translation | None:
        if isinstance(value, str):
            return Translation(value, document, path)
        if isinstance(value, Mapping):
            for name, item in value.items():
                if name not in FIELDS:
                    message = f"unknown field '{name}' of a translation: expected {' or '.join(FIELDS)}"
                    self._error(document, (*path, name), message, did_you_mean(str(name), FIELDS), key=True)
                elif not isinstance(item, str):
                    self._not_text(document, (*path, name))
            text, source = value.get("text", ""), value.get("source", "")
            is_text = isinstance(text, str) and isinstance(source, str)
            return Translation(text, document, (*path, "text"), source) if is_text else None
        self._not_text(document, path)
        return None

    def _not_text(self, document: Document, path: Path) -> None:
        written = as_written(document, path)
        self._error(document, path, "a translation must be text", f'write "{written}"' if written else None)

    def _error(
        self, document: Document, path: Path, message: str, hint: str | None = None, *, key: bool = False
    ) -> None:
        location = document.key(path) if key else document.value(path)
        location = location if document.text else Location(document.name, 1, 1, 1)
        self.diagnostics.append(Diagnostic("error", message, self._spec, location, hint=hint))

    def _warn(self, document: Document, path: Path, message: str, hint: str | None) -> None:
        place = document.key(path)
        self.diagnostics.append(Diagnostic("warning", message, self._spec, place, hint=hint, code="VB225"))


def _entries(document: Document) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each scene's id and its translations."""
    for scene, value in document.data.items() if isinstance(document.data, Mapping) else ():
        if isinstance(value, Mapping) and not str(scene).startswith(AUTHORS_OWN):
            yield scene, value
