"""Inspects, verifies, trims and clears a project's cache."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild.engine.store import gc
from vidbuild.engine.store.store import DEFAULT_LIMIT, Store
from vidbuild.project import cache_of, how_found, root_of


@dataclass(frozen=True, slots=True)
class CacheInfo:
    """The contents of a cache: its size and limit in bytes, and the number of its traces, blobs and copies of outputs.

    found_by: how its folder was found.
    copies: of outputs, for pages of documentation and the live page.
    """

    folder: Path
    bytes: int
    limit: int
    traces: int
    blobs: int
    found_by: str = ""
    copies: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "folder": str(self.folder),
            "found_by": self.found_by,
            "bytes": self.bytes,
            "limit": self.limit,
            "traces": self.traces,
            "blobs": self.blobs,
            "copies": self.copies,
        }


@dataclass(frozen=True, slots=True)
class CacheVerification:
    """The result of verifying a cache.

    checked: the number of files that were read.
    corrupt: the files that were corrupt and are removed.
    """

    checked: int
    corrupt: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"checked": self.checked, "corrupt": list(self.corrupt)}


@dataclass(frozen=True, slots=True)
class Removed:
    """The bytes that were removed and kept; busy: nothing was removed because a build is running."""

    removed: int
    kept: int
    busy: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"removed": self.removed, "kept": self.kept, "busy": self.busy}


def _store(cache: Path | None) -> Store:
    return Store(cache if cache is not None else cache_of(root_of(Path.cwd() / "spec.yaml")))


def cache_info(cache: Path | None = None) -> CacheInfo:
    """Return the contents of the current project's cache; writes nothing."""
    info = gc.info(_store(cache))
    found_by = "argument" if cache is not None else how_found(Path.cwd() / "spec.yaml")
    return CacheInfo(info.root, info.bytes, DEFAULT_LIMIT, info.traces, info.blobs, found_by, info.copies)


def cache_verify(cache: Path | None = None) -> CacheVerification:
    """Verify the whole cache and remove corrupt files."""
    result = gc.verify(_store(cache))
    return CacheVerification(result.checked, result.corrupt)


def cache_gc(limit: int | None = None, cache: Path | None = None) -> Removed:
    """Trim the cache to a size in bytes; the least recently used results are removed first."""
    result = gc.trim(_store(cache), DEFAULT_LIMIT if limit is None else limit)
    return Removed(result.removed_bytes, result.bytes, result.busy)


def cache_clear(cache: Path | None = None) -> Removed:
    """Remove everything in the cache; StoreError while it is used."""
    return Removed(gc.clear(_store(cache)), 0)
