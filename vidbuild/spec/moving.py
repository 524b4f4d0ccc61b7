"""Tells files that play from files that do not: videos, animated images and still images, by how they begin."""

from __future__ import annotations

import warnings
from pathlib import Path

# How files begin that are surely videos: Matroska and WebM, FLV, Ogg, ASF, MPEG program streams.
VIDEOS = (b"\x1aE\xdf\xa3", b"FLV", b"OggS", b"0&\xb2u", b"\0\0\1\xba")

# The brands of ISO files that hold images.
IMAGE_BRANDS = (b"avif", b"avis", b"mif1", b"msf1", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx")

# A transport stream has this byte at the start of each of its packets. (Offset of the first, length of a packet): on a
# Blu-ray disc, and in the recordings of camcorders, 4 bytes come before each.
SYNC = 0x47
PACKETS = ((0, 188), (4, 192))
HEAD = 512

# Formats of images that can be animated. Of an animated AVIF image, ffmpeg's first stream is the still image in it.
ANIMATED = ("PNG", "WEBP", "GIF")


def is_video(path: Path) -> bool:
    """Return whether a file begins as a video does."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free"):
        return head[4:8] != b"ftyp" or head[8:12] not in IMAGE_BRANDS
    if head[:4] == b"RIFF":
        return head[8:12] == b"AVI "
    starts = [{head[at], head[at + size], head[at + 2 * size]} for at, size in PACKETS if len(head) == HEAD]
    return {SYNC} in starts or head.startswith(VIDEOS)


def is_animated(path: Path) -> bool:
    """Return whether an image has several frames to play: a GIF, WebP or PNG; False for a damaged one."""
    from PIL import Image

    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=ANIMATED) as image:
            return bool(getattr(image, "is_animated", False))
    except Exception:  # noqa: BLE001 - a decoder can raise anything for bytes that were made to confuse it
        return False
