"""Writes results to a shared cache: blobs first, then the signed records that lead to them."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from vidbuild.engine.store.blobs import Blob, Blobs
from vidbuild.engine.store.trace import Trace
from vidbuild.remote.client import Client
from vidbuild.remote.errors import RemoteError
from vidbuild.shared_cache import record
from vidbuild.shared_cache.keys import Signer
from vidbuild.shared_cache.tier import blob_name, record_name

AT_ONCE = 16
RETRIES = 2
CONTENT = {"Content-Type": "application/octet-stream"}
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Pushed:
    """What was written.

    written: records that are new.
    kept: records that were there before: the first writer wins.
    replaced: records that were there before, of other results, and were replaced on request.
    bytes: of new blobs.
    error: what ended the writing early; None if nothing did.
    """

    written: int = 0
    kept: int = 0
    replaced: int = 0
    bytes: int = 0
    error: RemoteError | None = None


class Pusher:
    """Writes results of one store to one place.

    replace: keys whose records are replaced if they are of other results, such as a take that was spoken again.
    """

    def __init__(self, address: str, blobs: Blobs, signer: Signer, replace: Collection[str] = ()) -> None:
        self._replace = replace
        self._client = Client(address, retries=RETRIES)  # a request has time that grows with its size
        self._blobs = blobs
        self._signer = signer
        self._lock = threading.Lock()
        self._uploads: dict[str, Future[int]] = {}  # by digest
        self._failed = threading.Event()

    def push(self, traces: Iterable[Trace]) -> Pushed:
        """Write results, several at a time; an error ends the writing, and is in the result."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = list(pool.map(self._push_one, list(traces)))
        return total(found)

    def _push_one(self, trace: Trace) -> Pushed:
        """Write a result unless there is one, which may be another take of the same step, made on another machine."""
        if self._failed.is_set():
            return Pushed()
        try:
            if self._client.head(record_name(trace.key)) is not None:
                return self._push_again(trace)
            size = sum(self._push_blob(blob) for blob in trace.outputs.values())
            is_new = self._put_record(trace)
            return Pushed(written=is_new, kept=not is_new, bytes=size)
        except RemoteError as error:
            self._failed.set()
            return Pushed(error=error)
        except FileNotFoundError:  # another build has evicted the blob
            return Pushed()

    def _push_again(self, trace: Trace) -> Pushed:
        """Write what is missing of a result whose record is there; replace that of another result if it is asked for.

        Places can be set to remove what is old, and a record without its blobs would be of no use again.
        """
        name = record_name(trace.key)
        content = self._client.get(name, record.MAX_BYTES) or b""
        is_same = record.outputs(content) == {output: blob.digest for output, blob in trace.outputs.items()}
        if not is_same and trace.key not in self._replace:
            return Pushed(kept=1)  # its blobs are not here
        size = sum(self._push_blob(blob) for blob in trace.outputs.values())
        if is_same:
            return Pushed(kept=1, bytes=size)
        self._client.put(name, record.dumps(trace, self._signer), JSON)
        return Pushed(replaced=1, bytes=size)

    def _push_blob(self, blob: Blob) -> int:
        """Write a blob unless it is there; return how many bytes were written.

        Several results can have the blob: each waits until it is there, since its record is written next.
        """
        with self._lock:
            known = self._uploads.get(blob.digest)
            upload = known or self._uploads.setdefault(blob.digest, Future())
        if known is not None:
            known.result()
            return 0
        try:
            written = self._write_blob(blob)
        except BaseException as error:
            upload.set_exception(error)
            raise
        upload.set_result(written)
        return written

    def _write_blob(self, blob: Blob) -> int:
        name = blob_name(blob.digest)
        stored = self._client.head(name)
        if stored is not None and stored.size == blob.size:
            return 0
        with self._blobs.find(blob.digest).open("rb") as opened:
            self._client.upload(name, opened, CONTENT)
        return blob.size

    def _put_record(self, trace: Trace) -> bool:
        """Write a record unless there is one; return whether it was written.

        A place that cannot compare is asked first: two writers at one moment can both write there, and either result
        is valid.
        """
        name, content = record_name(trace.key), record.dumps(trace, self._signer)
        if self._client.can_compare:
            return self._client.put_new(name, content)
        if self._client.head(name) is not None:
            return False
        self._client.put(name, content, JSON)
        return True


def total(found: Iterable[Pushed]) -> Pushed:
    """Return what was written together, with the first error."""
    whole = Pushed()
    for each in found:
        whole = replace(
            whole,
            written=whole.written + each.written,
            kept=whole.kept + each.kept,
            replaced=whole.replaced + each.replaced,
            bytes=whole.bytes + each.bytes,
            error=whole.error or each.error,
        )
    return whole
