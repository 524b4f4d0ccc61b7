"""Read the size of a PNG or JPEG, and check that the file is complete, without decoding pixels."""

from __future__ import annotations

PNG, PNG_END = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPEG, JPEG_END = b"\xff\xd8", b"\xff\xd9"
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF markers, ITU-T T.81, table B.1
SCAN = 0xDA


class ImageFileError(ValueError):
    """The bytes are not a complete image file of the expected format."""


def png_size(data: bytes) -> tuple[int, int]:
    """Return the width and height of a PNG. Raise ImageFileError if it is truncated or another format."""
    if not data.startswith(PNG) or len(data) < len(PNG) + 8:
        raise ImageFileError("not a PNG")
    if not data.endswith(PNG_END):
        raise ImageFileError("truncated")
    at = len(PNG)
    return int.from_bytes(data[at : at + 4], "big"), int.from_bytes(data[at + 4 : at + 8], "big")


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Return the width and height of a JPEG. Raise ImageFileError if it is truncated or another format."""
    if not data.startswith(JPEG):
        raise ImageFileError("not a JPEG")
    if not data.endswith(JPEG_END):
        raise ImageFileError("truncated")
    at = len(JPEG)
    while at + 9 <= len(data) and data[at] == 0xFF and data[at + 1] != SCAN:  # noqa: PLR2004 - the first byte of a marker
        if data[at + 1] in FRAMES:
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
    raise ImageFileError("no frame header")
