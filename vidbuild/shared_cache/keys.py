"""Keys of Ed25519: who may write results is decided by who has a private key, and whom one believes by public ones."""

from __future__ import annotations

import base64
import binascii
import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidbuild.errors import UsageError
from vidbuild.remote.public_key import PRIVATE, PUBLIC, check_public, raw

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

EXTRA = "pip install 'vidbuild[remote]'"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Two keys as text."""

    private: str
    public: str


class Signer:
    """Signs with a private key. public: the text of the key that the signatures are checked with."""

    def __init__(self, private: str) -> None:
        require()
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._key: Ed25519PrivateKey = Ed25519PrivateKey.from_private_bytes(raw(private, PRIVATE))
        self.public = _public_text(self._key)

    def sign(self, message: bytes) -> str:
        """Return a signature as text."""
        return base64.b64encode(self._key.sign(message)).decode()


def generate() -> KeyPair:
    """Return a new pair of keys."""
    require()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    return KeyPair(PRIVATE + base64.b64encode(key.private_bytes_raw()).decode(), _public_text(key))


def verifies(public: str, message: bytes, signature: str) -> bool:
    """Return whether a signature is of this message by the owner of a public key."""
    from cryptography.exceptions import InvalidSignature

    try:
        public_key(public).verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def public_key(text: str) -> Ed25519PublicKey:
    """Return the key that a text is. Raises UsageError; a private key is refused without being repeated."""
    require()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    check_public(text)
    return Ed25519PublicKey.from_public_bytes(raw(text, PUBLIC))


def _public_text(key: Ed25519PrivateKey) -> str:
    return PUBLIC + base64.b64encode(key.public_key().public_bytes_raw()).decode()


def require() -> None:
    """Raise UsageError without the package that signs and verifies."""
    if importlib.util.find_spec("cryptography") is None:
        raise UsageError("the package 'cryptography' is not installed, which signs results", hint=EXTRA)
