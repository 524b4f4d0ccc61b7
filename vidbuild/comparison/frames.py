"""Decodes frames of changed scenes; runs in a sandboxed process (vidbuild.create.source.contained).

No video is encoded. Of each pair of scenes, two moments are shown: the one at which the two differ most, and the end.
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from vidbuild.comparison import segment
from vidbuild.errors import StepError
from vidbuild.json_types import Json
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.media.ffmpeg.input_pipes import SCHEME
from vidbuild.media.ffmpeg.process import BoundedBuffer
from vidbuild.media.render import hold, holds

SECONDS = 60.0  # of one run of ffmpeg
MAX_WIDTH = 1920
_MAX_BYTES = 1 << 30  # of the frames of one scene
_SAMPLES = 7  # frames of a scene that are compared
_BORDER = 0.06  # of a scene, at its end: there it may go over into the next one
_APART = 0.15  # of a scene, between the two moments
_BLOCKS = (160, 90)  # at most, in a row and in a column: frames are compared by the brightness of blocks
_SAME = 8  # of 255: the largest difference of blocks of two frames that look alike
_QUALITY = 85
_PPM = re.compile(rb"P6\s(\d{1,6})\s(\d{1,6})\s255\s")

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
Blocks = np.ndarray[Any, np.dtype[np.float32]]


class _Frame(NamedTuple):
    """A frame: its number in the scene, and its pixels in RGB."""

    number: int
    pixels: Pixels


def pairs(_path: str, request: str) -> Json:
    """Return for each pair of scenes the moments to show, or why there are none.

    request: as JSON, for each pair the pictures before and after (Picture.to_data), None for one that does not exist.
    A moment has `before` and `after`, each None or {at, image}: seconds from the scene's start, and a data URL.
    """
    return [_pair(*pair) for pair in json.loads(request)]


def _pair(before: list[Any] | None, after: list[Any] | None) -> dict[str, Any]:
    end = 1 - _BORDER
    both = before is not None and after is not None
    shares = [end * index / (_SAMPLES - 1) for index in range(_SAMPLES)] if both else [end]
    with ThreadPoolExecutor(2) as pool:
        try:
            old, new = pool.map(lambda side: _frames(side, shares) if side else None, (before, after))
        except StepError as error:
            return {"moments": [], "problem": error.message}
        chosen = _moments(old, new, shares) if old and new else [0]
        images = [
            list(pool.map(lambda index, frames=frames, side=side: _image(frames[index], side[3]), chosen))
            if frames and side
            else [None] * len(chosen)
            for frames, side in ((old, before), (new, after))
        ]
    return {"moments": [{"before": one, "after": other} for one, other in zip(*images, strict=True)], "problem": None}


def _moments(old: Sequence[_Frame], new: Sequence[_Frame], shares: Sequence[float]) -> list[int]:
    """Return which samples to show: the one at which the scenes differ most, and the last."""
    last = len(shares) - 1
    differences = [_difference(one.pixels, other.pixels) for one, other in zip(old, new, strict=True)]
    most = max(range(len(shares)), key=lambda index: (round(float(differences[index].mean()), 2), index))
    if shares[most] > shares[last] - _APART:
        return [last]
    return [most] if differences[last].max() < _SAME else [most, last]


def _difference(one: Pixels, other: Pixels) -> Blocks:
    """Return how much the brightness of blocks differs; all of it if the frames have different sizes."""
    if one.shape != other.shape:
        return np.full(_BLOCKS, 255, np.float32)
    found: Blocks = np.abs(_blocks(one) - _blocks(other))
    return found


def _blocks(pixels: Pixels) -> Blocks:
    height, width, _ = pixels.shape
    across, down = max(1, width // _BLOCKS[0]), max(1, height // _BLOCKS[1])
    whole = pixels[: height // down * down, : width // across * across, 1].astype(np.float32)  # green is most of it
    blocks: Blocks = whole.reshape(height // down, down, width // across, across).mean(axis=(1, 3))
    return blocks


def _image(frame: _Frame, fps: float) -> dict[str, Any]:
    webp = io.BytesIO()
    Image.fromarray(frame.pixels).save(webp, "WEBP", quality=_QUALITY, method=1)
    url = f"data:image/webp;base64,{base64.b64encode(webp.getvalue()).decode('ascii')}"
    height, width, _ = frame.pixels.shape
    return {"at": round(frame.number / fps, 2), "image": url, "width": width, "height": height}


def _frames(picture: list[Any], shares: Sequence[float]) -> list[_Frame]:
    """Return a frame for each share of a scene's length, decoding the scene once. Raises StepError."""
    name, start, seconds, fps, raw, left_out, listed = picture
    path, strips = Path(name), [(Path(file), end) for file, end in listed]
    lacks = hold.from_json(left_out)
    numbers = [round(share * max(round(seconds * fps) - 1, 0)) for share in shares]
    decoded = {number: number if strips else holds.without(lacks, number) for number in numbers}
    wanted = sorted(set(decoded.values()))
    # Half a frame early, so that rounded times do not skip the first frame.
    seek = ["-ss", f"{start - 0.5 / fps:.6f}"] if start and not raw else []
    alone = ["-threads", "1"]  # both sides are decoded at once, and more threads take more time of processors
    # A segment is a product of vidbuild's own, in a format that foreign files must not have.
    rate = [] if raw == "ivf" else ["-framerate", f"{fps:g}"]
    source = ["file,pipe", f"{SCHEME}{path.name}"] if strips else ["file", f"file:{path.absolute()}"]
    encoded = [*alone, "-protocol_whitelist", source[0], "-f", raw, *rate, "-i", source[1]]
    chosen = "+".join(f"eq(n,{number})" for number in wanted)
    buffer = BoundedBuffer(_MAX_BYTES)
    ffmpeg.stream(
        [
            *(encoded if raw else ffmpeg.untrusted_input(path.absolute(), *seek, *alone)),
            *("-map", "0:V:0", "-frames:v", str(len(wanted)), "-fps_mode", "passthrough"),
            *("-vf", f"select='{chosen}',scale='min({MAX_WIDTH},iw)':-2:flags=bicubic,format=rgb24"),
            *("-f", "image2pipe", "-c:v", "ppm", "-"),
        ],
        buffer,
        cwd=path.absolute().parent,
        env=os.environ,
        timeout=SECONDS,
        what=f"decode '{path.name}'",
        pipe_source=lambda _: segment.stream(path, lacks, strips),
    )
    images = list(_images(buffer.bytes()))
    if not images:
        raise StepError(f"no frame of '{path.name}' can be decoded")
    found = dict(zip(wanted, images, strict=False))
    last = found[max(found)]  # a damaged video may have fewer frames than it should
    return [_Frame(number, found.get(decoded[number], last)) for number in numbers]


def _images(data: bytes) -> Iterator[Pixels]:
    """Yield the images of a sequence of PPM files."""
    at = 0
    while match := _PPM.match(data, at):
        width, height = int(match[1]), int(match[2])
        at = match.end() + 3 * width * height
        if at > len(data):
            return
        yield np.frombuffer(data, np.uint8, 3 * width * height, match.end()).reshape(height, width, 3)
