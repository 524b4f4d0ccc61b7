"""Find the color space of an image file: an ICC profile, or one that is built from what the format has instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from vidbuild.media.image import icc, image_file, primaries

BOX_BYTES = 65536  # of an AVIF's start: its boxes of properties are there
INTEROPERABILITY, ADOBE_RGB = 0xA005, "R03"  # EXIF: how a camera says that a JPEG is in Adobe RGB (DCF 2.0)
BT709, SRGB = 1, 13  # code points of primaries and transfer (ITU-T H.273)
NCLX = re.compile(rb"colrnclx(..)(..)", re.DOTALL)  # the box, with the code points of primaries and transfer
SAME_GAMMA = 0.05  # share by which a gamma may differ from sRGB's and is taken for it, as in libpng


def profile(image: Image.Image, path: Path) -> bytes | None:
    """Return the ICC profile of an image's colors; None for sRGB."""
    embedded = image.info.get("icc_profile") or None
    if image.format == "PNG":
        codes = next((data for _, data in image_file.png_chunks(path, {b"cICP"})), b"")
        if len(codes) == 4 and codes[2] == 0:  # noqa: PLR2004 - primaries, transfer, matrix (RGB), range
            return icc.by_code(codes[0], codes[1])
        return embedded or (None if "srgb" in image.info else _measured(image))
    if embedded:
        return bytes(embedded)
    if image.format in {"AVIF", image_file.HEIF}:
        return _nclx(path) if image.format == "AVIF" else _described(image.info.get("nclx_profile") or {})
    if image.format in {"JPEG", "MPO"} and image.getexif().get_ifd(INTEROPERABILITY).get(1) == ADOBE_RGB:
        return icc.profile(primaries.ADOBE_RGB, icc.Curve(563 / 256))
    return None


def _measured(image: Image.Image) -> bytes | None:
    """Return the profile of a PNG's gamma and chromaticities (gAMA, cHRM); None if they are sRGB's, or missing."""
    gamma = image.info.get("gamma") or 0
    found = primaries.chromaticities(image.info.get("chromaticity") or ()) or primaries.BT709
    curve = icc.Curve()
    if gamma and abs(gamma * icc.SRGB_GAMMA - 1) > SAME_GAMMA:
        curve = icc.Curve(1 / gamma)
    if curve == icc.Curve() and found.is_near(primaries.BT709):
        return None
    return icc.profile(found, curve)


def _described(codes: Mapping[str, int]) -> bytes | None:
    """Return the profile of the code points that pi-heif reports."""
    return icc.by_code(codes.get("color_primaries", BT709), codes.get("transfer_characteristics", SRGB))


def _nclx(path: Path) -> bytes | None:
    """Return the profile of an AVIF's code points (ISO 14496-12, 12.1.5); None for sRGB, or if it has none."""
    with path.open("rb") as file:
        data = file.read(BOX_BYTES)
    found = NCLX.search(data)
    return None if found is None else icc.by_code(*(int.from_bytes(code, "big") for code in found.groups()))
