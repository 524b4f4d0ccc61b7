"""Finds the stock media that a document asks for, and replaces each by the path of its locked file."""

from __future__ import annotations

import copy
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

from vidbuild.errors import os_error_text
from vidbuild.frozen import dataclass, field, replaced
from vidbuild.json_types import Json
from vidbuild.location import Location
from vidbuild.platforms import shell_command
from vidbuild.spec import lock_file, output, paths, plugins, schema
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.diagnostics import SpecError
from vidbuild.spec.document import Document, Path
from vidbuild.spec.files import check_folder
from vidbuild.spec.lock_file import Lock, Request, StockEntry
from vidbuild.spec.stock_preferences import ANY, Preferences, Resolved
from vidbuild.spec.valid_parts import ValidParts

_KINDS = {"media": "video", "image": "image"}  # of a path -> of stock media


@dataclass(frozen=True, slots=True)
class StockField:
    """A field of a spec that asks for stock media.

    path: of the mapping. scene: the scene's id; "" outside of scenes. size: of the video's frame, in pixels.
    provider: where its provider is written. preferred: fields that are preferences, and where each is.
    """

    path: Path
    scene: str
    request: Request
    location: Location
    size: tuple[int, int]
    provider: Path = ()
    preferred: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Stock:
    """The stock media of a document.

    document: with paths instead of stock media. unresolved: the paths of those that have none.
    used: the entries of the lock that it uses. files: those that were read.
    """

    document: Document
    fields: tuple[StockField, ...] = ()
    unresolved: frozenset[Path] = frozenset()
    used: tuple[StockEntry, ...] = ()
    files: tuple[FilePath, ...] = ()
    sources: dict[str, str] = field(default_factory=dict)


def resolve(
    document: Document, valid: ValidParts, collector: DiagnosticCollector, root: FilePath, brand: str | None = None
) -> Stock:
    """Return a document's stock media, with an error for each that is not locked or not there.

    brand: that was chosen in the place of the spec's own, for the command in hints.
    """
    stock = find(document, valid, collector, root)
    if not stock.fields:
        return stock
    try:
        lock, text = lock_file.load(root)
    except SpecError as error:
        collector.diagnostics.extend(replaced(each, file=document.name) for each in error.diagnostics)
        return replaced(stock, sources=error.sources)
    data: Any = copy.deepcopy(document.data)
    unresolved, used = set(stock.unresolved), []
    for each in stock.fields:
        entry = _locked(each, lock, root, collector, brand)
        if entry is None:
            continue
        unresolved.discard(each.path)
        used.append(entry)
        folder = document.folder(each.path).resolve()
        _put(data, each.path, FilePath(os.path.relpath(root / entry.file, folder)).as_posix())
    files = (lock_file.path_of(root),) if text else ()
    name = os.path.relpath(lock_file.path_of(root))
    return replaced(
        stock,
        document=replaced(document, data=data),
        unresolved=frozenset(unresolved),
        used=tuple(dict.fromkeys(used)),
        files=files,
        sources={name: text},
    )


def find(document: Document, valid: ValidParts, collector: DiagnosticCollector, root: FilePath) -> Stock:
    """Return a document's stock media as it is written, none of it resolved. Add errors about its folders."""
    fields, wrong = [], []
    size = output.size_of(valid.top_level()["output"]["size"])
    preferences = Preferences.of(document, valid)
    for path, own in _mappings(document.data, ()):
        kinds = _kinds(path, document.data)
        if not kinds or not valid.is_valid(path):
            continue
        resolved = preferences.applied(path, own, kinds[0])
        request = None
        if preferences.are_valid:  # else what is asked for is not known, and their own errors are enough
            request = _request(resolved, kinds[0], path, collector, root)
        if request is None:
            wrong.append(path)
            continue
        place, scene = document.value((*path, "stock")), _scene(path, document.data)
        places = preferences.places(resolved)
        fields.append(StockField(path, scene, request, place, size, resolved.paths["provider"], places))
    return Stock(document, tuple(fields), frozenset([*wrong, *(each.path for each in fields)]))


def _request(
    resolved: Resolved, kind: str, path: Path, collector: DiagnosticCollector, root: FilePath
) -> Request | None:
    """Return what is asked for; None after adding an error about its provider or folder."""
    value = resolved.values
    words, shape = " ".join(value["stock"].split()), value.get("orientation", "")
    if "provider" not in value:
        hint = "add 'provider: pexels' here, or 'stock: {provider: pexels}' to the spec or its brand"
        collector.error((*path, "stock"), f"stock '{words}' has no provider", hint)
        return None
    folder = _folder(resolved, collector.document, collector, root)
    if folder is None:
        return None
    return Request(value["provider"], kind, words, "" if shape == ANY else shape, value.get("min_seconds", 0), folder)


def _mappings(value: Json, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield each mapping with the key `stock` in the data, and its path."""
    if isinstance(value, dict):
        if isinstance(value.get("stock"), str):
            yield path, value
        for key, item in value.items():
            yield from _mappings(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _mappings(item, (*path, index))


def _kinds(path: Path, data: Json) -> list[str]:
    """Return the kinds of media that a field takes; none if it takes no stock media."""
    nodes = list(schema.allowed(path, data))
    if not any("x-stock" in node for node in nodes):
        return []
    return [_KINDS[node["x-path"]["kind"]] for node in nodes if node.get("x-path", {}).get("kind") in _KINDS]


def _folder(resolved: Resolved, document: Document, collector: DiagnosticCollector, root: FilePath) -> str | None:
    """Return a request's folder from the project's root, "" for none; None after adding an error."""
    if "folder" not in resolved.values:
        return ""
    name, provider, path = resolved.values["folder"], resolved.values["provider"], resolved.paths["folder"]
    if provider != "folder":
        where = document.other_place(resolved.paths["provider"], path)
        message = f"'folder' is a field of the provider 'folder', not of '{provider}'{where}"
        collector.error(path, message, "remove 'folder', or set the provider 'folder'", key=True)
        return None
    try:
        folder = paths.resolve(name, document.folder(path), root)
        check_folder(folder, name)
    except paths.InputError as error:
        collector.error(path, error.message, error.hint)
        return None
    return folder.relative_to(root).as_posix()


def _scene(path: Path, data: Json) -> str:
    scenes = data.get("scenes") if isinstance(data, dict) else None
    if path[:1] != ("scenes",) or not isinstance(scenes, list) or not isinstance(path[1], int):
        return ""
    scene = scenes[path[1]]
    return str(scene.get("id", "")) if isinstance(scene, dict) else ""


def _locked(
    wanted: StockField, lock: Lock, root: FilePath, collector: DiagnosticCollector, brand: str | None
) -> StockEntry | None:
    """Return the entry of a field whose file is as it was locked; None after adding an error."""
    chosen = () if brand is None else ("--brand", brand)
    command = shell_command("vidbuild", "lock", collector.document.name, *chosen)
    where = (*wanted.path, "stock")
    entry = lock.stock.get(wanted.request)
    if entry is None and (wrong := plugins.provider_problem(wanted.request.provider)):
        collector.error(wanted.provider, *wrong)
        return None
    if entry is None:
        collector.error(where, f"stock '{wanted.request.stock}' is not locked", command)
        return None
    problem = problem_of(root, entry.file, entry.sha256)
    if problem == "missing":
        collector.error(where, f"locked file '{entry.file}' does not exist", command)
    elif problem:
        hint = f"restore it, or remove it and run: {command}"
        collector.error(where, f"locked file '{entry.file}' {problem}", hint)
    return None if problem else entry


def problem_of(root: FilePath, file: str, sha256: str) -> str:
    """Return why a locked file cannot be used: "missing", or what is wrong, to follow its name; "" if it can."""
    path = root / file
    try:
        if not path.resolve().is_relative_to(root):
            return "is a symlink to a file outside the project"
        if not stat.S_ISREG(path.stat().st_mode):
            return "is not a regular file"
        with path.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return f"cannot be read: {os_error_text(error)}"
    except ValueError as error:
        return f"cannot be read: {error}"
    return "" if digest == sha256 else f"was changed: expected SHA-256 {sha256[:12]}…, got {digest[:12]}…"


def _put(data: Json, path: Path, value: str) -> None:
    for part in path[:-1]:
        data = data[part]
    data[path[-1]] = value
