"""Animated WebP and GIF files, as Pillow and ffmpeg read them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from tests.support.render_lab import differ, pixel
from vidbuild import seal
from vidbuild.media.animated import gif, images, webp
from vidbuild.media.animated.images import Canvas, ImageWriter, Shown
from vidbuild.media.animated.rungs import Rung
from vidbuild.media.animated.timed import timed

CONTAINERS = {"webp": webp, "gif": gif}
SIZE = (96, 54)
BEST = {"webp": 100, "gif": 256}


def picture(number: int) -> Image.Image:
    """A gray frame, as WebP halves the resolution of colors: a bar that is longer in each, and a dot that moves."""
    image = Image.new("RGB", SIZE, (40, 40, 40))
    draw = ImageDraw.Draw(image)
    draw.rectangle((11, 9, 11 + 3 * number, 19), fill=(220, 220, 220))
    draw.ellipse((5 * number, 31, 5 * number + 9, 40), fill=(120, 120, 120))
    return image


def written(
    encoding: str, frames: list[tuple[int, Image.Image]], end: int, loops: int = 0, fps: int = 30, rate: int = 30
) -> tuple[bytes, list[Shown]]:
    """Return a file of these frames, and what it shows."""
    data = io.BytesIO()
    writer = ImageWriter(encoding, Rung(BEST[encoding], rate, *SIZE), end, fps, data)
    for at, image in frames:
        writer.add(at, Canvas(image))
    shown = writer.end()
    container: Any = CONTAINERS[encoding]
    starts, boxes, sizes = zip(*shown, strict=True)
    file = list(timed(starts, boxes, sizes, end, fps, container.TICKS, container.LIMITS))
    at, each = 0, []
    for size in sizes:
        each.append(data.getvalue()[at : at + size])
        at += size
    length = seal.length(f".{encoding}")
    body = b"".join(container.chunks(SIZE, file, (each[item.source] for item in file), loops, length))
    whole = seal.sealed(body, f".{encoding}")
    assert len(whole) == container.size(file, loops, length)
    return whole, shown


def read(data: bytes) -> tuple[list[Image.Image], list[int]]:
    """Return the frames of a file as they are shown, and how long each is, in milliseconds."""
    frames, times = [], []
    with Image.open(io.BytesIO(data)) as file:
        for number in range(getattr(file, "n_frames", 1)):
            file.seek(number)
            file.load()
            times.append(int(file.info["duration"]))
            frames.append(file.convert("RGB"))
    return frames, times


@pytest.mark.parametrize("encoding", CONTAINERS)
def test_every_frame_is_shown_as_it_was(encoding: str) -> None:
    """Frames of which only what changed is stored are whole again, at their times, and the file plays for ever."""
    sources = [(2 * number, picture(number)) for number in range(12)]
    data, shown = written(encoding, sources, 24)
    frames, times = read(data)
    assert len(frames) == len(shown) == 12
    for frame, (_, source) in zip(frames, sources, strict=True):
        assert differ(frame, source) <= (8 if encoding == "webp" else 0)
    assert sum(times) == 800
    assert all(abs(time - 1000 / 15) <= 10 for time in times)
    assert Image.open(io.BytesIO(data)).info["loop"] == 0


@pytest.mark.parametrize(
    ("encoding", "loops", "found"), [("webp", 3, 3), ("webp", 1, 1), ("gif", 3, 2), ("gif", 1, None)]
)
def test_how_often_it_plays(encoding: str, loops: int, found: int | None) -> None:
    """WebP stores how often a file plays, a GIF how often it is repeated, and nothing if it plays once."""
    data, _ = written(encoding, [(0, picture(0)), (5, picture(5))], 10, loops)
    with Image.open(io.BytesIO(data)) as file:
        assert file.info.get("loop") == found


@pytest.mark.parametrize("encoding", CONTAINERS)
def test_equal_frames_are_one_image(encoding: str) -> None:
    """A frame that looks like the one before it lengthens that, and is not stored."""
    data, shown = written(encoding, [(0, picture(0)), (5, picture(0)), (9, picture(3))], 20)
    assert [image.start for image in shown] == [0, 9]
    assert read(data)[1] == [300, 370] if encoding == "gif" else [300, 367]


@pytest.mark.parametrize("encoding", CONTAINERS)
def test_only_what_changes_is_stored(encoding: str) -> None:
    """The box of an image is that of the pixels that differ; in a WebP it begins at even pixels."""
    other = picture(0)
    other.putpixel((51, 33), (255, 255, 255))
    _, shown = written(encoding, [(0, picture(0)), (5, other)], 10)
    assert shown[1].box == ((50, 32, 52, 34) if encoding == "webp" else (51, 33, 52, 34))


@pytest.mark.parametrize("encoding", CONTAINERS)
def test_a_seal_ends_the_file(encoding: str, tmp_path: Path) -> None:
    """A file proves that vidbuild wrote it, and that it is as it was."""
    path = tmp_path / f"a.{encoding}"
    data, _ = written(encoding, [(0, picture(0)), (5, picture(5))], 10)
    path.write_bytes(data)
    assert seal.state_of(path) == "intact"
    path.write_bytes(data[:50] + bytes([data[50] ^ 1]) + data[51:])
    assert seal.state_of(path) == "changed"
    picture(0).save(path)
    assert seal.state_of(path) == "absent"


def test_a_fade_is_not_lost() -> None:
    """Steps of two levels, which an encoder of whole animations would leave out, are all there at the end."""
    frames = [(2 * step, Image.new("RGB", SIZE, (100 + 2 * step,) * 3)) for step in range(20)]
    shown, _ = read(written("webp", frames, 40)[0])
    assert abs(pixel(shown[-1], 5, 5)[0] - 138) <= 3


def test_a_long_hold_is_stored_in_parts() -> None:
    """A GIF counts the hundredths of an image in 16 bits: a longer one is stored again."""
    end = 30 * 1500  # 25 minutes
    data, _ = written("gif", [(0, picture(0)), (30, picture(3))], end)
    _, times = read(data)
    assert sum(times) == 1_500_000
    assert max(times) == 655_350


def test_no_image_of_a_gif_is_too_short_for_browsers() -> None:
    """Browsers show what is shorter than two hundredths for ten: at 60 frames a second none is."""
    data, _ = written("gif", [(number, picture(number % 15)) for number in range(60)], 60, fps=60, rate=60)
    _, times = read(data)
    assert min(times) >= 20


def test_an_image_with_a_palette_of_its_own_is_refused() -> None:
    """Only the structure that Pillow writes is taken apart."""
    with pytest.raises(ValueError, match="no global table"):
        gif.image_data(b"GIF89a" + bytes(7))


def test_images_are_read_as_they_were_written() -> None:
    """What a step stores of its images comes back."""
    shown = [Shown(0, (0, 0, 96, 54), 300), Shown(7, (2, 4, 9, 9), 41)]
    assert images.from_data(images.to_data(shown)) == shown
