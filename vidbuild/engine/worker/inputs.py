"""The inputs of a step: links to blobs by the names that the step knows, each made when the step first asks for it.

A link whose target has more than 59 characters takes a block of its own on ext4, and costs more than reading a small
file. So a step that has hundreds of inputs reads them without links (`Context.read`).

An input is hashed before the step gets it: disk rot changes no stat, which is all that lookups compare. What is only
read is hashed as it was read, and not read twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vidbuild.engine.disk import durable
from vidbuild.engine.store.blobs import Blobs, Signature, signature

_MOST_INTACT = 10_000
_intact: set[tuple[str, Signature]] = set()  # blobs that were hashed in this build: each is hashed once


def forget_intact() -> None:
    """Forget which blobs were hashed, when another build begins."""
    _intact.clear()


class CorruptInputError(Exception):
    """The bytes of an input do not match its name.

    role: of the input.
    digest: the name of the blob.
    """

    def __init__(self, role: str, digest: str) -> None:
        super().__init__(role)
        self.role, self.digest = role, digest


class LinkedInputs(Mapping[str, Path]):
    """Role -> the link to its blob, or the folder of links if the input is the whole product of a step.

    given: as in a request (see execute.py).
    folder: of the links, which exists.
    """

    def __init__(self, given: Mapping[str, Mapping[str, Any]], folder: Path, blobs: Blobs) -> None:
        self._given, self._folder, self._blobs = given, folder, blobs
        self._links: dict[str, Path] = {}
        self._lock = threading.Lock()  # a step may have threads
        self._corrupt: CorruptInputError | None = None

    def __getitem__(self, role: str) -> Path:
        """Return the path of an input; make it if this is the first time. Raises CorruptInputError."""
        with self._lock:
            if role not in self._links:
                self._links[role] = self._linked(role)
            return self._links[role]

    def __contains__(self, role: object) -> bool:
        """Return whether there is such an input."""
        return role in self._given

    def __iter__(self) -> Iterator[str]:
        """Iterate over the roles."""
        return iter(self._given)

    def __len__(self) -> int:
        """Return the number of inputs."""
        return len(self._given)

    def read(self, role: str) -> bytes:
        """Return the content of an input that is one file. Raises CorruptInputError."""
        digest = self._given[role]["blob"]
        path = self._blobs.find(digest)
        known = (str(path), signature(path))
        data = path.read_bytes()
        if known not in _intact:
            self._check(role, digest, hashlib.sha256(data).hexdigest(), known)
        return data

    def require_intact(self) -> None:
        """Raise CorruptInputError if an input was corrupt, whatever the step made of that."""
        if self._corrupt is not None:
            raise self._corrupt

    def _linked(self, role: str) -> Path:
        given = self._given[role]
        link = self._folder / str(given["as"])
        if "files" not in given:
            link.symlink_to(self._verified(role, given["blob"]))
            return link
        blobs = {name: self._verified(role, digest) for name, digest in given["files"].items()}
        link.mkdir()
        for name, blob in blobs.items():
            (link / name).parent.mkdir(parents=True, exist_ok=True)
            (link / name).symlink_to(blob)
        return link

    def _verified(self, role: str, digest: str) -> Path:
        """Return where a blob is, after hashing it; also where it should be if it is missing."""
        path = self._blobs.find(digest)
        with contextlib.suppress(FileNotFoundError):  # the step will fail, which is explained after it
            known = (str(path), signature(path))
            if known not in _intact:
                self._check(role, digest, durable.hash_file(path), known)
        return path

    def _check(self, role: str, digest: str, found: str, known: tuple[str, Signature]) -> None:
        if found != digest:
            error = CorruptInputError(role, digest)
            self._corrupt = self._corrupt or error
            raise error
        if len(_intact) >= _MOST_INTACT:
            _intact.clear()
        _intact.add(known)
