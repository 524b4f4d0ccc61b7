"""Finds and reads the brands of a project: `brands/NAME.yaml` in the spec's folder or the nearest one above it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.frozen import dataclass, field, replaced
from vidbuild.location import Location
from vidbuild.spec import file_kind, layers, paths, reader, schema, validate, wording
from vidbuild.spec.document import Document, Path
from vidbuild.spec.layers import Layer, Layered
from vidbuild.spec.own_files import own_content, why_unreadable
from vidbuild.spec.value_hints import value_of
from vidbuild.suggest import did_you_mean

FOLDER = "brands"
SUFFIXES = (".yaml", ".yml")
MAX_BYTES = 1_000_000
MAX_CHAIN = 10  # brands that extend one another
ENTRY = 2  # length of the path of a scene
MAX_LISTED = 2000  # names of a folder
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
FORBIDDEN = ("record", "made_from")  # fields of scenes that belong to one spec: their files are beside it
INSTEAD = {"scenes": "use 'intro' or 'outro'", "title": "use 'name'", "reading": "use 'lexicon'"}


class _UnusableError(Exception):
    """A brand that cannot be read."""

    def __init__(self, problem: Diagnostic) -> None:
        super().__init__(problem.message)
        self.problem = problem


def _refused(where: Document | None, message: str, hint: str | None = None) -> _UnusableError:
    """Return an error at the `extends` of a brand; without one, the spec's `brand` is wrong."""
    location = where.value(("extends",)) if where else None
    return _UnusableError(Diagnostic("error", message, where.name if where else "", location, hint=hint))


def _unreadable(shown: str, message: str, hint: str | None = None) -> _UnusableError:
    return _UnusableError(Diagnostic("error", message, shown, Location(shown, 1, 1, 2), hint=hint))


@dataclass(frozen=True, slots=True)
class BrandReader:
    """Reads the brand of a spec and those that it extends.

    path: the spec's.
    root: the project's root.
    files: the files and folders that were read; for folders that are not there, where they would be.
    """

    path: FilePath
    root: FilePath
    diagnostics: list[Diagnostic] = field(default_factory=list)
    files: list[FilePath] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)

    def names(self) -> list[str]:
        """Return the names of all brands that the spec can use."""
        return sorted({name for folder in folders(self.path, self.root) for name in _listed(folder)})

    def chain(self, name: str) -> list[Document] | None:
        """Return the documents of a brand and of those that it extends, the lowest first; None after an error."""
        try:
            return self._chain(name)
        except _UnusableError as error:
            self.diagnostics.append(error.problem)
            return None

    def _chain(self, name: str) -> list[Document] | None:
        found: list[Document] = []
        names: list[str] = []
        where: Document | None = None
        while name or not found:
            if name in names:
                circle = " -> ".join([*names[names.index(name) :], name])
                raise _refused(where, f"brands extend each other: {circle}", "remove one 'extends'")
            if len(names) >= MAX_CHAIN:
                raise _refused(where, f"too many brands extend each other: the maximum is {MAX_CHAIN}")
            file = self._find(name)
            if file is None:
                known = [each for each in self.names() if each not in names]
                expected = f": expected {wording.either(known)}" if known else ""
                hint = did_you_mean(name, known) or (None if known else f"write the brand's file: {FOLDER}/{name}.yaml")
                raise _refused(where, f"unknown brand '{name}'{expected}", hint)
            document = self.read(file)
            if document is None:
                return None
            names.append(name)
            found.insert(0, document)
            where = document
            name = str(document.data.get("extends", "")) if isinstance(document.data, Mapping) else ""
        return found

    def read(self, file: FilePath) -> Document | None:
        """Return a brand's document without its wrong fields, or None if it is not a mapping that can be read.

        Raises _UnusableError.
        """
        shown = str(file) if self.path.is_absolute() else os.path.relpath(file)
        self.files.append(file)
        try:
            raw = own_content(file, self.root, MAX_BYTES)
        except (OSError, ValueError, paths.InputError) as error:
            raise _unreadable(shown, f"cannot read the brand: {why_unreadable(error)}") from error
        if len(raw) > MAX_BYTES:
            raise _unreadable(shown, f"the brand is too large: the maximum is {MAX_BYTES} bytes")
        if (pointer := file_kind.pointer(raw)) is not None:
            raise _unreadable(shown, f"'{file.name}' {pointer.problem}", pointer.hint)
        text, problems = reader.decode(raw, shown)
        self.sources[shown] = text
        document = None
        if not problems:
            document, problems = reader.read(text, shown)
            document = None if any(each.severity == "error" for each in problems) else document
        self.diagnostics.extend(problems)
        if document is None or not isinstance(document.data, Mapping):
            if document is not None:
                self.diagnostics.extend(validate.diagnose(document, validate.validate(document, "brand")))
            return None
        return self._without_wrong_fields(document)

    def _without_wrong_fields(self, document: Document) -> Document:
        """Report what is wrong with a brand's own fields; those of specs are checked with the spec."""
        faults = [_with_hint(each) for each in validate.validate(document, "brand") if _is_own(each, document)]
        self.diagnostics.extend(validate.diagnose(document, faults))
        wrong = {str(each.path[0]) for each in faults if each.path}
        for path, name in _forbidden(document):
            wrong.add(str(path[0]))
            message = f"a brand's scene cannot have '{name}': it belongs to one spec"
            self._located(document, (*path, name), message, "move the scene to the spec")
        data = dict(document.data) if isinstance(document.data, Mapping) else {}
        theme = data.get("theme")
        for name in ("logo", "accent"):
            if name in data and isinstance(theme, Mapping) and name in theme:
                line = document.key(("theme", name)).line
                message = f"'{name}' is given twice: also in 'theme', in line {line}"
                self._located(document, (name,), message, "remove one of them")
        return replaced(document, data={name: value for name, value in data.items() if name not in wrong})

    def _find(self, name: str) -> FilePath | None:
        for folder in folders(self.path, self.root):
            self.files.append(folder)
            if name in (names := _listed(folder)):
                return folder / names[name]
        return None

    def _located(self, document: Document, path: Path, message: str, hint: str) -> None:
        self.diagnostics.append(Diagnostic("error", message, document.name, document.key(path), hint=hint))


@dataclass(frozen=True, slots=True)
class Branded:
    """A spec's document above that of its brand.

    diagnostics: problems of the brand's file, and of the spec's `brand`.
    is_complete: whether the brand could be read; without it, the rest of the spec cannot be checked.
    """

    layered: Layered
    diagnostics: tuple[Diagnostic, ...] = ()
    files: tuple[FilePath, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    is_complete: bool = True


def apply(document: Document, root: FilePath, chosen: str | None) -> Branded:
    """Return a spec's document with its brand below it.

    chosen: the name of a brand instead of the spec's own.
    """
    value = document.data.get("brand") if isinstance(document.data, Mapping) else None
    own: Mapping[str, Any] = value if isinstance(value, Mapping) else {"name": value}
    name = chosen if chosen is not None else own.get("name")
    if not isinstance(document.data, Mapping) or (chosen is None and "brand" not in document.data):
        return Branded(Layered(document))
    if not isinstance(name, str) or (chosen is None and not NAME.fullmatch(name)):
        return Branded(Layered(document), is_complete=False)  # the schema says what a name is
    reading = BrandReader(FilePath(document.name), root)
    chain = reading.chain(name)
    found = [_located(each, document, value, is_chosen=chosen is not None) for each in reading.diagnostics]
    files = tuple(reading.files)
    if chain is None:
        return Branded(Layered(document), tuple(found), files, reading.sources, is_complete=False)
    without = [each for each, dropped in own.items() if each != "name" and dropped == layers.NONE]
    found.extend(_without_effect(document, without, chain, name))
    layered = layers.merged(document, [Layer(each, without) for each in chain])
    return Branded(layered, tuple(found), files, reading.sources)


def _located(item: Diagnostic, document: Document, value: object, *, is_chosen: bool) -> Diagnostic:
    """Return a problem of a brand as one of the spec; that of its name is at the spec's `brand`."""
    if item.file:
        return replaced(item, file=document.name)
    path: Path = ("brand", "name") if isinstance(value, Mapping) else ("brand",)
    return replaced(item, file=document.name, location=None if is_chosen else document.value(path))


def _without_effect(
    document: Document, without: Sequence[str], chain: Sequence[Document], name: str
) -> Iterator[Diagnostic]:
    """Yield a warning for each field that the spec drops, although its brand does not have it."""
    if not document.text:
        return  # made in Python
    data = [brand.data for brand in chain if isinstance(brand.data, Mapping)]
    known = {name for each in data for name in (*each, *_of_theme(each.get("theme")))}
    for each in without:
        if each not in known and each in schema.definition("brand")["properties"]:
            location = document.key(("brand", each))
            message = f"brand '{name}' has no '{each}', so that nothing is left out"
            yield Diagnostic("warning", message, document.name, location, hint="remove it", code="VB109")


def _of_theme(theme: object) -> list[str]:
    return [name for name in ("logo", "accent") if isinstance(theme, Mapping) and name in theme]


def _is_own(fault: validate.Fault, document: Document) -> bool:
    """Return whether a fault is of a field that only brands have; texts are checked with the templates of the spec."""
    if not fault.path:
        return True
    name, value = fault.path[0], document.data.get(fault.path[0]) if isinstance(document.data, Mapping) else None
    if name in layers.PLACES:
        return not isinstance(value, str)
    if name in layers.SCENES and value:
        is_entry = len(fault.path) == ENTRY
        return not isinstance(value, list) or (is_entry and not isinstance(value_of(document.data, fault.path), dict))
    own = name in {*layers.OF_BRAND, *layers.SCENES}
    return len(fault.path) == 1 and (own or fault.at_key)


def _with_hint(fault: validate.Fault) -> validate.Fault:
    if not fault.at_key or fault.hint:
        return fault
    known = sorted(set(schema.definition("brand")["properties"]) - {"$schema"})
    hint = INSTEAD.get(str(fault.path[-1])) or f"use {', '.join(known)}"
    return replaced(fault, hint=hint)


def _forbidden(document: Document) -> Iterator[tuple[Path, str]]:
    data = document.data if isinstance(document.data, Mapping) else {}
    for part in layers.SCENES:
        scenes = data.get(part)
        for index, scene in enumerate(scenes if isinstance(scenes, list) else ()):
            names = [name for name in FORBIDDEN if isinstance(scene, Mapping) and name in scene]
            yield from (((part, index), name) for name in names)


def folders(spec: FilePath, root: FilePath) -> Iterator[FilePath]:
    """Yield the folders that may have the brands of a spec: in its own folder first, and then in those above it.

    The folders above are those of the path as written, as for the project's root.
    """
    folder = spec.absolute().parent
    for candidate in (folder, *folder.parents):
        yield candidate / FOLDER
        if candidate.resolve() == root:
            return


def _listed(folder: FilePath) -> dict[str, str]:
    """Return name -> file name of the brands in a folder."""
    try:
        names = sorted(paths.names_in(folder), reverse=True)[:MAX_LISTED]  # .yaml after .yml, so that it wins
    except OSError:
        return {}
    return {FilePath(name).stem: name for name in names if name.endswith(SUFFIXES)}
