"""The error about an encoded stream that is not as expected."""

from __future__ import annotations


class CodecError(ValueError):
    """A stream is damaged, or encoded in another way than requested."""
