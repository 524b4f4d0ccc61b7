"""Puts results where the user wants them, whole or not at all; it knows nothing of which step made them.

A file that is already the same is not touched. One that is not what was last put there is the user's own: it is moved
aside, and never over anything else.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from vidbuild.engine import durable, records
from vidbuild.engine.blobs import Blob, Signature, signature
from vidbuild.engine.store import Store
from vidbuild.errors import StoreError, UsageError
from vidbuild.record import dataclass


@dataclass(frozen=True, slots=True)
class Placed:
    """What was done for one output. action: kept or written. aside: where the user's own file is now."""

    path: Path
    action: str
    aside: Path | None = None


class Outputs:
    """Places blobs, and remembers what was last put where until `save`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._path = store.home / "placed"
        self._placed: dict[str, tuple[str, Signature]] = _load(self._path)
        self._changed = False

    def place(self, blob: Blob, target: Path) -> Placed:
        """Make the target a copy of the blob: afterwards it is the old file or the new one, never part of either."""
        target = target.absolute()
        if target.is_dir():
            raise UsageError(f"cannot write '{target}': it is a folder")
        try:
            return self._place(blob, target)
        except OSError as error:
            raise StoreError(f"cannot write '{target}': {durable.told(error)}") from error

    def write(self, content: bytes, target: Path) -> tuple[Blob, Placed]:
        """Place what no step made; it becomes a blob like any output."""
        folder = self._store.home / "tmp"
        durable.make_folder(folder)
        temp = durable.temp_beside(folder / target.name)
        durable.write(temp, content, synced=False)
        blob, _ = self._store.blobs.move_in({"": temp})[""]
        return blob, self.place(blob, target)

    def present(self, target: Path) -> Blob | None:
        """What is at the target now, as a blob would be; None for nothing."""
        target = target.absolute()
        digest = self._digest_there(target)
        return Blob(digest, target.stat().st_size) if digest else None

    def _place(self, blob: Blob, target: Path) -> Placed:
        present = self._digest_there(target)
        if present == blob.digest:
            self._record(target, blob.digest)
            return Placed(target, "kept")
        if not self._store.blobs.path(blob.digest).exists():
            raise StoreError(f"the cache's copy of '{target.name}' is gone", hint="build again")
        temp = durable.temp_beside(target)
        durable.make_folder(target.parent)
        try:
            if durable.copy(self._store.blobs.path(blob.digest), temp) != blob.digest:
                raise StoreError(f"the cache's copy of '{target.name}' was damaged", hint="build again")
            aside = _set_aside(target) if present and not self._is_ours(target, present) else None
            durable.settle([(temp, target)])
        finally:
            durable.remove(temp)
        self._record(target, blob.digest)
        return Placed(target, "written", aside)

    def save(self) -> None:
        """Write what was put where; losing it costs nothing but a look at each file."""
        if self._changed:
            durable.write(self._path, records.seal({name: [d, *s] for name, (d, s) in self._placed.items()}))
            self._changed = False

    def _digest_there(self, target: Path) -> str:
        """The digest of what is at the target now, "" for nothing; read only where its stat is new."""
        try:
            now = signature(target)
        except OSError:
            return ""
        digest, then = self._placed.get(str(target), ("", None))
        return digest if then == now else durable.hash_file(target)

    def _is_ours(self, target: Path, present: str) -> bool:
        return present == self._placed.get(str(target), ("", None))[0]

    def _record(self, target: Path, digest: str) -> None:
        item = (digest, signature(target))
        if self._placed.get(str(target)) != item:
            self._placed[str(target)] = item
            self._changed = True


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


def _load(path: Path) -> dict[str, tuple[str, Signature]]:
    data = records.read(path)
    try:
        return {name: (item[0], Signature(*item[1:])) for name, item in data.items()} if data else {}
    except (AttributeError, TypeError, IndexError):
        return {}
