"""Keeps the last versions of a video, so that a page can show them whatever is built, edited or removed meanwhile.

::

    FOLDER/VIDEO/REVISION/manifest.json   what the page shows of it
    FOLDER/VIDEO/REVISION/NAME            copies of the outputs, or a fragment
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import mimetypes
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEPT = 4  # whole versions of a video
KEPT_BYTES = 1_000_000_000  # of them; two are kept in any case, since they are compared
KEPT_FRAGMENTS = 8
_COMPARED = 2
_ID = re.compile(r"[0-9a-f]{12}").fullmatch
_MANIFEST = "manifest.json"
_NO_FILES = ("", ".", "..", _MANIFEST)
_TYPES = {
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".vtt": "text/vtt",
    ".srt": "application/x-subrip",
    ".webp": "image/webp",
    ".json": "application/json",
}
MEDIA = ("video", "animation", "audio")  # kinds of outputs that can be played


@dataclass(frozen=True, slots=True)
class Stored:
    """One file of a revision. kind: as in vidbuild.api.result.OutputFile; "fragment" for one scene."""

    name: str
    kind: str
    bytes: int
    sha256: str

    @property
    def type(self) -> str:
        """Its media type."""
        suffix = os.path.splitext(self.name)[1].lower()  # noqa: PTH122 - of a name
        return _TYPES.get(suffix) or mimetypes.guess_type(self.name)[0] or "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Revision:
    """A version of a video that was built. facts: JSON values, as `Revisions.add` got them."""

    id: str
    folder: Path
    created: float
    files: tuple[Stored, ...]
    facts: Mapping[str, Any]

    @property
    def media(self) -> Stored | None:
        """The file to play, if it has one."""
        return next((each for each in self.files if each.kind in (*MEDIA, "fragment")), None)

    def file(self, name: str) -> Stored | None:
        """Return a file by its name."""
        return next((each for each in self.files if each.name == name), None)

    def of_kind(self, kind: str, suffix: str = "") -> Stored | None:
        """Return the first file of a kind."""
        return next((each for each in self.files if each.kind == kind and each.name.endswith(suffix)), None)


class Revisions:
    """The versions of one video, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(
        self,
        outputs: Iterable[tuple[str, Path, str]],
        facts: Mapping[str, Any],
        kept: Callable[[str], Path | None] = lambda _: None,
    ) -> Revision:
        """Copy outputs, each with its kind, path and SHA-256 ("" if unknown); `trim` removes the oldest versions.

        Equal outputs are the same revision. kept: returns a file that has the bytes of a SHA-256 for good, if there is
        one; an output that has none is hashed, since another build may replace it meanwhile. Raises OSError.
        """
        found = list(outputs)
        number = _number([(kind, path.name, sha256) for kind, path, sha256 in found])
        known = self.get(number) if all(sha256 for _, _, sha256 in found) else None
        if known is not None and all((known.folder / each.name).is_file() for each in known.files):
            files = known.files
        else:
            number, files = self._copy([(kind, path, sha256, kept(sha256)) for kind, path, sha256 in found])
        revision = Revision(number, self._folder / number, time.time(), files, facts)
        _write_manifest(revision)
        return revision

    def get(self, number: str) -> Revision | None:
        """Return a version by its id; None if there is none."""
        if not _ID(number):
            return None
        folder = self._folder / number
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            data = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
            files = tuple(Stored(*each) for each in data["files"])
            if any(Path(each.name).name != each.name or each.name in _NO_FILES for each in files):
                raise ValueError("a name of a file is a path")
            return Revision(number, folder, float(data["created"]), files, data["facts"])
        return None

    def newest(self, *, fragments: bool = False) -> Sequence[Revision]:
        """Return the versions that are kept, newest first."""
        with contextlib.suppress(OSError):
            every = [self.get(each.name) for each in self._folder.iterdir()]
            found = [each for each in every if each is not None and _is_fragment(each) == fragments]
            return sorted(found, key=lambda each: each.created, reverse=True)
        return []

    def trim(self) -> None:
        """Remove all but the newest."""
        sizes = 0
        for number, each in enumerate(self.newest()):
            sizes += sum(file.bytes for file in each.files)
            if number >= KEPT or (number >= _COMPARED and sizes > KEPT_BYTES):
                shutil.rmtree(each.folder, ignore_errors=True)
        for each in self.newest(fragments=True)[KEPT_FRAGMENTS:]:
            shutil.rmtree(each.folder, ignore_errors=True)

    def _copy(self, outputs: Sequence[tuple[str, Path, str, Path | None]]) -> tuple[str, tuple[Stored, ...]]:
        """Copy files into the folder of their revision; return its id and the files.

        outputs: kind, path, SHA-256, and the file that is known to have its bytes.
        """
        temp = self._folder / f".{os.getpid()}.{threading.get_ident()}"
        shutil.rmtree(temp, ignore_errors=True)
        temp.mkdir(parents=True)
        try:
            found = []
            for kind, path, sha256, known in outputs:
                copy = temp / path.name
                digest = sha256 if known and _copied(known, copy) else ""
                if not digest:
                    shutil.copyfile(path, copy)
                found.append(Stored(path.name, kind, copy.stat().st_size, digest or _digest(copy)))
            files = tuple(found)
            number = _number([(each.kind, each.name, each.sha256) for each in files])
            shutil.rmtree(self._folder / number, ignore_errors=True)
            temp.rename(self._folder / number)
        finally:
            shutil.rmtree(temp, ignore_errors=True)
        return number, files


def _copied(path: Path, copy: Path) -> bool:
    """Copy a file of the cache; return whether it was still there."""
    try:
        shutil.copyfile(path, copy)
    except FileNotFoundError:
        return False
    return True


def _number(files: Sequence[tuple[str, str, str]]) -> str:
    """Return the id of a revision with files of these kinds, names and digests."""
    return hashlib.sha256(json.dumps(files).encode()).hexdigest()[:12]


def _is_fragment(revision: Revision) -> bool:
    return any(each.kind == "fragment" for each in revision.files)


def _write_manifest(revision: Revision) -> None:
    files = [[each.name, each.kind, each.bytes, each.sha256] for each in revision.files]
    data = {"created": revision.created, "files": files, "facts": dict(revision.facts)}
    temp = revision.folder / f"{_MANIFEST}.new"
    temp.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    temp.replace(revision.folder / _MANIFEST)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
