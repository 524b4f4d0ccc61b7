"""Puts results where the user wants them, whole or not at all; it knows nothing of which step made them.

A file that is already the same is not touched. One that is not what was last put there is the user's own: it is moved
aside, and never over anything else.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from vidbuild.engine.disk import durable
from vidbuild.engine.store.blobs import Blob, signature
from vidbuild.engine.store.output_manifest import OutputManifest, placing
from vidbuild.engine.store.store import Store
from vidbuild.errors import StoreError, UsageError
from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class OutputResult:
    """What was done for one output. action: kept or written. aside: where the user's own file is now."""

    path: Path
    action: str
    aside: Path | None = None


class Outputs:
    """Places blobs, and remembers what was last put where until `save`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._table = OutputManifest(store)

    def place_all(self, blobs: Sequence[tuple[Blob, Path]]) -> list[OutputResult]:
        """Place several and save, all of them before another build places its own."""
        if all(self._is_there(blob, target.absolute()) for blob, target in blobs):
            return self._place_all(blobs)
        with placing(self._store):
            self._table = OutputManifest(self._store)  # what the build before us placed is not the user's own
            return self._place_all(blobs)

    def _is_there(self, blob: Blob, target: Path) -> bool:
        with contextlib.suppress(OSError):
            return self._digest_there(target) == blob.digest
        return False

    def _place_all(self, blobs: Sequence[tuple[Blob, Path]]) -> list[OutputResult]:
        """What is about to change is written down first."""
        for blob, target in blobs:
            with contextlib.suppress(OSError):
                self._expect(blob, target.absolute())
        self.save()
        placed = [self.place(blob, target) for blob, target in blobs]
        self.save()
        return placed

    def _expect(self, blob: Blob, target: Path) -> None:
        present = self._digest_there(target)
        if present == blob.digest:
            return
        if present and self._table.is_ours(target, present):
            self._record(target, present)
        self._table.expect(target, blob.digest)

    def place(self, blob: Blob, target: Path) -> OutputResult:
        """Make the target a copy of the blob: afterwards it is the old file or the new one, never part of either."""
        target = target.absolute()
        if target.is_dir():
            raise UsageError(f"cannot write '{target}': it is a folder")
        try:
            return self._place(blob, target)
        except OSError as error:
            raise StoreError(f"cannot write '{target}': {durable.os_error_text(error)}") from error

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
                self._store.blobs.remove(blob.digest)  # so that building again makes it again
                raise StoreError(f"the cache's copy of '{target.name}' was damaged", hint="build again")
            aside = _set_aside(target) if present and not self._table.is_ours(target, present) else None
            durable.rename_all([(temp, target)])
        finally:
            with contextlib.suppress(OSError):
                durable.remove(temp)
        self._record(target, blob.digest)
        return OutputResult(target, "written", aside)

    def save(self) -> str:
        """Write down what was put where; what went wrong, "" for nothing."""
        trouble = self._table.save()
        self._store.write_error = self._store.write_error or trouble
        return trouble

    def _digest_there(self, target: Path) -> str:
        """The digest of what is at the target now, "" for nothing; read only where its stat is new."""
        try:
            now = signature(target)
        except OSError:
            return ""
        row = self._table.row(target)
        return row[0] if row is not None and row[1] == now else durable.hash_file(target)

    def _record(self, target: Path, digest: str) -> None:
        self._table.note(target, digest, signature(target))


def _set_aside(target: Path) -> Path:
    """Give the user's file a second name that is free; the first is then replaced like any other."""
    for aside in _names_aside(target):
        try:
            durable.link(target, aside)
        except FileExistsError:
            continue
        except OSError:  # no hard links here: the name could be taken in between, but only by another vidbuild
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
