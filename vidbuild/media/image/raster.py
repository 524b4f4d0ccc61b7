"""Prepare a user's image: decode it, rotate it upright, convert it to sRGB, and scale it to fill a box."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from vidbuild.errors import SpecProblem, StepError
from vidbuild.media.ffmpeg import limits


def opened(path: Path, *, field: str) -> Image.Image:
    """Return the image (the first of several), upright, as sRGB or sRGB with alpha. Raise SpecProblem if unreadable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=limits.IMAGE_FORMATS) as image:
                _check_pixels(image, field)
                image.load()
                return _to_srgb(ImageOps.exif_transpose(image))
    except UnidentifiedImageError as error:
        raise SpecProblem("unreadable image: unknown format", field=field) from error
    except Image.DecompressionBombError as error:
        raise SpecProblem(f"image too large: the maximum is {limits.IMAGE_PIXELS} pixels", field=field) from error
    except MemoryError as error:
        raise StepError("not enough memory for the image", field=field, transient=True) from error
    except SpecProblem:
        raise
    except Exception as error:  # a decoder may raise anything for hostile bytes
        raise SpecProblem(f"unreadable image: {error}", field=field) from error


def _check_pixels(image: Image.Image, field: str) -> None:
    if image.width * image.height > limits.IMAGE_PIXELS:
        size = f"{image.width} x {image.height}"
        raise SpecProblem(f"image too large: the maximum is {limits.IMAGE_PIXELS} pixels, got {size}", field=field)


def filled(image: Image.Image, width: int, height: int) -> Image.Image:
    """Return the image scaled to fill width x height and cropped evenly at both sides."""
    return ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)


def png(image: Image.Image) -> bytes:
    """Encode the image as a PNG, fast rather than small."""
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1, icc_profile=None)
    return file.getvalue()


def _to_srgb(image: Image.Image) -> Image.Image:
    """Convert to 8-bit sRGB, with an alpha channel only if a pixel is transparent."""
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
        image = image.convert("I").point(lambda value: value / 257, "L")
    transparent = image.mode in {"LA", "PA", "RGBA", "RGBa", "La"} or "transparency" in image.info
    profile = image.info.get("icc_profile")
    flat = image.convert("RGBA" if transparent else "RGB") if image.mode != "CMYK" or not profile else image
    if profile:
        flat = _apply_profile(flat, profile)
    if transparent and flat.getchannel("A").getextrema() == (255, 255):
        flat = flat.convert("RGB")
    return flat


def _apply_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """Convert from a color profile to sRGB; ignore a profile that is broken or of another color space."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image.convert(mode)
    return image.convert(mode) if converted is None else converted


def faded(data: bytes, strength: float) -> bytes:
    """Return a PNG with its opacity multiplied by strength (0 to 1)."""
    if strength == 1:
        return data
    image = Image.open(io.BytesIO(data)).convert("RGBA")
    image.putalpha(image.getchannel("A").point([round(alpha * strength) for alpha in range(256)]))
    return png(image)


def opaque(data: bytes | None) -> bool:
    """Return whether a PNG written by `png` has no alpha channel."""
    return data is not None and data[25:26] == b"\x02"  # the header's color type: RGB
