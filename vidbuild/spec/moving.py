"""Tells files that play from files that do not: videos, animated images and still images, by how they begin."""

from __future__ import annotations

import warnings
from pathlib import Path

# How files begin that are surely videos: Matroska and WebM, FLV, Ogg, ASF, MPEG program streams.
VIDEOS = (b"\x1aE\xdf\xa3", b"FLV", b"OggS", b"0&\xb2u", b"\0\0\1\xba")

# The brands of ISO files that hold images.
IMAGE_BRANDS = (b"avif", b"avis", b"mif1", b"msf1", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx")

# A transport stream has this byte at the start of each of its packets of 188 bytes.
SYNC, PACKET = 0x47, 188
HEAD = 2 * PACKET + 1

# Formats of images that can be animated.
ANIMATED = ("PNG", "WEBP", "GIF", "AVIF")


def is_video(path: Path) -> bool:
    """Return whether a file begins as a video does."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free"):
        return head[4:8] != b"ftyp" or head[8:12] not in IMAGE_BRANDS
    if head[:4] == b"RIFF":
        return head[8:12] == b"AVI "
    return head.startswith(VIDEOS) or (len(head) == HEAD and head[0] == head[PACKET] == head[2 * PACKET] == SYNC)


def is_animated(path: Path) -> bool:
    """Return whether an image has several frames to play: a GIF, WebP, PNG or AVIF; False for a damaged one."""
    from PIL import Image

    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=ANIMATED) as image:
            return bool(getattr(image, "is_animated", False))
    except Exception:  # noqa: BLE001 - a decoder can raise anything for bytes that were made to confuse it
        return False
