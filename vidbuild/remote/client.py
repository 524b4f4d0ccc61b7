"""A client of a place for files. It is made when it is first used; credentials come from the environment alone."""

from __future__ import annotations

import contextlib
import math
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from vidbuild.errors import UsageError
from vidbuild.remote.address import Address, parse, without_user
from vidbuild.remote.errors import RemoteError, is_about_place, remote_error
from vidbuild.remote.stores import Store, require, store_of

__all__ = ["Client", "RemoteError", "Stored"]

PART_BYTES = 5 * 1024 * 1024  # of an upload in parts; smaller ones are refused by S3
PARTS_AT_ONCE = 4
CONNECT_SECONDS = 10
SLOWEST = 50_000  # bytes per second of a request that is not given up
RETRIES = 4


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is there; size: in bytes; tag: of its content, from the server, or when it was written."""

    size: int
    tag: str = field(default="", compare=False)


class Client:
    """Reads and writes files below an address; keys are relative to it. All methods raise RemoteError.

    Raises UsageError for a wrong address, and without the package that sends and fetches.
    """

    def __init__(self, address: Address | str, *, seconds: float | None = None, retries: int = RETRIES) -> None:
        require()
        self.address = parse(address) if isinstance(address, str) else address
        self._seconds = seconds
        self._retries = retries
        self._comparing = threading.Lock()
        self._compares: bool | None = None

    def head(self, key: str) -> Stored | None:
        """Return what is known of a file; None if there is none, or no bucket."""
        import obstore

        try:
            with self._errors():
                found = obstore.head(self._store(), key)
        except FileNotFoundError:
            return None
        return Stored(found["size"], found["e_tag"] or found["last_modified"].isoformat())

    def get(self, key: str, limit: int | None = None) -> bytes | None:
        """Return the bytes of a file; None if there is none, or no bucket. limit: RemoteError for more bytes."""
        try:
            with self._errors():
                return b"".join(self._chunks(key, limit))
        except FileNotFoundError:
            return None

    def download(self, key: str, target: Path, limit: int) -> None:
        """Write a file to a new file of this machine. FileNotFoundError without it, RemoteError for more bytes.

        An OSError is of this machine, such as of a full disk.
        """
        with target.open("xb") as opened:
            chunks = self._chunks(key, limit)
            while chunk := self._next(chunks):
                opened.write(chunk)

    def _next(self, chunks: Iterator[bytes]) -> bytes:
        with self._errors():
            return next((chunk for chunk in chunks if chunk), b"")

    def _chunks(self, key: str, limit: int | None) -> Iterator[bytes]:
        import obstore

        size = 0
        for chunk in obstore.get(self._store(limit or 0), key):
            size += len(chunk)
            if limit is not None and size > limit:
                raise RemoteError(f"cannot use '{self.address}': a file is larger than it may be")
            yield bytes(chunk)

    def put(self, key: str, content: bytes, headers: Mapping[str, str]) -> None:
        """Write a file whole. headers: Content-Type and Cache-Control, for places that keep them."""
        import obstore

        with self._missing_bucket(), self._errors():
            obstore.put(self._store(len(content)), key, content, attributes=self._kept(headers), use_multipart=False)

    def put_new(self, key: str, content: bytes) -> bool:
        """Write a file unless there is one; return whether it was written. Only for places that can compare."""
        import obstore
        from obstore.exceptions import AlreadyExistsError

        try:
            with self._missing_bucket(), self._errors():
                obstore.put(self._store(len(content)), key, content, mode="create")
        except AlreadyExistsError:
            return False
        return True

    @property
    def can_compare(self) -> bool:
        """Whether `put_new` tells that a file is there: some servers that speak S3 ignore the condition.

        It is tried once, also if several threads ask at once.
        """
        with self._comparing:
            if self._compares is None:
                self._compares = self._try_to_compare()
            return self._compares

    def _try_to_compare(self) -> bool:
        import obstore

        if self.address.scheme in {"http", "https"}:
            return False
        name = f".vidbuild-probe-{secrets.token_hex(8)}"
        try:
            return self.put_new(name, b"1") and not self.put_new(name, b"2")
        except RemoteError:
            return False
        finally:
            with contextlib.suppress(Exception):  # what stays of a probe is one byte
                obstore.delete(self._store(), name)

    def upload(
        self, key: str, file: BinaryIO, headers: Mapping[str, str], on_bytes: Callable[[int], None] | None = None
    ) -> str:
        """Write an open file of this machine, from its start, in parts if it is large and the place can take parts.

        Returns the tag of `Stored` that the server gives it, or "". Raises OSError if the file cannot be read.

        on_bytes: called with the number of bytes that were handed on, several times.
        """
        import obstore

        file.seek(0)
        size = os.fstat(file.fileno()).st_size
        in_parts = size > PART_BYTES and self.address.scheme not in {"http", "https"}
        parts = _Parts(file, on_bytes or _ignore)
        content: bytes | Iterator[bytes] = parts if in_parts else file.read()
        try:
            with self._missing_bucket(), self._errors():
                written = obstore.put(
                    self._store(PART_BYTES if in_parts else size),
                    key,
                    content,
                    attributes=self._kept(headers),
                    use_multipart=in_parts,
                    chunk_size=PART_BYTES,
                    max_concurrency=PARTS_AT_ONCE,
                )
        except RemoteError as error:
            if parts.error is not None:  # of this machine, and no fault of the place
                raise parts.error from error
            raise
        return written["e_tag"] or ""

    @property
    def can_copy(self) -> bool:
        """Whether a file can get another name and other headers without being sent again: only S3 can do both."""
        return self.address.scheme in {"s3", "supabase"}

    def copy(self, source: str, target: str, size: int, headers: Mapping[str, str] | None = None) -> None:
        """Let the place copy a file of this size. headers: in the place of the source's, which it keeps otherwise."""
        import obstore

        given = {"x-amz-metadata-directive": "REPLACE", **headers} if headers else {}
        with self._missing_bucket(), self._errors():
            obstore.copy(self._store(size, tuple(given.items())), source, target)

    def headers(self, key: str) -> Mapping[str, str]:
        """Return the headers that the place keeps with a file; none without the file."""
        import obstore

        try:
            with self._errors():
                return dict(obstore.get(self._store(), key, options={"head": True}).attributes)
        except FileNotFoundError:
            return {}

    def sign(self, key: str, seconds: float) -> str:
        """Return an address at which a file can be read for some time. UsageError if the place has none."""
        import obstore

        self.require_signed()
        with self._errors():
            return without_user(str(obstore.sign(self._store(), "GET", key, timedelta(seconds=seconds))))

    def require_signed(self) -> None:
        """Raise UsageError if the place has no addresses that work for some time."""
        if self.address.scheme not in {"s3", "gs", "az", "supabase"}:
            raise UsageError(f"'{self.address}' has no signed addresses", hint="leave --expires out")

    def require_folder(self) -> None:
        """Raise RemoteError if the place is a folder of this machine that is not there."""
        if self.address.scheme == "file" and not Path(self.address.prefix).is_dir():
            message = f"cannot use '{self.address}': the folder does not exist"
            raise RemoteError(message, hint="create it, or correct the address", is_silence=True)

    def probe(self) -> None:
        """Raise RemoteError if the place cannot be read from now: a wrong key, no bucket, no connection."""
        import obstore

        with self._missing_bucket(), self._errors():
            if self.address.scheme in {"http", "https"}:  # lists nothing
                self.head(".vidbuild-probe")
            else:
                next(iter(obstore.list(self._store(), chunk_size=1)), None)

    def _store(self, size: int = 0, headers: tuple[tuple[str, str], ...] = ()) -> Store:
        """Return the client of a request; size: of its body, in bytes; headers: beside its own.

        Its time is rounded up, since each client has connections of its own.
        """
        seconds = _rounded(self._seconds or 30 + size / SLOWEST)
        return store_of(self.address, seconds, self._retries, min(seconds, CONNECT_SECONDS), headers)

    def _kept(self, headers: Mapping[str, str]) -> dict[str, str] | None:
        return None if self.address.scheme == "file" else dict(headers)

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """Raise RemoteError for what the client raises, but for a file that is not there or is there already."""
        from obstore.exceptions import AlreadyExistsError, BaseError

        try:
            yield
        except AlreadyExistsError:
            raise
        except FileNotFoundError as error:
            if is_about_place(error):
                raise remote_error(self.address, error) from error
            raise
        except (BaseError, OSError, NotImplementedError) as error:
            raise remote_error(self.address, error) from error

    @contextlib.contextmanager
    def _missing_bucket(self) -> Iterator[None]:
        """Raise RemoteError if what is written to is not there."""
        try:
            yield
        except FileNotFoundError as error:
            raise remote_error(self.address, error) from error


def _rounded(seconds: float) -> float:
    """Return the next one of 1, 1.5, 2, 3, 4, 6, 8, 12 and so on."""
    power = 2.0 ** math.floor(math.log2(seconds))
    return next(each for each in (power, 1.5 * power, 2 * power) if each >= seconds)


class _Parts(Iterator[bytes]):
    """The parts of a file, of which each is reported; error: with which a part could not be read."""

    def __init__(self, file: BinaryIO, on_bytes: Callable[[int], None]) -> None:
        self._file = file
        self._on_bytes = on_bytes
        self._last = 0
        self.error: OSError | None = None

    def __next__(self) -> bytes:
        if self._last:
            self._on_bytes(self._last)
        try:
            content = self._file.read(PART_BYTES)
        except OSError as error:
            self.error = error
            raise
        self._last = len(content)
        if not content:
            raise StopIteration
        return content


def _ignore(_count: int) -> None:
    """Do nothing with the progress."""
