"""Resolves the `theme` of a spec: reads theme files and all that they extend, and merges their values."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.frozen import dataclass, field
from vidbuild.location import Location
from vidbuild.media.text import system_fonts
from vidbuild.media.text.fonts import COMMON_FAMILIES, FontError, families
from vidbuild.model import Theme
from vidbuild.spec import files, paths, reader, schema, theme_values, transitions, validate
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Document, Path
from vidbuild.spec.value_hints import value_of
from vidbuild.suggest import did_you_mean

FOLDER = FilePath(__file__).resolve().parent.parent / "themes"
MAX_CHAIN = 10  # theme files that extend one another
SUFFIXES = (".yaml", ".yml")
MAX_NAMED = 8  # families in one hint


def built_in() -> list[str]:
    """Return the names of the built-in themes."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def of_name(name: str, root: FilePath) -> Theme:
    """Return a built-in theme. Raise KeyError if there is none of this name."""
    if name not in built_in():
        raise KeyError(name)
    theme = ThemeLoader(root).load(name, (), DiagnosticCollector(Document("", "", None)))
    assert theme is not None  # noqa: S101 - tests load every built-in theme
    return theme


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a theme value stands.

    path: its path in the document.
    collector: the diagnostics of the document.
    chain: the theme files from the spec's down to the document.
    beside: the folder of a theme file; None in a spec, whose values can be in its brand's file.
    """

    path: Path
    collector: DiagnosticCollector
    chain: tuple[str, ...] = ()
    beside: FilePath | None = None

    @property
    def folder(self) -> FilePath:
        """The folder that a path in the value starts from."""
        return self.collector.document.folder(self.path) if self.beside is None else self.beside

    def at(self, *parts: str) -> _Origin:
        """Return the origin of a field of the value."""
        return _Origin((*self.path, *parts), self.collector, self.chain, self.beside)

    def error(self, message: str, hint: str | None = None) -> None:
        """Add an error at the value."""
        self.collector.error(self.path, message, hint)

    def warning(self, code: str, message: str, hint: str | None = None) -> None:
        """Add a warning at the value."""
        self.collector.warning(code, self.path, message, hint)

    def location(self) -> Location:
        """Return where the value is."""
        return self.collector.document.value(self.path)

    def check_spelling(self, name: str) -> None:
        """Warn if the file that the value names is written with other capitals on disk."""
        if spelling := paths.other_spelling(name, self.folder):
            self.warning("VB111", *spelling)


@dataclass(frozen=True, slots=True)
class ThemeLoader:
    """Reads a spec's theme and all that it extends.

    root: the project's root.
    diagnostics: problems of the theme files.
    files: the files that were read or checked.
    sources: name in the diagnostics -> text of each theme file.
    """

    root: FilePath
    diagnostics: list[Diagnostic] = field(default_factory=list)
    files: list[FilePath] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)

    def load(self, value: str | Mapping[str, Any], path: Path, collector: DiagnosticCollector) -> Theme | None:
        """Return the theme of a valid `theme` value, or None after adding errors to the diagnostics.

        path, collector: where the value is in the spec.
        """
        before = self._errors(collector)
        origin = _Origin(path, collector)
        layers = self._named(value, origin) if isinstance(value, str) else self._mapping(value, origin)
        if layers is None or self._errors(collector) > before:
            return None
        self._check_families(layers)
        return None if self._errors(collector) > before else theme_values.merged(layers)

    def _errors(self, collector: DiagnosticCollector) -> int:
        return sum(item.severity == "error" for item in (*collector.diagnostics, *self.diagnostics))

    def _named(self, name: str, origin: _Origin) -> list[dict[str, Any]] | None:
        """Return the values of a theme by its name or path, after those of all that it extends."""
        if name in built_in():
            document = self._read(FOLDER / f"{name}.yaml", f"{name}.yaml", f"{name}.yaml")
            return None if document is None else [{**document.data, "name": name}]
        if not _is_path(name):
            hint = did_you_mean(name, built_in()) or files.similar_file(origin.folder / name, f"./{name}", SUFFIXES)
            origin.error(f"unknown theme '{name}'", hint or f"use {', '.join(built_in())} or the path of a theme file")
            return None
        try:
            file = paths.resolve(name, origin.folder, self.root)
            self.files.append(paths.as_written(name, origin.folder))
            files.check_file(file, name)
            origin.check_spelling(name)
            return self._file(file, name, origin)
        except paths.InputError as error:
            origin.error(error.message, error.hint)
            return None

    def _file(self, file: FilePath, name: str, origin: _Origin) -> list[dict[str, Any]] | None:
        shown = os.path.normpath(origin.folder / name)
        if str(file) in origin.chain:
            cycle = [FilePath(item).name for item in (*origin.chain[origin.chain.index(str(file)) :], str(file))]
            origin.error(f"themes extend each other: {' -> '.join(cycle)}")
            return None
        if len(origin.chain) >= MAX_CHAIN:
            origin.error(f"too many themes extend each other: the maximum is {MAX_CHAIN}")
            return None
        document = self._read(file, shown, name)
        if document is None:
            return None
        inner = DiagnosticCollector(document, self.diagnostics)
        beside = (origin.folder / name).parent
        return self._mapping(document.data, _Origin((), inner, (*origin.chain, str(file)), beside))

    def _mapping(self, value: Mapping[str, Any], origin: _Origin) -> list[dict[str, Any]] | None:
        complete = schema.complete(value, schema.definition("theme"))
        written = value_of(origin.collector.document.data, origin.path)
        if complete.get("name") in built_in() and isinstance(written, Mapping) and "extends" not in written:
            message = f"'name' is what this theme is called: it extends '{complete['extends']}'"
            origin.at("name").warning("VB113", message, "rename 'name' to 'extends'")
        base = self._named(complete["extends"], origin.at("extends"))
        own = {key: item for key, item in complete.items() if key not in {"extends", "logo", "fonts"}}
        own.setdefault("name", FilePath(origin.chain[-1]).stem if origin.chain else complete["extends"])
        if "logo" in complete:
            self._logo(complete["logo"], origin.at("logo"), own)
        if "fonts" in complete:
            self._fonts(complete["fonts"], origin.at("fonts"), own)
        transitions.check_fields(complete.get("transition"), (*origin.path, "transition"), origin.collector)
        return None if base is None else [*base, own]

    def _logo(self, value: str, origin: _Origin, own: dict[str, Any]) -> None:
        try:
            file = paths.resolve(value, origin.folder, self.root)
            self.files.append(paths.as_written(value, origin.folder))
            files.image_size(file, value)
            origin.check_spelling(value)
            own["logo"] = file
        except paths.InputError as error:
            origin.error(error.message, error.hint)

    def _fonts(self, value: str | Mapping[str, str], origin: _Origin, own: dict[str, Any]) -> None:
        if isinstance(value, Mapping):
            own["fonts"] = {key: item for key, item in value.items() if key not in {"directory", "system"}}
            if value.get("system"):
                own["system_fonts"] = origin.at("system").location()
                self.files.extend(system_fonts.folders())
            own["families"] = [(name, origin.at(use)) for use, name in own["fonts"].items()]
            if "directory" not in value:
                return
            value, origin = value["directory"], origin.at("directory")
        try:
            directory = paths.resolve(value, origin.folder, self.root)
            self.files.append(paths.as_written(value, origin.folder))
            names = files.fonts(directory, value)
            origin.check_spelling(value)
            found = [paths.resolve(f"{value}/{name}", origin.folder, self.root) for name in names]
            for name, file in zip(names, found, strict=True):
                files.check_font(file, f"{value}/{name}")
            for name, hint in files.web_fonts(directory, value).items():
                origin.warning("VB314", f"'{value}/{name}' is a web font, which is not used", hint)
            own["font_files"] = [(file, f"{value}/{name}", origin) for name, file in zip(names, found, strict=True)]
            self.files.extend(paths.as_written(f"{value}/{name}", origin.folder) for name in names)
        except paths.InputError as error:
            origin.error(error.message, error.hint)

    def _check_families(self, layers: list[dict[str, Any]]) -> None:
        """Add an error for each family that no face has, and for each font file that has no usable face."""
        named = [item for layer in layers for item in layer.get("families", ())]
        fonts = [item for layer in layers for item in layer.get("font_files", ())]
        if not fonts and all(name.lower() in COMMON_FAMILIES for name, _ in named):
            return
        try:
            by_file, known = families(file for file, *_ in fonts)
        except FontError as error:
            fonts[0][2].error(f"the fonts cannot be read: {error.message}", error.hint)
            return
        for (_, name, origin), found in zip(fonts, by_file, strict=True):
            if not found:
                hint = "use another copy of the font: each face needs a family name and a PostScript name"
                origin.error(f"'{name}' has no face that can be used", hint)
        if any("system_fonts" in layer for layer in layers):
            known = [*known, *self._of_system(layers, known)]
        folded = {name.lower() for name in known}
        own = list(dict.fromkeys(name for names in by_file for name in names))
        for name, origin in named:
            if name.lower() not in folded:
                origin.error(
                    f"unknown font family '{name}'",
                    _nearest(name, known) or _families_hint(own),
                )

    @staticmethod
    def _of_system(layers: list[dict[str, Any]], known: Sequence[str]) -> list[str]:
        """Add the system's files of the families that a theme names and no other font has; return these families."""
        folded = {name.lower() for name in known}
        system = {name.lower(): (name, files) for name, files in system_fonts.families().items()}
        found = []
        for layer in layers:
            for name, origin in layer.get("families", ()):
                if name.lower() in folded or name.lower() not in system:
                    continue
                family, own = system[name.lower()]
                origin.warning(
                    "VB331",
                    f"'{name}' is a font of this system, so the video can look different on another machine",
                    "copy its files into a folder of the project, and name it as the theme's 'fonts'",
                )
                layer.setdefault("font_files", []).extend((file, file.name, origin) for file in own)
                found.append(family)
        return found

    def _read(self, file: FilePath, shown: str, name: str) -> Document | None:
        """Read a theme file, or return None after adding its problems to the diagnostics.

        shown: the file's name in diagnostics.
        name: its path as written in the file that names it.
        """
        if file not in self.files:
            self.files.append(file)
        text, problems = reader.decode(files.content(file, name), shown)
        self.sources[shown] = text
        if not problems:
            document, problems = reader.read(text, shown)
            if not _has_error(problems):
                problems += validate.diagnose(document, validate.validate(document, "theme"))
        self.diagnostics.extend(problems)
        return None if _has_error(problems) else document


def _has_error(problems: Iterable[Diagnostic]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def _is_path(name: str) -> bool:
    return "/" in name or "\\" in name or name.startswith((".", "~")) or name.endswith(SUFFIXES)


def _nearest(name: str, known: Sequence[str]) -> str | None:
    """Return a hint with the most similar families, or the one that the name begins with: 'Inter Variable', 'Inter'."""
    first = name.partition(",")[0].strip()
    begins = [family for family in known if first.lower().startswith(f"{family.lower()} ")]
    return did_you_mean(first, known, 3) or (f"did you mean '{max(begins, key=len)}'?" if begins else None)


def _families_hint(known: Sequence[str]) -> str:
    own = [name for name in known if name.lower() not in COMMON_FAMILIES]
    names = ", ".join(f"'{name}'" for name in [*own[:MAX_NAMED], *COMMON_FAMILIES.values()])
    return f"use {names}, or put the family's .ttf or .otf files into a folder and add 'directory: ./FOLDER'"
