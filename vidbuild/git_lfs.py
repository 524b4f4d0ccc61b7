"""Git LFS pointers: small text files that stand for content in a checkout without it."""

from __future__ import annotations

MAX_BYTES = 1024  # of a pointer, by its specification
_STARTS = (b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/")


def is_pointer(head: bytes) -> bool:
    """Return whether a file that begins so is a pointer."""
    return head.startswith(_STARTS)
