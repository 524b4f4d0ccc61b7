"""The text of keys of a shared cache, as projects and the environment have it."""

from __future__ import annotations

import base64
import binascii
import re

from vidbuild.errors import UsageError

PUBLIC = "vidbuild-public:"
PRIVATE = "vidbuild-private:"
VARIABLE = "VIDBUILD_CACHE_KEY"  # with the private key, in the environment
BYTES = 32
_PRIVATE = re.compile(re.escape(PRIVATE) + r"[A-Za-z0-9+/=]*")
_USER = re.compile(r"(?<=://)[^\s/?#\"'@]+(?=@)")  # the name and password of an address
_SIGNED = re.compile(
    r"(?<=[?&])((?:[\w-]*(?:token|key|secret|password|signature|credential)|sig)=)[^&#\s\"']+", re.IGNORECASE
)


class InvalidKeyError(UsageError):
    """A text that is no key of the expected kind."""


def hidden(text: str) -> str:
    """Return a text without private keys and the secrets of addresses, so that messages can quote it to everybody."""
    if PRIVATE in text:
        text = _PRIVATE.sub(f"{PRIVATE}…", text)
    return _SIGNED.sub(r"\1…", _USER.sub("…", text)) if "://" in text else text


def check_public(text: str) -> None:
    """Raise UsageError unless a text is a public key; a private key is refused without being repeated."""
    if PRIVATE in text:
        hint = f"take it out of the project, make a new pair with 'vidbuild cache keygen', and keep it in {VARIABLE}"
        raise UsageError("this is a private key: anybody who reads it can write results that all others use", hint=hint)
    raw(text, PUBLIC)


def raw(text: str, prefix: str) -> bytes:
    """Return the bytes of a key. Raises UsageError."""
    try:
        found = base64.b64decode(text.strip().removeprefix(prefix), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if not text.strip().startswith(prefix) or len(found) != BYTES:
        raise InvalidKeyError(
            f"not a key: expected '{prefix}' and {BYTES} bytes in base64", hint="vidbuild cache keygen"
        )
    return found
