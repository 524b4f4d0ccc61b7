"""Pixels of what a page in the browser shows."""

from __future__ import annotations

import base64
import io

from PIL import Image, ImageChops, ImageStat

from tests.support.chromium import Chromium

_PIXELS = """(async (element) => {
  const canvas = document.createElement("canvas");
  canvas.width = element.naturalWidth || element.videoWidth || element.width;
  canvas.height = element.naturalHeight || element.videoHeight || element.height;
  canvas.getContext("2d").drawImage(element, 0, 0);
  return canvas.toDataURL("image/png").split(",")[1];
})"""


def frame_of(browser: Chromium, element: str) -> Image.Image:
    """Return the pixels of a picture, a video or a canvas in the page."""
    data = browser.evaluate(f"{_PIXELS}({element})")
    return Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")


def window_of(browser: Chromium) -> Image.Image:
    """Return what the window shows."""
    return Image.open(io.BytesIO(browser.picture())).convert("RGB")


def part_of(browser: Chromium, selector: str) -> Image.Image:
    """Return what the window shows of an element."""
    left, top, right, bottom = browser.evaluate(
        f"(({{left, top, right, bottom}}) => [left, top, right, bottom].map(Math.round))"
        f"(document.querySelector({selector!r}).getBoundingClientRect())"
    )
    return window_of(browser).crop((left, top, right, bottom))


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the mean difference of two pictures, 0 to 255."""
    assert one.size == other.size
    means: list[float] = ImageStat.Stat(ImageChops.difference(one, other)).mean
    return max(means)
