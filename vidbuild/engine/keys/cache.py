"""The tiers of a build's cache: stores in folders, and slower ones that results are copied from."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from vidbuild.engine.disk import durable
from vidbuild.engine.graph.context import StepWarning
from vidbuild.engine.store.blobs import Blob, Signature, signature
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.engine.store.store import Store
from vidbuild.engine.store.trace import Trace
from vidbuild.frozen import dataclass

LOCAL = "local"
LOWER = "lower"


@dataclass(frozen=True, slots=True)
class CacheHit:
    """The result of a step that the cache has.

    source: the tier that has it, as events name it.
    """

    outputs: Mapping[str, Blob]
    warnings: Sequence[StepWarning]
    seconds: float
    source: str = LOCAL


class Cache(Protocol):
    """A tier that results can be copied from; it is never written.

    Both methods may take long, may be called from any thread, and may raise anything, which counts as a miss.
    source: what events call the tier.
    """

    source: str

    def lookup(self, key: str) -> Trace | None:
        """The key's trace, or None if the tier has no result for the key."""

    def copy_blob(self, digest: str, target: Path) -> None:
        """Write the blob's bytes to a new file; the caller verifies them."""


class LocalCache:
    """A store as a tier: quick to ask, and its blobs are read where they are."""

    def __init__(self, store: Store, table: DigestCache, source: str = LOCAL) -> None:
        self.store = store
        self.source = source
        self._table = table
        self._intact: set[str] = set()

    def lookup(self, key: str) -> Trace | None:
        """The key's trace, if all its blobs are intact."""
        trace = self.store.trace(key)
        return trace if trace is not None and self.has_all(trace.outputs) else None

    def copy_blob(self, digest: str, target: Path) -> None:
        """Copy the blob to a new file."""
        durable.copy(self.store.blobs.path(digest), target)

    def has_all(self, outputs: Mapping[str, Blob]) -> bool:
        """Whether all these blobs are intact."""
        return all(self.has_intact(blob.digest) for blob in outputs.values())

    def has_intact(self, digest: str) -> bool:
        """Whether the blob is there and its bytes match its name; each blob is checked once."""
        if digest not in self._intact:
            if not self._table.has_intact(self.store.blobs, digest):
                return False
            self._intact.add(digest)
        return True

    def trace_signature(self, key: str) -> Signature | None:
        """The signature of the key's trace file, or None if absent."""
        try:
            return signature(self.store.trace_location(key))
        except OSError:
            return None

    def blob_added(self, digest: str, left: Signature) -> None:
        """Remember a blob that was just added; its signature differs if another process has replaced it since."""
        location = self.store.blobs.location(digest)
        with contextlib.suppress(OSError):
            if signature(location) == left:
                self._table.record(location, left, digest)
        self._intact.add(digest)

    def record(self, trace: Trace, *, replace: bool = False) -> Trace:
        """Write a trace, whose blobs are in the store, unless an earlier intact one exists; return the one that counts.

        replace: overwrite the earlier one.
        """
        earlier = None if replace else self.lookup(trace.key)
        if earlier is None:
            self.store.write_trace(trace)
        return earlier or trace


class TieredCache:
    """The tiers of one build, in the order in which they are asked.

    local: the tier that results are added to; the others are only read.
    """

    def __init__(self, local: LocalCache, *lower: LocalCache) -> None:
        self.local = local
        self._tiers = (local, *lower)

    @classmethod
    def over(cls, store: Store, table: DigestCache) -> TieredCache:
        """A store and those that it lies over."""
        return cls(LocalCache(store, table), *(LocalCache(each, table, LOWER) for each in store.lower))

    def lookup(self, key: str) -> tuple[Trace, LocalCache] | None:
        """The key's trace and the tier that has it, with all blobs intact."""
        for tier in self._tiers:
            trace = tier.lookup(key)
            if trace is not None:
                return trace, tier
        return None

    def trace(self, key: str) -> Trace | None:
        """The key's trace, whether its blobs exist or not."""
        return next(filter(None, (tier.store.trace(key) for tier in self._tiers)), None)

    def tier_with(self, key: str, trace: Signature) -> LocalCache | None:
        """The tier in which the key's trace file has this signature, or None."""
        return next((tier for tier in self._tiers if tier.trace_signature(key) == trace), None)

    def has_intact(self, digest: str) -> bool:
        """Whether any tier has the blob intact."""
        return any(tier.has_intact(digest) for tier in self._tiers)
