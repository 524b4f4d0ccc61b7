"""Parts of a frame are composed apart, each of its own layers and in its own frames, and every pixel is the same."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from tests.support.render_lab import Drawing, raw
from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.render import blend, compose, divisions, tiles
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.bands import undivided
from vidbuild.media.render.changed_frames import Box, changed_frames
from vidbuild.media.render.divisions import MARGIN, Cover, Tile, divide
from vidbuild.media.render.motion import Effect, Motion, Track

LARGE, SMALL = (3840, 2160), (320, 192)
FRAMES = tuple(range(24))
LINES = 10


def covers(seed: int, count: int = 12) -> list[Cover]:
    """Layers of any size and place, that change in any frames; every third may not be cut."""
    chance = random.Random(seed)
    found = []
    for index in range(count):
        left, top = chance.randint(0, 3000), chance.randint(0, 1800)
        box = Box(left, top, left + chance.randint(8, 800), top + chance.randint(8, 300))
        start = chance.randint(0, 20)
        found.append(Cover(box, frozenset(range(start, start + 4)), whole=index % 3 == 0))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_parts_are_the_whole(seed: int) -> None:
    """They cover each pixel once, all frames are in one of them, and each has the frames in which a layer changes."""
    tile, boxes = Tile(0, 0, *LARGE, FRAMES), covers(seed)
    parts = divide(tile, boxes)
    assert len(parts) > 3
    assert sum(part.pixels for part in parts) == tile.pixels
    for index, part in enumerate(parts):
        for other in parts[:index]:
            assert (
                part.left >= other.right
                or part.right <= other.left
                or part.top >= other.bottom
                or (part.bottom <= other.top)
            )
        changes = {frame for cover in boxes if part.has(cover.box) for frame in cover.frames}
        assert {0, *changes} & {*FRAMES} <= {*part.frames}
    assert {frame for part in parts for frame in part.frames} == {*FRAMES}


@pytest.mark.parametrize("seed", range(6))
def test_what_is_whole_is_in_one_part(seed: int) -> None:
    """Pixels that are painted or decoded for a layer are so once: no cut is through its box or near it."""
    boxes = covers(seed)
    for part in divide(Tile(0, 0, *LARGE, FRAMES), boxes):
        near = (part.left - MARGIN, part.top - MARGIN, part.right + MARGIN, part.bottom + MARGIN)
        for cover in boxes:
            if cover.whole and part.has(cover.box):
                assert near[0] <= cover.box.left
                assert near[1] <= cover.box.top
                assert cover.box.right <= near[2]
                assert cover.box.bottom <= near[3]


def test_little_is_not_divided() -> None:
    """Of a small frame, or of a layer that fills all of it, a division would save nothing."""
    small = Tile(0, 0, 160, 96, FRAMES)
    assert divide(small, [Cover(Box(10, 10, 60, 40), frozenset(FRAMES), whole=False)]) == [small]
    large = Tile(0, 0, *LARGE, FRAMES)
    assert divide(large, [Cover(Box(0, 0, *LARGE), frozenset(FRAMES), whole=False)]) == [large]


def texts(folder: Path, size: tuple[int, int], seed: int) -> Animation:
    """Ten lines over a background that fades in, each of which fades for itself."""
    chance = random.Random(seed)
    drawing = Drawing(folder, size).add("black").add("background", colour=(10, 20, 60))
    tracks = {"background": Track(Effect(0, 20, "fade"))}
    row = size[1] // (LINES + 1)
    for index in range(LINES):
        name, width = f"line-{index}", chance.randint(size[0] // 8, size[0] // 2)
        box = (chance.randint(0, size[0] - width), row * index + chance.randint(0, row), width, row * 3 // 4)
        drawing.add(name, box, [chance.randint(0, 255) for _ in "rgba"], opaque=False)
        tracks[name] = Track(Effect(chance.randint(0, 12), 6, "fade"), Effect(20, 4, "fade") if index % 2 else None)
    return drawing.picture(Motion(30, len(FRAMES), tracks))


@pytest.mark.parametrize("seed", range(4))
def test_frames_are_the_same_with_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Divided as much as can be, each frame has the pixels that it has when all layers are overlaid in it."""
    monkeypatch.setattr(divisions, "STARTED", 0)
    monkeypatch.setattr(divisions, "EACH_FRAME", 0)
    picture = texts(tmp_path, SMALL, seed)
    times = changed_frames(picture.layers, picture.motion)
    (stream,), _ = tiles.band_streams(picture, undivided(SMALL[1], times), "yuv420p")
    assert graph(stream, tmp_path).count("crop=") > 3 * LINES
    whole = compose.tag_colors(compose.to_encoder_pixels(compose.frames(picture), "yuv420p"))
    found, wanted = (raw(each.filter("setpts", "N").filter("fps", fps=30), picture) for each in (stream, whole))
    assert len(wanted) >= len(times)
    for number in range(len(times)):
        assert found[number].tobytes() == wanted[number].tobytes(), times[number]


def test_a_transition_of_many_texts_takes_the_memory_of_few_frames(tmp_path: Path) -> None:
    """Of twenty lines that fade over a frame of 2160p, no overlay is of more than the lines: together, five frames.

    An overlay of a layer that fades keeps two frames as large as what is below it, here 25 MB each.
    """
    leaving, coming = (texts(tmp_path / name, LARGE, seed) for seed, name in enumerate("ab"))
    picture = blend.blended(leaving, coming, "fade")
    (stream,), last = tiles.band_streams(picture, undivided(LARGE[1], FRAMES), "yuv420p", alone=True)
    assert last is None
    assert composed(graph(stream, tmp_path)) < 5 * LARGE[0] * LARGE[1]


def graph(stream: filtergraph.Stream, folder: Path) -> str:
    """Return the filter graph of a stream."""
    args = filtergraph.arguments(filtergraph.output(stream, folder / "o", {}))
    return args[args.index("-filter_complex") + 1]


def composed(text: str) -> int:
    """Return how many pixels the overlays of a filter graph have together."""
    sources: dict[str, tuple[str, str]] = {}
    for filtered in text.split(";"):
        match = re.fullmatch(r"\[([^]]+)\](?:\[[^]]+\])*([^[]+)((?:\[[^]]+\])+)", filtered)
        assert match is not None
        for out in match[3].strip("[]").split("]["):
            sources[out] = (match[1], match[2])
    total = 0
    for first, filter_text in sources.values():
        if filter_text.startswith("overlay="):
            below = first
            while not sources[below][1].startswith("crop="):
                below, _ = sources[below]
            width, height, *_ = sources[below][1].removeprefix("crop=").split(":")
            total += int(width) * int(height)
    return total
