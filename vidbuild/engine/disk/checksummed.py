"""JSON records that carry their own checksum; it knows nothing of what they hold.

A record is one line with the SHA-256 of the rest, then the JSON. Whatever does not check is no record.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

_DIGEST_LENGTH = 64


def seal(data: object) -> bytes:
    """The bytes of a record."""
    body = json.dumps(data, separators=(",", ":")).encode()
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body + b"\n"


def unseal(raw: bytes) -> Any | None:  # noqa: ANN401 - whatever JSON was sealed
    """What was sealed, or None where the bytes are damaged, torn or something else."""
    body = raw[_DIGEST_LENGTH + 1 : -1]
    if raw[-1:] != b"\n" or hashlib.sha256(body).hexdigest().encode() + b"\n" != raw[: _DIGEST_LENGTH + 1]:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def read(path: Path | str) -> Any | None:  # noqa: ANN401 - whatever JSON was sealed
    """What the file's record holds, or None where there is none that can be believed."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - the null build reads thousands
            raw = file.read()
    except OSError:
        return None
    return unseal(raw)
