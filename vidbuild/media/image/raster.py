"""A user's image, made to fill a box: turned upright, in sRGB, sharply scaled; it knows nothing of scenes."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from vidbuild.errors import SpecProblem, StepError
from vidbuild.media.ffmpeg import limits


def opened(path: Path, *, field: str) -> Image.Image:
    """The image (the first of several), upright, as RGB or RGBA in sRGB. SpecProblem where it can't be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=limits.IMAGE_FORMATS) as image:
                _bounded(image, field)
                image.load()
                return _standard(ImageOps.exif_transpose(image))
    except UnidentifiedImageError as error:
        raise SpecProblem("image cannot be read: it is in no known format", field=field) from error
    except Image.DecompressionBombError as error:
        raise SpecProblem(f"image has more than {limits.IMAGE_PIXELS} pixels, the limit", field=field) from error
    except MemoryError as error:
        raise StepError("there is not enough memory for the image", field=field, transient=True) from error
    except SpecProblem:
        raise
    except Exception as error:  # a decoder may raise anything for bytes that were made to confuse it
        raise SpecProblem(f"image cannot be read: {error}", field=field) from error


def _bounded(image: Image.Image, field: str) -> None:
    if image.width * image.height > limits.IMAGE_PIXELS:
        found = f"{image.width} x {image.height} pixels"
        raise SpecProblem(f"image has {found}, and the limit is {limits.IMAGE_PIXELS}", field=field)


def filled(image: Image.Image, width: int, height: int) -> Image.Image:
    """The image scaled to width x height, what is too much of it cut off evenly at both sides."""
    return ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)


def png(image: Image.Image) -> bytes:
    """As PNG bytes, quickly rather than small."""
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1, icc_profile=None)
    return file.getvalue()


def _standard(image: Image.Image) -> Image.Image:
    """Eight bits of sRGB, with transparency where there is any."""
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
        image = image.convert("I").point(lambda value: value / 257, "L")
    see_through = image.mode in {"LA", "PA", "RGBA", "RGBa", "La"} or "transparency" in image.info
    profile = image.info.get("icc_profile")
    flat = image.convert("RGBA" if see_through else "RGB") if image.mode != "CMYK" or not profile else image
    if profile:
        flat = _converted(flat, profile)
    if see_through and flat.getchannel("A").getextrema() == (255, 255):
        flat = flat.convert("RGB")
    return flat


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    """From the profile's colours to sRGB; a profile that is broken or of another kind of image is left out."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image.convert(mode)
    return image.convert(mode) if made is None else made


def faded(data: bytes, strength: float) -> bytes:
    """A PNG with its opacity times strength."""
    if strength == 1:
        return data
    image = Image.open(io.BytesIO(data)).convert("RGBA")
    image.putalpha(image.getchannel("A").point([round(alpha * strength) for alpha in range(256)]))
    return png(image)


def opaque(data: bytes | None) -> bool:
    """Whether PNG bytes made by `png` have no transparency at all."""
    return data is not None and data[25:26] == b"\x02"  # the header's colour type: RGB
