"""Looking after a project's cache; it knows no spec and no build."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild.engine.store import gc
from vidbuild.engine.store.store import DEFAULT_LIMIT, Store
from vidbuild.project import cache_of, root_of


@dataclass(frozen=True, slots=True)
class CacheFacts:
    """What the cache holds."""

    folder: Path
    bytes: int
    limit: int
    traces: int
    blobs: int

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "folder": str(self.folder),
            "bytes": self.bytes,
            "limit": self.limit,
            "traces": self.traces,
            "blobs": self.blobs,
        }


@dataclass(frozen=True, slots=True)
class Checkup:
    """What was verified. checked: how many files; corrupt: those that were removed."""

    checked: int
    corrupt: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"checked": self.checked, "corrupt": list(self.corrupt)}


@dataclass(frozen=True, slots=True)
class Removed:
    """Bytes that were removed and that were kept. busy: nothing was, since a build is running."""

    removed: int
    kept: int
    busy: bool = False

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"removed": self.removed, "kept": self.kept, "busy": self.busy}


def _store(cache: Path | None) -> Store:
    return Store(cache if cache is not None else cache_of(root_of(Path.cwd() / "spec.yaml")))


def cache_info(cache: Path | None = None) -> CacheFacts:
    """What the cache of the project here holds; writes nothing."""
    found = gc.info(_store(cache))
    return CacheFacts(found.root, found.bytes, DEFAULT_LIMIT, found.traces, found.blobs)


def cache_verify(cache: Path | None = None) -> Checkup:
    """Verify the whole cache and remove corrupt files."""
    found = gc.verify(_store(cache))
    return Checkup(found.checked, found.corrupt)


def cache_gc(limit: int | None = None, cache: Path | None = None) -> Removed:
    """Trim the cache to a size in bytes, what was used longest ago first."""
    found = gc.trim(_store(cache), DEFAULT_LIMIT if limit is None else limit)
    return Removed(found.removed_bytes, found.bytes, found.busy)


def cache_clear(cache: Path | None = None) -> Removed:
    """Remove everything in the cache; StoreError while a build runs."""
    return Removed(gc.clear(_store(cache)), 0)
