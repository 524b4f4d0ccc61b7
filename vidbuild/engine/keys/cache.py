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

    Its methods are called from several threads. They may take long, and may raise anything, which counts as a miss.
    source: what events call the tier.
    """

    source: str

    def lookup(self, key: str) -> Trace | None:
        """Return the key's trace, or None if the tier has no result for the key; the caller verifies it."""

    def copy_blob(self, blob: Blob, target: Path) -> None:
        """Write the blob's bytes to a new file; the caller verifies them."""


class FetchCounts:
    """How many fetches from remote tiers ended how.

    rejected: invalid results. errors: exceptions that tiers raised. Both are misses as well, unless a further tier
    has the result.
    """

    def __init__(self) -> None:
        self.hits = self.misses = self.rejected = self.errors = 0


class LocalCache:
    """A store as a tier: quick to ask, and its blobs are read where they are."""

    def __init__(self, store: Store, table: DigestCache, source: str = LOCAL) -> None:
        self.store = store
        self.source = source
        self._table = table
        self._intact: set[str] = set()

    def lookup(self, key: str) -> Trace | None:
        """Return the key's trace, if all its blobs are intact."""
        trace = self.store.trace(key)
        return trace if trace is not None and self.has_all(trace.outputs) else None

    def copy_blob(self, blob: Blob, target: Path) -> None:
        """Copy the blob to a new file."""
        durable.copy(self.store.blobs.path(blob.digest), target)

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
        """Return the signature of the key's trace file, or None if absent."""
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
    """The tiers of one build, in the order in which they are asked; results are added to the first alone.

    local: the store that results are added to.
    lower: stores whose blobs are read where they are. These and the local tier are asked while planning.
    remote: slower tiers, asked for a step when it is ready to run; their results are copied to the local tier.
    """

    def __init__(self, local: LocalCache, lower: Sequence[LocalCache] = (), remote: Sequence[Cache] = ()) -> None:
        self.local = local
        self.remote = tuple(remote)
        self.fetches = FetchCounts()
        self._tiers = (local, *lower)

    @classmethod
    def over(cls, store: Store, table: DigestCache, remote: Sequence[Cache] = ()) -> TieredCache:
        """Return the tiers of a store, of those that it lies over, and remote ones."""
        return cls(LocalCache(store, table), [LocalCache(each, table, LOWER) for each in store.lower], remote)

    def lookup(self, key: str) -> tuple[Trace, LocalCache] | None:
        """Return the key's trace and the tier that has it, with all blobs intact; remote tiers are not asked."""
        for tier in self._tiers:
            trace = tier.lookup(key)
            if trace is not None:
                return trace, tier
        return None

    def trace(self, key: str) -> Trace | None:
        """Return the key's trace, whether its blobs exist or not."""
        return next(filter(None, (tier.store.trace(key) for tier in self._tiers)), None)

    def tier_with(self, key: str, trace: Signature) -> LocalCache | None:
        """Return the tier in which the key's trace file has this signature, or None."""
        for tier in self._tiers:  # a null build calls this for every step
            if tier.trace_signature(key) == trace:
                return tier
        return None

    def has_intact(self, digest: str) -> bool:
        """Whether any tier but the remote ones has the blob intact."""
        return any(tier.has_intact(digest) for tier in self._tiers)
