"""JSON files that carry their own checksum.

The first line is the SHA-256 of the rest, which is JSON on one line. A file whose checksum does not match is ignored.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

_DIGEST_LENGTH = 64


def dumps(data: object) -> bytes:
    """Encode a JSON value with its checksum."""
    body = json.dumps(data, separators=(",", ":")).encode()
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body + b"\n"


def loads(raw: bytes) -> Any | None:  # noqa: ANN401 - any JSON value
    """Decode the JSON value, or return None if the bytes are corrupt, torn or of another form."""
    body = raw[_DIGEST_LENGTH + 1 : -1]
    if raw[-1:] != b"\n" or hashlib.sha256(body).hexdigest().encode() + b"\n" != raw[: _DIGEST_LENGTH + 1]:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def checksum(raw: bytes) -> bytes:
    """Return the checksum that the bytes of a file begin with, which says what its content is."""
    return raw[:_DIGEST_LENGTH]


def checksum_of(path: Path | str) -> bytes:
    """Return the checksum that a file begins with; b"" if it cannot be read."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - as in `read`
            return file.read(_DIGEST_LENGTH)
    except OSError:
        return b""


def read(path: Path | str) -> Any | None:  # noqa: ANN401 - any JSON value
    """Decode a file, or return None if it is absent, unreadable or corrupt."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - the null build reads thousands
            raw = file.read()
    except OSError:
        return None
    return loads(raw)
