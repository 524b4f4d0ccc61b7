"""Open an image file with Pillow, and read what its header says, without decoding its pixels."""

from __future__ import annotations

import warnings
from collections.abc import Container, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

from vidbuild.media.ffmpeg import limits

ORIENTATION = 0x0112  # the EXIF tag
ORIENTATIONS = range(1, 9)
SIDEWAYS = frozenset({5, 6, 7, 8})  # orientations that swap width and height

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEIF = "HEIF"  # Pillow's name of the format

CHUNK_HEAD = 8  # bytes: the length and kind of a PNG's chunk
MAX_CHUNK = 1_000_000  # bytes of a PNG's chunk that are read


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """Open an image without decoding it. Raise whatever its decoder does for a file that cannot be read.

    Pillow refuses images of over 179 megapixels, which phones take, unless its limit is raised; it is for the process.
    """
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = limits.IMAGE_PIXELS if before is None else max(before, limits.IMAGE_PIXELS)
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=_formats(path)) as image:
            yield image
    finally:
        Image.MAX_IMAGE_PIXELS = before


def reads_heif() -> bool:
    """Return whether HEIC images can be read: pi-heif is installed (the extra `vidbuild[heic]`)."""
    return find_spec("pi_heif") is not None


def _formats(path: Path) -> tuple[str, ...]:
    """Return the formats to try; pi-heif is imported for the files alone that need it."""
    with path.open("rb") as file:
        is_iso = file.read(12)[4:8] == b"ftyp"
    if not is_iso or not reads_heif():
        return limits.IMAGE_FORMATS
    import_module("pi_heif").register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    return (*limits.IMAGE_FORMATS, HEIF)


def orientation(image: Image.Image, path: Path) -> int:
    """Return an image's EXIF orientation, 1 if it has none.

    Pillow turns a TIFF itself, and pi-heif a HEIC image. Pillow decodes a PNG to find its EXIF data, which may follow
    the pixels.
    """
    if image.format in {"TIFF", HEIF}:
        return 1
    if image.format == "PNG" and "exif" not in image.info:
        image.info["exif"] = next((b"Exif\0\0" + data for _, data in png_chunks(path, {b"eXIf"})), b"")
    found = Image.Image.getexif(image).get(ORIENTATION)
    return found if isinstance(found, int) and found in ORIENTATIONS else 1


def upright(size: tuple[int, int], turned: int) -> tuple[int, int]:
    """Return the size of an image that is stored in a size and orientation, or the reverse."""
    return (size[1], size[0]) if turned in SIDEWAYS else size


def png_chunks(path: Path, kinds: Container[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and data of each chunk of these kinds in a PNG; nothing for other files."""
    with path.open("rb") as file:
        if file.read(len(SIGNATURE)) != SIGNATURE:
            return
        while len(head := file.read(CHUNK_HEAD)) == CHUNK_HEAD:
            length, kind = int.from_bytes(head[:4], "big"), head[4:]
            after = file.tell() + length + 4
            if kind in kinds:
                yield kind, file.read(min(length, MAX_CHUNK))
            if kind == b"IEND":
                return  # whatever follows is not a part of the image
            file.seek(after)
