"""Convert the pixels of a decoded image to 8-bit sRGB: any mode, any color space, any kind of transparency."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageChops, ImageCms, ImageFile

from vidbuild.media.image import color_tags, image_file

Box = tuple[int, int, int, int]

ALPHA_MODES = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})
WIDE = 65535
# Pillow multiplies gray values of 2 or 4 bits to fill 8, but not the transparent one among them.
GRAY_FACTORS = {"L;2": 85, "L;4": 17}
# Color space of a profile -> the mode of the pixels that it describes
MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab": "LAB"}


class Converter:
    """Converts parts of one image to sRGB, or sRGB with alpha.

    transparent: whether a pixel may be transparent.
    """

    def __init__(self, image: Image.Image, path: Path, raw_mode: str) -> None:
        """Prepare to convert a loaded image.

        path: its file, from which the data that Pillow leaves out is read.
        raw_mode: how its pixels are stored, from `raw_mode`.
        """
        self._image = image
        self._wide_key = _wide_key(image, raw_mode)
        self._gray_factor = GRAY_FACTORS.get(raw_mode, 1)
        self.transparent = image.mode in ALPHA_MODES or "transparency" in image.info
        self._low = _low_bytes(path) if isinstance(self._wide_key, tuple) else None
        self._scale = _scale(image) if image.mode in {"I", "F"} else 1 / 257
        self._mode, self._transform = _transform(image, path)

    def convert(self, box: Box) -> Image.Image:
        """Return a part of the image as RGB or RGBA."""
        part = self._image.crop(box)
        alpha = self._alpha(part, box) if self.transparent else None
        flat = self._flat(part)
        if self._transform is not None and flat.mode == self._mode:
            converted = ImageCms.applyTransform(flat, self._transform)
            flat = flat if converted is None else converted
        flat = flat.convert("RGB")
        if alpha is not None:
            flat.putalpha(alpha)
        return flat

    def _flat(self, part: Image.Image) -> Image.Image:
        """Return a part without alpha, in the mode of the profile if it can be."""
        if part.mode.startswith("I;16") or part.mode in {"I", "F"}:
            scale = self._scale
            wide = part.convert("F" if part.mode == "F" else "I")
            part = wide.point(lambda value: value * scale + 0, "L") if wide.mode == "I" else _from_float(wide, scale)
        if part.mode in {"La", "RGBa"}:
            part = part.convert(part.mode.upper())
        if part.mode == self._mode:
            return part
        if self._mode == "L" and part.mode in {"LA", "1"}:
            return part.convert("L")
        if part.mode in {"CMYK", "LAB"}:
            return part if part.mode == "LAB" else part.convert("RGB")
        part.info.pop("transparency", None)
        return part.convert("RGBA").convert("RGB") if part.mode in ALPHA_MODES else part.convert("RGB")

    def _alpha(self, part: Image.Image, box: Box) -> Image.Image:
        if isinstance(self._wide_key, int):
            data = part.tobytes()
            low, high = (Image.frombytes("L", part.size, data[at::2]) for at in (0, 1))
            return ImageChops.invert(_equal([high, low], [self._wide_key >> 8, self._wide_key & 255]))
        if self._wide_key is not None and self._low is not None:
            channels = [*part.split(), *self._low.crop(box).split()]
            values = [key >> 8 for key in self._wide_key] + [key & 255 for key in self._wide_key]
            return ImageChops.invert(_equal(channels, values))
        if part.mode == "L" and self._gray_factor > 1:
            part.info["transparency"] *= self._gray_factor
        if part.mode == "La":
            part = part.convert("LA")
        return part.convert("RGBA").getchannel("A")


def _equal(channels: list[Image.Image], values: list[int]) -> Image.Image:
    """Return a mask of the pixels whose channels have these values."""
    masks = [
        channel.point([255 * (value == wanted) for value in range(256)])
        for channel, wanted in zip(channels, values, strict=True)
    ]
    mask = masks[0]
    for other in masks[1:]:
        mask = ImageChops.darker(mask, other)
    return mask


def raw_mode(image: Image.Image) -> str:
    """Return how the pixels of an image that is not loaded yet are stored, by Pillow's names; "" if it has several."""
    tiles = image.tile if isinstance(image, ImageFile.ImageFile) else []
    arguments = tiles[0].args if tiles else ""
    return arguments if isinstance(arguments, str) else ""


def _wide_key(image: Image.Image, raw_mode: str) -> int | tuple[int, int, int] | None:
    """Return the transparent color of an image with 16 bits per channel, which Pillow compares with 8 of them."""
    key = image.info.get("transparency")
    if image.mode == "I;16" and isinstance(key, int):
        return key
    if raw_mode == "RGB;16B" and isinstance(key, tuple):
        red, green, blue = key
        return red, green, blue
    return None


def _low_bytes(path: Path) -> Image.Image:
    """Decode the lower byte of each 16-bit channel of a PNG: it is the higher one in the other byte order."""
    with image_file.opened(path) as image:
        assert isinstance(image, ImageFile.ImageFile)  # noqa: S101 - what Pillow opens is one
        image.tile = [tile._replace(args="RGB;16L") for tile in image.tile]
        image.load()
        return image.copy()


def _scale(image: Image.Image) -> float:
    """Return the factor from samples of 32 bits, which have no fixed range, to 8 bits."""
    _, most = image.getextrema()
    assert isinstance(most, int | float)  # noqa: S101 - the image has one channel
    if image.mode == "F":
        return 255.0 if most <= 1 else 1.0 if most <= 255 else 255 / most  # noqa: PLR2004 - the usual ranges
    return 1 / 257 if most <= WIDE else 1 / (1 << 23)


def _from_float(part: Image.Image, scale: float) -> Image.Image:
    return part.point(lambda value: value * scale + 0).convert("L")


def _transform(image: Image.Image, path: Path) -> tuple[str, ImageCms.ImageCmsTransform | None]:
    """Return the conversion from the image's color space to sRGB, None for none, and the mode that it converts.

    A profile that is broken, or of another color space than the pixels, is ignored.
    """
    target = ImageCms.createProfile("sRGB")
    if image.mode == "LAB":
        return "LAB", ImageCms.buildTransform(ImageCms.createProfile("LAB"), target, "LAB", "RGB")
    data = color_tags.profile(image, path)
    if data is None:
        return "RGB", None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(data))
        mode = MODES.get(source.profile.xcolor_space.strip(), "")
        if (mode == "CMYK") != (image.mode == "CMYK") or not mode:
            return "RGB", None
        if mode == "L" and image.mode not in {"1", "L", "LA", "La", "I", "I;16", "F"}:
            return "RGB", None
        return mode, ImageCms.buildTransform(source, target, mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return "RGB", None
