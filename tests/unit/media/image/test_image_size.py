"""The size of a PNG or JPEG, from its bytes alone."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from vidbuild.media.image.image_size import ImageFileError, jpeg_size, png_size

SIZE = (700, 300)
DHT = b"\xff\xc4"


def encoded(kind: str, **options: Any) -> bytes:
    """Return an image file that Pillow wrote."""
    file = io.BytesIO()
    Image.effect_noise(SIZE, 9).convert("RGB").save(file, kind, **options)
    return file.getvalue()


def tables_first(data: bytes) -> bytes:
    """Return a JPEG with a Huffman table before its frame header, which T.81 allows (B.2.4)."""
    at = data.index(DHT)
    table = data[at : at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")]
    return data[:2] + table + data[2:at] + data[at + len(table) :]


def test_a_png_has_the_size_of_its_header() -> None:
    """Width and height of a PNG come in this order."""
    assert png_size(encoded("PNG")) == SIZE


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"comment": b"x" * 700, "dpi": (300, 300)}])
def test_a_jpeg_has_the_size_of_its_frame_header(options: dict[str, Any]) -> None:
    """Width and height of a JPEG come in this order, whatever segments precede the frame header."""
    data = encoded("JPEG", **options)
    assert jpeg_size(data) == SIZE
    assert Image.open(io.BytesIO(tables_first(data))).size == SIZE
    assert jpeg_size(tables_first(data)) == SIZE
    assert jpeg_size(data[:2] + b"\xff\xfe\0\2" + data[2:]) == SIZE  # an empty comment
    for other in (b"\xff\xcc", b"\xff\xc8"):  # arithmetic conditioning, and the marker that is reserved
        assert jpeg_size(data[:2] + other + b"\0\4\0\x10" + data[2:]) == SIZE


@pytest.mark.parametrize(("size", "kind"), [(png_size, "PNG"), (jpeg_size, "JPEG")])
def test_what_is_not_whole_is_refused(size: Callable[[bytes], tuple[int, int]], kind: str) -> None:
    """A file without its last byte is truncated, other bytes are no such file, and a start alone has no size."""
    data = encoded(kind)
    with pytest.raises(ImageFileError, match="truncated"):
        size(data[:-1])
    for other in (b"", b"GIF89a", data[1:]):
        with pytest.raises(ImageFileError, match=f"not a {kind}"):
            size(other)
    with pytest.raises(ImageFileError):
        size(data[:20])


def test_a_jpeg_without_a_frame_is_refused() -> None:
    """Start and end alone, and segments of no length, end the search."""
    for data in (
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8" + b"\xff\xe0\0\0" * 9 + b"\xff\xd9",
        b"\xff\xd8" + bytes(20) + b"\xff\xd9",
    ):
        with pytest.raises(ImageFileError, match="no frame header"):
            jpeg_size(data)


@pytest.mark.parametrize("length", [4, 5, 12, 60_000])
def test_a_jpeg_whose_segment_reaches_its_end_is_refused(length: int) -> None:
    """A segment that ends with the file, or after it, is followed by no frame header."""
    with pytest.raises(ImageFileError, match="no frame header"):
        jpeg_size(b"\xff\xd8\xff\xe0" + length.to_bytes(2, "big") + b"\xff\xd9")


def test_all_four_bytes_of_a_png_size_count() -> None:
    """Width and height are numbers of 32 bits."""
    data = encoded("PNG")
    assert png_size(data[:16] + bytes(range(1, 9)) + data[24:]) == (0x01020304, 0x05060708)
