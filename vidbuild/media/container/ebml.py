"""Build the elements of a Matroska file as bytes (RFC 8794)."""

from __future__ import annotations

import struct

MAX_SIZE = (1 << 56) - 2  # of an element: all ones mean "unknown"
_BYTE = 8


def element(identifier: int, *parts: bytes) -> bytes:
    """Return an element: its id, its size and its content. identifier: with the bits that mark its length."""
    content = b"".join(parts)
    return head(identifier, len(content)) + content


def head(identifier: int, length: int) -> bytes:
    """Return the id and the size of an element with so many bytes of content."""
    return _id(identifier) + size(length)


def size(length: int) -> bytes:
    """Return a size in as few bytes as possible."""
    count = 1
    while length >= (1 << 7 * count) - 1:
        count += 1
    return (length | 1 << 7 * count).to_bytes(count, "big")


def fixed(identifier: int, length: int) -> bytes:
    """Return the id and the size of an element, the size in eight bytes."""
    return _id(identifier) + (length | 1 << 56).to_bytes(8, "big")


def number(identifier: int, value: int, least: int = 1) -> bytes:
    """Return an unsigned integer. least: of the bytes that it takes."""
    count = max(least, -(-value.bit_length() // _BYTE))
    return element(identifier, value.to_bytes(count, "big"))


def signed(identifier: int, value: int) -> bytes:
    """Return a signed integer."""
    return element(identifier, value.to_bytes(value.bit_length() // _BYTE + 1, "big", signed=True))


def real(identifier: int, value: float) -> bytes:
    """Return a number with a fraction."""
    return element(identifier, struct.pack(">d", value))


def text(identifier: int, value: str) -> bytes:
    """Return a text."""
    return element(identifier, value.encode())


def _id(identifier: int) -> bytes:
    return identifier.to_bytes(-(-identifier.bit_length() // _BYTE), "big")
