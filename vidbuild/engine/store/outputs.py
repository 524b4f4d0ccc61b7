"""Installs outputs where the user wants them, each completely or not at all.

A file with the same content is not touched. A file that no build made is the user's own: it is renamed before the
output takes its place, and never replaces another file.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from vidbuild.engine.disk import durable
from vidbuild.engine.store.blobs import Blob, signature
from vidbuild.engine.store.output_manifest import OutputManifest, installing
from vidbuild.engine.store.store import Store
from vidbuild.errors import StoreError, UsageError, os_error_text
from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class OutputResult:
    """What was done for one output.

    action: "kept" or "written".
    aside: the path of the user's own file now.
    edited: whether that is an output that the user edited, as far as can be proved.
    """

    path: Path
    action: str
    aside: Path | None = None
    edited: bool = False


Proof = Callable[[Path], bool | None]
"""Returns True for a file that is an output by its content, False for one that was edited, None for any other."""


class Outputs:
    """Installs blobs, and records in the manifest which was installed where.

    proof: recognizes outputs of builds that the manifest does not know, such as those with another cache.
    """

    def __init__(self, store: Store, proof: Proof = lambda _: None) -> None:
        self._store = store
        self._proof = proof
        self._edited: set[Path] = set()
        self._renamed_in: dict[Path, None] = {}
        self._manifest = OutputManifest(store)

    def place_all(self, blobs: Sequence[tuple[Blob, Path]]) -> list[OutputResult]:
        """Install blobs and save the manifest; another build cannot install its own in between."""
        if all(self._is_installed(blob, target.absolute()) for blob, target in blobs):
            return self._place_all(blobs)
        with installing(self._store):
            self._manifest = OutputManifest(self._store)  # what the previous build installed is not the user's own
            return self._place_all(blobs)

    def _is_installed(self, blob: Blob, target: Path) -> bool:
        with contextlib.suppress(OSError):
            return self._digest_there(target) == blob.digest
        return False

    def _place_all(self, blobs: Sequence[tuple[Blob, Path]]) -> list[OutputResult]:
        """Install blobs; the manifest is saved before anything changes."""
        for blob, target in blobs:
            with contextlib.suppress(OSError):
                self._expect(blob, target.absolute())
        self.save()
        try:
            placed = [self.place(blob, target) for blob, target in blobs]
        finally:
            self._sync_names()
        self.save()
        return placed

    def _expect(self, blob: Blob, target: Path) -> None:
        present = self._digest_there(target)
        if present == blob.digest:
            return
        if present and self._is_ours(target, present):
            self._record(target, present)
        self._manifest.expect(target, blob.digest)

    def _is_ours(self, target: Path, present: str) -> bool:
        if self._manifest.has(present):
            return True
        proof = self._proof(target)
        if proof is False or self._manifest.row(target) is not None:
            self._edited.add(target)
        return bool(proof)

    def place(self, blob: Blob, target: Path) -> OutputResult:
        """Make the target a copy of the blob: it is the old file or the new one at any moment."""
        target = target.absolute()
        if target.is_dir():
            raise UsageError(f"cannot write '{target}': is a folder")
        try:
            return self._place(blob, target)
        except OSError as error:
            raise StoreError(f"cannot write '{target}': {os_error_text(error)}") from error

    def _place(self, blob: Blob, target: Path) -> OutputResult:
        present = self._digest_there(target)
        if present == blob.digest:
            self._record(target, blob.digest)
            return OutputResult(target, "kept")
        stored = self._store.blobs.find(blob.digest)
        if not stored.exists():
            raise StoreError(f"the cache's copy of '{target.name}' is gone", hint="build again")
        temp = durable.temp_beside(target)
        durable.make_folder(target.parent)
        try:
            if durable.copy(stored, temp) != blob.digest:
                self._store.blobs.remove(blob.digest)  # the next build makes it again
                raise StoreError(f"the cache's copy of '{target.name}' was corrupt", hint="build again")
            aside = _set_aside(target) if present and not self._manifest.has(present) else None
            durable.rename(temp, target)
            self._renamed_in[target.parent] = None
        finally:
            with contextlib.suppress(OSError):
                durable.remove(temp)
        self._record(target, blob.digest)
        return OutputResult(target, "written", aside, edited=aside is not None and target in self._edited)

    def _sync_names(self) -> None:
        """Make the names of what was installed durable, once for each folder."""
        for folder in self._renamed_in:
            durable.sync_folder(folder)
        self._renamed_in.clear()

    def save(self) -> str:
        """Save the manifest; return the error message, "" for none."""
        error = self._manifest.save()
        self._store.write_error = self._store.write_error or error
        return error

    def _digest_there(self, target: Path) -> str:
        """Return the digest of the file at the target, "" if absent; it is hashed only if its stat changed."""
        try:
            now = signature(target)
        except OSError:
            return ""
        row = self._manifest.row(target)
        return row[0] if row is not None and row[1] == now else durable.hash_file(target)

    def _record(self, target: Path, digest: str) -> None:
        self._manifest.record(target, digest, signature(target))


def _set_aside(target: Path) -> Path:
    """Give the user's file a second name that is free; return that name."""
    for aside in _names_aside(target):
        try:
            durable.link(target, aside)
        except FileExistsError:
            continue
        except OSError:  # no hard links here: a race for the name is possible, but only between two vidbuilds
            if aside.exists():
                continue
            durable.rename(target, aside)
        return aside
    raise AssertionError("names never run out")


def _names_aside(target: Path) -> Iterator[Path]:
    yield target.with_name(f"{target.stem}.mine{target.suffix}")
    number = 2
    while True:
        yield target.with_name(f"{target.stem}.mine-{number}{target.suffix}")
        number += 1
