"""What moves side by side is composed apart, and every frame is as if all of it were composed together."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from tests.support.render_lab import Drawing, raw
from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.render import compose, tiles
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.bands import undivided
from vidbuild.media.render.changed_frames import changed_frames
from vidbuild.media.render.motion import Effect, Key, Motion, Track

SIZE = (480, 96)
FRAMES = 60


def beside(folder: Path, gap: int) -> Animation:
    """Two marks in one row: the first fades in early, for six frames, the other late, for three."""
    drawing = Drawing(folder, SIZE).add("background", colour=(10, 20, 60))
    drawing.add("left", (40, 24, 60, 40), (250, 220, 0))
    drawing.add("right", (100 + gap, 24, 60, 40), (90, 60, 200))
    tracks = {"left": Track(Effect(5, 5, "fade")), "right": Track(Effect(30, 2, "fade"))}
    return drawing.picture(Motion(30, FRAMES, tracks))


def scattered(folder: Path, seed: int) -> Animation:
    """Eight marks of any size and place, which come, move and go at any time."""
    chance = random.Random(seed)
    drawing = Drawing(folder, SIZE).add("background", colour=(10, 20, 60))
    tracks = {}
    for index in range(8):
        name, width, height = f"mark-{index}", chance.randint(4, 70), chance.randint(4, 60)
        x, y = chance.randint(0, SIZE[0] - width), chance.randint(0, SIZE[1] - height)
        drawing.add(name, (x, y, width, height), [chance.randint(0, 255) for _ in "rgba"], opaque=False)
        enter = Effect(chance.randint(-4, 30), chance.randint(0, 8), chance.choice(("fade", "rise", "slide", "wipe")))
        leave = Effect(chance.randint(40, 55), chance.randint(0, 8), "fade") if chance.random() < 0.5 else None
        moves = (Key(20), Key(30, (chance.randint(-2, 2), 0, 1, 1))) if chance.random() < 0.4 else ()
        tracks[name] = Track(enter, leave, moves)
    return drawing.picture(Motion(30, FRAMES, tracks))


def composed(picture: Animation, times: tuple[int, ...], folder: Path) -> str:
    """Return the filter graph that composes some frames as one band."""
    (stream,), _ = tiles.band_streams(picture, undivided(SIZE[1], times), "yuv420p")
    return " ".join(filtergraph.arguments(filtergraph.output(stream, folder / "o", {})))


@pytest.mark.parametrize(("gap", "counts"), [(200, [1 + 6 + 2, 1 + 3]), (20, [1 + 6 + 3 + 2])], ids=["apart", "near"])
def test_what_moves_apart_is_composed_apart(tmp_path: Path, gap: int, counts: list[int]) -> None:
    """Each tile is composed in its own frames, and the first; what is near is one tile with the frames of both.

    Two key frames, in which nothing moves, are composed in the smallest of the tiles.
    """
    picture = beside(tmp_path, gap)
    changed = changed_frames(picture.layers, picture.motion)
    text = composed(picture, tuple(sorted({*changed, 20, 50})), tmp_path)
    tile = re.compile(r"crop=(\d+):\d+:\d+:\d+\[s\d+\];\[s\d+\]settb=1/30\[s\d+\];\[s\d+\]loop=loop=(\d+)")
    found = [(int(width), int(repeats) + 1) for width, repeats in tile.findall(text)]
    assert [count for _, count in found] == counts
    assert sum(width for width, _ in found) < SIZE[0] / 2


@pytest.mark.parametrize("seed", range(8))
def test_frames_are_the_same_with_tiles(tmp_path: Path, seed: int) -> None:
    """Composed in tiles, each frame has the pixels that it has as a whole, also in frames in which nothing moves."""
    picture = scattered(tmp_path, seed)
    changed = changed_frames(picture.layers, picture.motion)
    times = tuple(sorted({*changed, 35, FRAMES - 1}))
    (stream,), _ = tiles.band_streams(picture, undivided(SIZE[1], times), "yuv444p")
    whole = compose.tag_colors(compose.to_encoder_pixels(compose.frames(picture), "yuv444p"))
    found, wanted = (raw(each.filter("setpts", "N").filter("fps", fps=30), picture) for each in (stream, whole))
    assert len(found) >= len(times)
    for number, frame in enumerate(times):
        shown = max(index for index, start in enumerate(changed) if start <= frame)
        assert found[number].tobytes() == wanted[shown].tobytes(), frame
