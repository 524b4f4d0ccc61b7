"""The record of a step's result as it is kept in a shared cache: a trace as text, and a signature of that text.

::

    {"version": 1, "trace": "{...}", "signer": "vidbuild-public:...", "signature": "..."}

The text is signed as it is, so that nothing depends on how JSON is written. It is bound to its key by the trace itself,
whose key is the digest of its material.
"""

from __future__ import annotations

import json
from collections.abc import Collection

from vidbuild.engine.keys.fetch import RejectedError
from vidbuild.engine.store.trace import Trace
from vidbuild.shared_cache.keys import Signer, verifies

VERSION = 1
MAX_BYTES = 4_000_000  # larger than the record of any step
_CONTEXT = b"vidbuild shared cache 1\n"  # so that a signature made for another purpose is none for this


def dumps(trace: Trace, signer: Signer) -> bytes:
    """Return the record of a trace."""
    text = json.dumps(trace.to_data(), ensure_ascii=False, separators=(",", ":"))
    signature = signer.sign(_CONTEXT + text.encode())
    return json.dumps({"version": VERSION, "trace": text, "signer": signer.public, "signature": signature}).encode()


def outputs(content: bytes) -> dict[str, str]:
    """Return the digests of a record's outputs by their names, of any signer; none if it is no record."""
    try:
        return {
            name: blob.digest
            for name, blob in Trace.from_data(json.loads(json.loads(content)["trace"])).outputs.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def loads(content: bytes, trusted: Collection[str]) -> Trace:
    """Return the trace of a record. Raises RejectedError unless one of the trusted keys signed it."""
    try:
        data = json.loads(content)
        version, text, signer, signature = (data[name] for name in ("version", "trace", "signer", "signature"))
        message = _CONTEXT + text.encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RejectedError("not a record") from error
    if version != VERSION:
        raise RejectedError(f"of version {version}")
    if not isinstance(signer, str) or signer not in trusted:
        raise RejectedError("signed by a key that is not trusted")
    if not isinstance(signature, str) or not verifies(signer, message, signature):
        raise RejectedError("wrongly signed")
    try:
        return Trace.from_data(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RejectedError("not a trace") from error
