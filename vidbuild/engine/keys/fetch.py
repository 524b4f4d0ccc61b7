"""Copies the result for one key from a remote tier into the store, verified."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vidbuild.engine.disk import durable
from vidbuild.engine.graph.canonical import digest_lines
from vidbuild.engine.keys.cache import Cache
from vidbuild.engine.store.blobs import Blobs, CorruptBlobError, Signature
from vidbuild.engine.store.trace import Trace


class RejectedError(Exception):
    """A tier has something that is no valid result for the key."""


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What came of one fetch. Every tier that did not have a valid result counts as a miss.

    trace: None if no tier has a valid result.
    source: the tier that the result is from.
    added: digest -> signature, of the blobs that were copied.
    rejected: tiers whose result was invalid.
    errors: tiers that raised an exception.
    """

    trace: Trace | None = None
    source: str = ""
    added: Mapping[str, Signature] = field(default_factory=dict)
    rejected: int = 0
    errors: int = 0


def fetch(
    key: str, tiers: Sequence[Cache], blobs: Blobs, folder: Path, is_cancelled: Callable[[], bool] = lambda: False
) -> FetchResult:
    """Ask the tiers in their order, and copy the blobs of the first valid result; the trace is left to the caller.

    folder: a folder for files that are not yet verified; it is empty again afterwards.
    is_cancelled: called before anything is added to the store.
    """
    rejected = errors = 0
    for tier in tiers:
        try:
            trace = tier.lookup(key)
            if trace is not None:
                added = _copy(key, trace, tier, blobs, folder, is_cancelled)
                return FetchResult(trace, tier.source, added, rejected, errors)
        except (RejectedError, CorruptBlobError):
            rejected += 1
        except Exception:  # noqa: BLE001 - a tier may fail in any way, and that costs time alone
            errors += 1
    return FetchResult(rejected=rejected, errors=errors)


def _copy(
    key: str, trace: Trace, tier: Cache, blobs: Blobs, folder: Path, is_cancelled: Callable[[], bool]
) -> dict[str, Signature]:
    """Copy the blobs that the store lacks; return their signatures."""
    # The key is the hash of the material, so a trace cannot claim to be the result of another material.
    if trace.key != key or digest_lines(trace.material) != key:
        raise RejectedError(trace.key)
    missing = {blob.digest: blob for blob in trace.outputs.values() if not os.path.lexists(blobs.location(blob.digest))}
    files = {digest: folder / digest for digest in missing}
    try:
        for digest, blob in missing.items():
            tier.copy_blob(blob, files[digest])
        if is_cancelled():  # the build that would record the trace is over
            return {}
        moved = blobs.move_in(files, {digest: digest for digest in files})
    finally:
        for path in files.values():
            durable.remove(path)
    return {digest: found for digest, (_, found) in moved.items()}
