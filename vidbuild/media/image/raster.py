"""Prepare a user's image: decode it, rotate it upright, convert it to sRGB, and scale it to fill a box.

A large image is read at a reduced size, which still has at least OVERSAMPLING times the pixels of its box: scaling it
down to the box hides the difference, and a photograph of 100 megapixels would else take four copies of 400 MB.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageOps, UnidentifiedImageError

from vidbuild.errors import SpecProblem, StepError
from vidbuild.focal_point import MIDDLE, Focus, cropped
from vidbuild.media.ffmpeg import limits
from vidbuild.media.image import image_file, pixels

LARGE = 16 * limits.MILLION  # pixels; smaller images are decoded whole
OVERSAMPLING = 2  # pixels per side that a reduced image has for one of its box
SMOOTHING = 4  # pixels per side of a corner's mask that are averaged to one
STRIP = 2 * limits.MILLION  # pixels that are converted at a time
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def size(path: Path, *, field: str) -> tuple[int, int]:
    """Return the upright image's width and height from its header. Raise SpecProblem if it is unreadable."""
    with _file(path, field) as image:
        return image_file.upright(image.size, image_file.orientation(image, path))


def opened(path: Path, *, field: str, box: tuple[int, int] | None = None) -> Image.Image:
    """Return the image (the first of several), upright, as sRGB or sRGB with alpha. Raise SpecProblem if unreadable.

    box: the width and height to fill, for which a large image may be read at a reduced size; None to read it whole.
    """
    with _file(path, field) as image:
        turned = image_file.orientation(image, path)
        least = image.size if box is None else _least(image.size, image_file.upright(box, turned))
        if image.width * image.height > LARGE:
            image.draft(None, least)  # decodes a JPEG at a half, a quarter or an eighth of its size
        raw_mode = pixels.raw_mode(image)
        image.load()
        factor = 1
        if image.width * image.height > LARGE:
            factor = max(1, min(image.width // least[0], image.height // least[1]))
        flat = _reduced(image, pixels.Converter(image, path, raw_mode), factor)
        return flat.transpose(TURNS[turned]) if turned in TURNS else flat


@contextmanager
def _file(path: Path, field: str) -> Iterator[Image.Image]:
    try:
        with image_file.opened(path) as image:
            _check_pixels(image, field)
            yield image
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
        shown = f"{image.width} x {image.height}"
        raise SpecProblem(f"image too large: the maximum is {limits.IMAGE_PIXELS} pixels, got {shown}", field=field)


def _least(whole: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    """Return the size that is large enough to fill a box."""
    share = min(1.0, OVERSAMPLING * max(box[0] / whole[0], box[1] / whole[1]))
    return max(1, math.ceil(whole[0] * share)), max(1, math.ceil(whole[1] * share))


def _reduced(image: Image.Image, converter: pixels.Converter, factor: int) -> Image.Image:
    """Convert an image to sRGB, `factor` times smaller: in strips, so that there is no second copy of a large one."""
    rows = max(1, STRIP // image.width // factor) * factor
    if factor == 1 and image.width * image.height <= LARGE:
        rows = image.height
    small = (math.ceil(image.width / factor), math.ceil(image.height / factor))
    flat = Image.new("RGBA" if converter.transparent else "RGB", small)
    for top in range(0, image.height, rows):
        strip = converter.convert((0, top, image.width, min(image.height, top + rows)))
        flat.paste(strip.reduce(factor) if factor > 1 else strip, (0, top // factor))
    if flat.mode == "RGBA" and flat.getchannel("A").getextrema() == (255, 255):
        return flat.convert("RGB")
    return flat


def filled(image: Image.Image, width: int, height: int, focus: Focus = MIDDLE) -> Image.Image:
    """Return the image scaled to fill width x height, and cropped around a point."""
    scale = max(width / image.width, height / image.height)
    sides = zip((image.width * scale, image.height * scale), (width, height), focus, strict=True)
    x, y = (
        0.5 if share == MIDDLE[0] or length <= box else cropped(length, box, share) / (length - box)
        for length, box, share in sides
    )
    return ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS, centering=(x, y))


def rounded(image: Image.Image, radius: float) -> Image.Image:
    """Return the image with round corners; a radius of half its side makes a square a circle."""
    if radius <= 0:
        return image
    width, height = image.size
    mask = Image.new("L", (width * SMOOTHING, height * SMOOTHING))
    box = (0, 0, width * SMOOTHING - 1, height * SMOOTHING - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius * SMOOTHING, fill=255)
    mask = mask.reduce(SMOOTHING)
    made = image.convert("RGBA")
    made.putalpha(ImageChops.multiply(made.getchannel("A"), mask))
    return made


def png(image: Image.Image) -> bytes:
    """Encode the image as a PNG, fast rather than small."""
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1, icc_profile=None)
    return file.getvalue()


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
