"""Reads and writes `vidbuild.lock`: the files from outside that a project's specs use, and where each came from."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from pathlib import PurePosixPath
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.frozen import changed_values, dataclass, defaults, field, names, values
from vidbuild.json_types import Json
from vidbuild.patterns import later
from vidbuild.project import LOCK
from vidbuild.spec import reader
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.diagnostics import SpecError
from vidbuild.spec.document import Document, Path
from vidbuild.spec.own_files import own_content, why_unreadable
from vidbuild.spec.paths import InputError
from vidbuild.suggest import did_you_mean

VERSION = 1
STOCK_FOLDER, VOICE_FOLDER = "assets/stock", "assets/voices"
MAX_BYTES = 4_000_000
HEADER = """\
# Written by 'vidbuild lock': the files from outside that this project uses, and where each came from.
# Commit it together with these files. 'vidbuild lock SPEC' adds what is missing.
"""
REPAIR = "restore the file from version control, or remove it and run: vidbuild lock SPEC"
_CONFLICT = later(r"^(?:<{7}|={7}|>{7}|\|{7})(?: .*)?$", re.MULTILINE)
_UNREADABLE = later("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")  # in a text of YAML, as they are
_SHA256 = later(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Request:
    """What a spec asks for. Equal requests of a project have one file.

    stock: the words to search for. kind: "video" or "image". orientation, folder: "" for none. min_seconds: 0 for any.
    folder: of the provider `folder`, from the project's root; "" for the one of the user's settings.
    """

    provider: str
    kind: str
    stock: str
    orientation: str = ""
    min_seconds: float = 0
    folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockEntry:
    """A file of stock media. In the lock it is one mapping, with the request's fields first.

    id: at the provider. page: its page on the web. url: where its bytes were.
    file: from the project's root. width, height, seconds: as probed; 0 s for an image.
    rejected: ids that `lock --update` has replaced.
    """

    request: Request
    id: str
    title: str = ""
    creator: str = ""
    licence: str
    licence_url: str = ""
    page: str = ""
    url: str = ""
    file: str
    sha256: str
    bytes: int
    width: int
    height: int
    seconds: float = 0
    rejected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceEntry:
    """A take of a voice on the network.

    key: the digest of all that was asked of the voice. file, words: from the project's root, with their digests.
    """

    key: str
    voice: str
    language: str
    text: str
    file: str
    sha256: str
    words: str
    words_sha256: str


@dataclass(frozen=True, slots=True)
class Lock:
    """The content of a lock file."""

    stock: Mapping[Request, StockEntry] = field(default_factory=dict)
    voices: Mapping[str, VoiceEntry] = field(default_factory=dict)


def path_of(root: FilePath) -> FilePath:
    """Return where the lock file of a project is."""
    return root / LOCK


def load(root: FilePath) -> tuple[Lock, str]:
    """Return the lock of a project, empty without a file, and its text. Raises SpecError."""
    path = path_of(root)
    name = os.path.relpath(path)
    try:
        raw = own_content(path, root, MAX_BYTES)
    except FileNotFoundError:
        return Lock(), ""
    except (OSError, ValueError, InputError) as error:
        raise SpecError([Diagnostic("error", f"cannot read the lock: {why_unreadable(error)}", name)]) from None
    if len(raw) > MAX_BYTES:
        raise SpecError([Diagnostic("error", f"the lock is too large: the maximum is {MAX_BYTES} bytes", name)])
    text, problems = reader.decode(raw, name)
    lock, problems = parse(text, name) if not problems else (Lock(), problems)
    if problems:
        raise SpecError(problems, {name: text})
    return lock, text


def parse(text: str, name: str) -> tuple[Lock, list[Diagnostic]]:
    """Return the lock in a text, and its errors."""
    if found := _CONFLICT.search(text):
        location = Document(name, text, None).range(found.start(), found.end())
        hint = "keep the entries of both sides, remove the marked lines, and run: vidbuild lock SPEC"
        return Lock(), [Diagnostic("error", "the lock has a conflict of a merge", name, location, hint)]
    document, problems = reader.read(text, name)
    errors = [each for each in problems if each.severity == "error"]
    if errors or document.data is None:
        return Lock(), errors or problems
    collector = DiagnosticCollector(document)
    lock = _Parser(collector).lock()
    return lock, [each for each in collector.diagnostics if each.severity == "error"]


class _Parser:
    def __init__(self, collector: DiagnosticCollector) -> None:
        self._collector = collector
        self._files: dict[str, str] = {}

    def lock(self) -> Lock:
        """Return what is valid of the lock."""
        data = self._collector.document.data
        if not isinstance(data, dict) or type(data.get("version")) is not int:
            self._collector.error((), "the lock has no 'version'", REPAIR)
            return Lock()
        if data["version"] != VERSION:
            message = f"the lock has version {data['version']}: expected {VERSION}"
            self._collector.error(("version",), message, "use the version of vidbuild that wrote it, or a newer one")
            return Lock()
        for name in data:
            if name not in {"version", "stock", "voices"}:
                hint = did_you_mean(str(name), ("version", "stock", "voices"))
                self._collector.error((name,), f"unknown field '{name}'", hint, key=True)
        return Lock(dict(self._stock(data)), dict(self._voices(data)))

    def _stock(self, data: Mapping[str, Any]) -> Iterator[tuple[Request, StockEntry]]:
        found = set()
        for path, item in self._entries(data, "stock"):
            request = self._record(Request, item, path, StockEntry)
            entry = self._record(StockEntry, item, path, Request, request=request)
            if entry is None or not self._is_sound(entry, path, entry.file, entry.sha256):
                continue
            if not entry.licence:
                self._collector.error((*path, "licence"), "'licence' is empty: no license allows the use", REPAIR)
            if request in found:
                self._collector.error(path, f"a second entry for '{request.stock}'", "remove one of them")
            found.add(request)
            yield request, entry

    def _voices(self, data: Mapping[str, Any]) -> Iterator[tuple[str, VoiceEntry]]:
        for path, item in self._entries(data, "voices"):
            take = self._record(VoiceEntry, item, path, None)
            files = [] if take is None else [(take.file, take.sha256, "file"), (take.words, take.words_sha256, "words")]
            if files and all(self._is_sound(take, path, *each) for each in files):
                yield take.key, take

    def _entries(self, data: Mapping[str, Any], name: str) -> Iterator[tuple[Path, dict[str, Json]]]:
        found = data.get(name, [])
        if not isinstance(found, list):
            self._collector.error((name,), f"'{name}' must be a list", REPAIR)
            return
        for index, item in enumerate(found):
            if isinstance(item, dict):
                yield (name, index), item
            else:
                self._collector.error((name, index), "an entry must be a mapping of fields", REPAIR)

    def _record(self, cls: Any, item: Mapping[str, Json], path: Path, other: Any, **known: object) -> Any:  # noqa: ANN401 - any of the records
        """Return a record of some fields of an entry; None after adding errors. other: whose fields the rest are."""
        found, valid = dict(known), None not in known.values()
        for name in names(cls):
            if name in known:
                continue
            if name not in item:
                if name not in defaults(cls):
                    self._collector.error(path, f"'{name}' is missing", REPAIR)
                    valid = False
                continue
            kind = str(cls.__annotations__[name])
            value = _typed(item[name], kind)
            if value is None:
                self._collector.error((*path, name), f"'{name}' must be {_KINDS[kind]}", REPAIR)
                valid = False
            found[name] = value
        if cls is not Request:
            usable = {name for kind in (cls, other) if kind for name in names(kind)} - set(known)
            for name in item:
                if name not in usable:
                    hint = did_you_mean(name, usable)
                    self._collector.error((*path, name), f"unknown field '{name}'", hint, key=True)
                    valid = False
        return cls(**found) if valid else None

    def _is_sound(self, entry: object, path: Path, file: str, digest: str, name: str = "file") -> bool:
        """Add an error unless a file is one of this project's, and named once with one digest."""
        parts = PurePosixPath(file).parts
        folder = VOICE_FOLDER if isinstance(entry, VoiceEntry) else STOCK_FOLDER
        if str(PurePosixPath(*parts[:-1])) != folder or parts[-1:] == ("..",):
            self._collector.error((*path, name), f"expected a file in '{folder}', got '{file}'", REPAIR)
            return False
        if not _SHA256.fullmatch(digest):
            self._collector.error(path, f"expected a SHA-256 of 64 digits, got '{digest}'", REPAIR)
            return False
        if self._files.setdefault(file, digest) != digest:
            self._collector.error((*path, name), f"'{file}' has two digests in this lock", "remove one of the entries")
            return False
        return True


_KINDS = {
    "str": "text",
    "int": "a whole number that is not negative",
    "float": "a number that is not negative",
    "tuple[str, ...]": "a list of texts",
}


def _typed(value: Json, kind: str) -> object:
    """Return a value if it is of a kind, else None."""
    if kind == "tuple[str, ...]":
        texts = value if isinstance(value, list) and all(isinstance(each, str) for each in value) else None
        return None if texts is None else tuple(map(str, texts))
    if kind == "str":
        return value if isinstance(value, str) else None
    if isinstance(value, bool) or not isinstance(value, (int, float) if kind == "float" else int):
        return None
    return value if value >= 0 else None


def text_of(lock: Lock) -> str:
    """Return the text of a lock: entries are sorted, and each of their fields has a line."""
    stock = [
        {**changed_values(request), **{name: item for name, item in changed_values(entry).items() if name != "request"}}
        for request, entry in sorted(lock.stock.items(), key=lambda each: tuple(values(each[0]).values()))
    ]
    voices = [
        changed_values(entry)
        for entry in sorted(lock.voices.values(), key=lambda each: (each.voice, each.text, each.key))
    ]
    parts = [HEADER, f"version: {VERSION}\n", *_listed("stock", stock), *_listed("voices", voices)]
    return "".join(parts)


def _listed(name: str, entries: list[dict[str, Any]]) -> Iterator[str]:
    if entries:
        yield f"{name}:\n"
    for entry in entries:
        for number, (key, value) in enumerate(entry.items()):
            text = _UNREADABLE.sub(_escaped, json.dumps(value, ensure_ascii=False))
            yield f"  {' ' if number else '-'} {key}: {text}\n"


def _escaped(character: re.Match[str]) -> str:
    """Return a character as YAML escapes it; a byte of a file's name that is no UTF-8 is replaced."""
    return "\ufffd" if "\ud800" <= character[0] <= "\udfff" else f"\\u{ord(character[0]):04x}"
