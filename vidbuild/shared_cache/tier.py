"""A shared cache as a tier of a build's cache. Trouble with it costs a bounded time, and never a result."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar

from vidbuild.engine.keys.fetch import RejectedError
from vidbuild.engine.store.blobs import Blob
from vidbuild.engine.store.trace import Trace
from vidbuild.remote.client import Client
from vidbuild.remote.errors import RemoteError
from vidbuild.shared_cache import record
from vidbuild.shared_cache.keys import require

SECONDS = 1.5  # for which a record is waited for: what a dead server costs, once, with what it takes to notice it
SLOWEST = 200_000  # bytes per second of a blob, below which making it is likelier to be quicker
MAX_ERRORS = 5  # after which nothing is asked any more
MEASURED = 500_000  # bytes of a blob of which the speed is measured: smaller ones mostly wait for the first byte
MARGIN = 0.5  # s by which fetching may be slower than making: the processor is free meanwhile

Result = TypeVar("Result")


def record_name(key: str) -> str:
    """Return the name of a key's record, as in the HTTP protocol of Bazel's caches."""
    return f"ac/{key}"


def blob_name(digest: str) -> str:
    """Return the name of a blob, as in the HTTP protocol of Bazel's caches."""
    return f"cas/{digest}"


class SharedTier:
    """A tier that asks a place for files.

    trusted: public keys whose records are used.
    fetch_all: also fetch what is quicker made.
    writes: whether results are written too, which makes a folder that is not there; otherwise that is an error.
    error: the first one; None without trouble. Its methods are called from several threads.
    """

    source = "remote"

    def __init__(
        self,
        address: str,
        trusted: Collection[str],
        *,
        seconds: float = SECONDS,
        fetch_all: bool = False,
        writes: bool = False,
    ) -> None:
        require()
        self.error: RemoteError | None = None
        self.skipped = 0  # results that are quicker made than fetched
        self._client = Client(address, seconds=seconds, retries=0)
        self._address = address
        self._seconds = seconds
        self._fetch_all = fetch_all
        self._trusted = frozenset(trusted)
        self._writes = writes
        self._lock = threading.Lock()
        self._errors = 0
        self._bytes = 0
        self._busy = 0.0

    def probe(self) -> None:
        """Raise RemoteError if the place cannot be used."""
        self._require_folder()
        self._client.probe()

    def _require_folder(self) -> None:
        """Raise RemoteError if nothing can be in a folder of this machine: a wrong address would look like misses."""
        if not self._writes:
            self._client.require_folder()

    def _record(self, key: str) -> bytes | None:
        self._require_folder()
        return self._client.get(record_name(key), record.MAX_BYTES)

    def lookup(self, key: str) -> Trace | None:
        """Return the key's trace; None if there is none, or if making the result is quicker. Raises RejectedError."""
        if self._errors >= MAX_ERRORS:
            return None
        content = self._guarded(lambda: self._record(key))
        if content is None:
            return None
        trace = record.loads(content, self._trusted)
        size = sum(blob.size for blob in trace.outputs.values())
        if not self._fetch_all and self._expected(size) > trace.seconds + MARGIN:
            with self._lock:
                self.skipped += 1
            return None
        return trace

    def copy_blob(self, blob: Blob, target: Path) -> None:
        """Write a blob's bytes, which the caller verifies, to a new file.

        Raises RemoteError, and RejectedError without the blob: places can be set to remove what is old.
        """
        client = Client(self._address, seconds=self._seconds + blob.size / SLOWEST, retries=0)
        began = time.monotonic()
        try:
            self._guarded(lambda: client.download(blob_name(blob.digest), target, blob.size))
        except FileNotFoundError as error:
            raise RejectedError("without its blob") from error
        if blob.size >= MEASURED:
            with self._lock:
                self._bytes += blob.size
                self._busy += time.monotonic() - began

    def _expected(self, size: int) -> float:
        """Return how long so many bytes take, by what was fetched so far; 0 before anything was."""
        with self._lock:
            return size * self._busy / self._bytes if self._bytes else 0.0

    def _guarded(self, call: Callable[[], Result]) -> Result:
        """Return what a call returns; after an error, count it, and after several ask nothing more."""
        try:
            return call()
        except RemoteError as error:
            with self._lock:
                self.error = self.error or error
                self._errors += MAX_ERRORS if error.is_silence else 1
            raise
