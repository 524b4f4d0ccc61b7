"""Transitions of whole scenes, compared with compositions of the two scenes' frames by Pillow alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.support.render_lab import SIZE, Drawing, apart, differ, pixel, raw, shown
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.motion import Effect, Motion, Track
from vidbuild.media.render.whole_scenes import WHOLE

FRAMES = 8
DIRECTIONS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


def scene(folder: Path, colour: tuple[int, int, int]) -> Animation:
    """A scene with a pattern that shows where it is, and a box that comes in its sixth frame."""

    def paint(draw: ImageDraw.ImageDraw) -> None:
        for at in range(0, 160, 20):
            draw.line((at, 0, at, 90), fill=(255, 255, 255))
            draw.line((0, at, 160, at), fill=(128, 128, 128))

    drawing = Drawing(folder).add("background", colour=colour, paint=paint).add("late", (30, 30, 12, 12), (0, 0, 0))
    return drawing.picture(Motion(30, FRAMES, {"late": Track(enter=Effect(5, 0, "cut"))}))


def way(frame: int) -> float:
    """How much of the way is done in a frame."""
    share = (frame + 1) / (FRAMES + 1)
    return 4 * share**3 if share < 0.5 else 1 - 4 * (1 - share) ** 3


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("effect", ["slide", "push"])
def test_scenes_move(tmp_path: Path, effect: str, direction: str) -> None:
    """Each frame is the two scenes' own frames, side by side or one over the other, to the pixel."""
    one, two = scene(tmp_path / "a", (20, 30, 90)), scene(tmp_path / "b", (90, 30, 20))
    frames = raw(WHOLE[effect](one, two, direction), two)
    leaving, coming = shown(one), shown(two)
    right, down = DIRECTIONS[direction]
    for frame in range(FRAMES):
        ideal = Image.new("RGB", SIZE)
        gone = [round(size * way(frame)) for size in SIZE]
        to_come = [round(size * (way(frame) - 1)) for size in SIZE]
        ideal.paste(leaving[frame], (right * gone[0], down * gone[1]) if effect == "push" else (0, 0))
        ideal.paste(coming[frame], (right * to_come[0], down * to_come[1]))
        assert differ(frames[frame], ideal) <= 1, frame


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_wipe_uncovers_from_its_side(tmp_path: Path, direction: str) -> None:
    """The share of the coming scene falls evenly from 1 to 0 over a fifth of the frame, in the wipe's direction."""
    black = Drawing(tmp_path / "a").add("background", colour=(0, 0, 0)).picture(Motion(30, FRAMES))
    white = Drawing(tmp_path / "b").add("background").picture(Motion(30, FRAMES))
    frames = raw(WHOLE["wipe"](black, white, direction), white)
    across = direction in {"left", "right"}
    length = SIZE[0] if across else SIZE[1]
    feather = round(length * 0.2)
    assert len(frames) == FRAMES
    for frame, image in enumerate(frames):
        line = [pixel(image, at if across else 80, 45 if across else at)[0] for at in range(length)]
        line = line if direction in {"right", "down"} else line[::-1]
        edge = (length + feather) * way(frame)
        ideal = [255 * min(max((edge - at - 0.5) / feather, 0), 1) for at in range(length)]
        assert apart(line, ideal) <= 255 / feather + 2, frame


def test_a_dip_is_the_color_in_the_middle(tmp_path: Path) -> None:
    """One scene fades into the color, the other out of it, evenly, and never both are seen."""
    one = Drawing(tmp_path / "a").add("background", colour=(0, 0, 0)).picture(Motion(30, FRAMES))
    two = (
        Drawing(tmp_path / "b")
        .add("background", colour=(0, 0, 0))
        .add("box", (20, 20, 40, 40))
        .picture(Motion(30, FRAMES))
    )
    frames = raw(WHOLE["dip"](one, two, "#c86432"), two)
    assert apart([pixel(frame, 5, 5)[0] for frame in frames], [40, 80, 120, 160, 160, 120, 80, 40]) <= 1
    assert pixel(frames[3], 40, 40) == pixel(frames[3], 5, 5)
    assert pixel(frames[4], 40, 40)[0] > pixel(frames[4], 5, 5)[0]
