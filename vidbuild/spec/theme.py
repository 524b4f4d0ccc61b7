"""From what a spec says of its look to a theme with every value; it knows nothing of how anything is drawn."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.model import Theme
from vidbuild.spec import files, paths, reader, schema, validate
from vidbuild.spec.collector import Notes
from vidbuild.spec.document import Document, Path
from vidbuild.suggest import did_you_mean

FOLDER = FilePath(__file__).resolve().parent.parent / "themes"
MAX_CHAIN = 10
THEME_FILES = (".yaml", ".yml")


def built_in() -> list[str]:
    """The names of the themes that come with vidbuild."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


@dataclass
class Themes:
    """Reads one spec's theme and all that it extends. files: what was read or looked at; sources: texts, by name."""

    root: FilePath
    found: list[Diagnostic] = field(default_factory=list)
    files: list[FilePath] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)

    def resolve(self, value: Any, path: Path, notes: Notes, folder: FilePath) -> Theme | None:  # noqa: ANN401 - a theme as a spec gives it: a name or a mapping
        """The theme that a valid `theme` value stands for, or None with what is wrong in `found` or the notes."""
        before = len(notes.found) + len(self.found)
        if isinstance(value, str):
            layers = self._chain(value, path, notes, folder, ())
        else:
            layers = self._mapping(value, path, notes, folder, ())
        if len(notes.found) + len(self.found) > before or layers is None:
            return None
        return _merged(layers)

    def _chain(
        self, name: str, path: Path, notes: Notes, folder: FilePath, seen: tuple[str, ...]
    ) -> list[dict[str, Any]] | None:
        """The named theme's values after those of all that it extends."""
        if name in built_in():
            document = self._read(FOLDER / f"{name}.yaml", f"{name}.yaml", f"{name}.yaml")
            return None if document is None else [{**document.data, "name": name}]
        if not _is_path(name):
            hint = did_you_mean(name, built_in()) or files.neighbour(folder / name, f"./{name}", THEME_FILES)
            there = f"there are {', '.join(built_in())}, or a path to a theme file"
            notes.error(path, f"unknown theme '{name}'", hint or there)
            return None
        try:
            file_path = paths.resolve(name, folder, self.root)
            self.files.append(paths.written(name, folder))
            files.look(file_path, name)
            return self._file(file_path, name, path, notes, folder, seen)
        except (paths.PathProblemError, files.FileProblemError) as error:
            notes.error(path, error.message, getattr(error, "hint", None))
            return None

    def _file(
        self, file: FilePath, name: str, path: Path, notes: Notes, folder: FilePath, seen: tuple[str, ...]
    ) -> list[dict[str, Any]] | None:
        shown = os.path.normpath(FilePath(notes.document.name).parent / name)
        if str(file) in seen:
            cycle = [FilePath(item).name for item in (*seen[seen.index(str(file)) :], str(file))]
            notes.error(path, f"themes extend each other: {' -> '.join(cycle)}")
            return None
        if len(seen) >= MAX_CHAIN:
            notes.error(path, f"more than {MAX_CHAIN} themes extend each other")
            return None
        document = self._read(file, shown, name)
        if document is None:
            return None
        inner = Notes(document, self.found)
        return self._mapping(document.data, (), inner, (folder / name).parent, (*seen, str(file)))

    def _mapping(
        self, value: Mapping[str, Any], path: Path, notes: Notes, folder: FilePath, seen: tuple[str, ...]
    ) -> list[dict[str, Any]] | None:
        whole = schema.complete(value, schema.definition("theme"))
        below = self._chain(whole["extends"], (*path, "extends"), notes, folder, seen)
        own = {key: item for key, item in whole.items() if key not in {"extends", "logo", "fonts"}}
        own.setdefault("name", FilePath(seen[-1]).stem if seen else whole["extends"])
        self._logo(whole, path, notes, folder, own)
        self._fonts(whole, path, notes, folder, own)
        return None if below is None else [*below, own]

    def _logo(self, whole: Mapping[str, Any], path: Path, notes: Notes, folder: FilePath, own: dict[str, Any]) -> None:
        if "logo" not in whole:
            return
        try:
            file = paths.resolve(whole["logo"], folder, self.root)
            self.files.append(paths.written(whole["logo"], folder))
            files.image_size(file, whole["logo"])
            own["logo"] = file
        except (paths.PathProblemError, files.FileProblemError) as error:
            notes.error((*path, "logo"), error.message, getattr(error, "hint", None))

    def _fonts(self, whole: Mapping[str, Any], path: Path, notes: Notes, folder: FilePath, own: dict[str, Any]) -> None:
        value = whole.get("fonts", {})
        given, where = (value, (*path, "fonts")) if isinstance(value, str) else (None, path)
        if isinstance(value, Mapping):
            own["fonts"] = {key: item for key, item in value.items() if key != "directory"}
            given, where = value.get("directory"), (*path, "fonts", "directory")
        if given is None:
            return
        try:
            directory = paths.resolve(given, folder, self.root)
            self.files.append(paths.written(given, folder))
            names = files.fonts(directory, given)
            own["font_files"] = tuple(paths.resolve(f"{given}/{name}", folder, self.root) for name in names)
            for name, file in zip(names, own["font_files"], strict=True):
                files.font(file, f"{given}/{name}")
            self.files.extend(paths.written(f"{given}/{name}", folder) for name in names)
        except (paths.PathProblemError, files.FileProblemError) as error:
            notes.error(where, error.message, getattr(error, "hint", None))

    def _read(self, file: FilePath, shown: str, name: str) -> Document | None:
        """A theme file as a valid document; what is wrong with it is in `found`."""
        if file not in self.files:
            self.files.append(file)
        text, problems = reader.decode(files.content(file, name), shown)
        self.sources[shown] = text
        if not problems:
            document, problems = reader.read(text, shown)
            if not problems:
                problems = validate.diagnose(document, validate.validate(document, "theme"))
        self.found.extend(problems)
        return None if problems else document


def _is_path(name: str) -> bool:
    return "/" in name or "\\" in name or name.startswith((".", "~")) or name.endswith(THEME_FILES)


def _merged(layers: list[dict[str, Any]]) -> Theme:
    values: dict[str, Any] = {}
    logo, fonts, name = None, [], ""
    for layer in layers:
        own = dict(layer)
        name = own.pop("name", name)
        logo = own.pop("logo", logo)
        fonts.extend(own.pop("font_files", ()))
        for key, value in own.items():
            values[key] = {**values.get(key, {}), **value} if isinstance(value, Mapping) else value
    return Theme(name, _plain_colours(values), logo, tuple(dict.fromkeys(fonts)))


def _plain_colours(values: Mapping[str, Any]) -> dict[str, Any]:
    """Colours in one way of writing, so that '#FFF' and '#ffffff' are one picture."""
    return {key: _plain_colours(item) if isinstance(item, Mapping) else colour(item) for key, item in values.items()}


def colour(value: str) -> str:
    """'#Fa0' as '#ffaa00'; anything else as it is."""
    if not value.startswith("#"):
        return value
    digits = value[1:].lower()
    return "#" + ("".join(2 * digit for digit in digits) if len(digits) == 3 else digits)  # noqa: PLR2004 - "#rgb"
