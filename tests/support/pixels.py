"""Read pixels of images with exact types: Pillow's own are unions over all modes."""

from __future__ import annotations

from PIL import Image, ImageChops


def pixel(image: Image.Image, at: tuple[int, int]) -> tuple[int, ...]:
    """Return all channels of a pixel of an image that has several."""
    value = image.getpixel(at)
    assert isinstance(value, tuple)
    return value


def colors(image: Image.Image) -> set[tuple[int, ...]]:
    """Return every color of an image that has several channels."""
    counted = image.getcolors(image.width * image.height)
    assert counted is not None
    return {color for _, color in counted if isinstance(color, tuple)}


def level_range(channel: Image.Image) -> tuple[float, float]:
    """Return the lowest and the highest level of an image that has one channel."""
    least, most = channel.getextrema()
    assert not isinstance(least, tuple)
    assert not isinstance(most, tuple)
    return least, most


def largest_difference(one: Image.Image, other: Image.Image) -> float:
    """Return by how many levels two images differ at most, in any channel of any pixel."""
    return max(level_range(channel)[1] for channel in ImageChops.difference(one, other).split())
