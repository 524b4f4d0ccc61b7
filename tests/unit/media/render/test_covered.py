"""Below a picture that fills the frame and moves, nothing is composed, and every frame is as if all were overlaid."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.render_lab import Drawing, raw, zooming
from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.render import compose, tiles
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.bands import undivided
from vidbuild.media.render.changed_frames import changed_frames
from vidbuild.media.render.motion import Effect, Motion, Track

SIZE = (160, 96)
FRAMES = 40


def drifting(folder: Path, track: Track, *, box: tuple[int, int, int, int] | None = None, fps: int = 30) -> Animation:
    """A background, a picture above it with this track, and a heading that rises over both."""
    drawing = Drawing(folder, SIZE).add("background", colour=(10, 20, 60))
    drawing.add("picture", box, (90, 60, 200), paint=lambda draw: draw.line((0, 0, 159, 95), "white"))
    drawing.add("heading", (20, 30, 50, 20), (250, 220, 0, 180), opaque=False)
    return drawing.picture(Motion(fps, FRAMES, {"picture": track, "heading": Track(Effect(5, 7, "rise"))}))


def composed(picture: Animation) -> tuple[filtergraph.Stream, list[int]]:
    """Return the frames as they are encoded, and their numbers."""
    times = changed_frames(picture.layers, picture.motion)
    streams, _ = tiles.band_streams(picture, undivided(SIZE[1], times), "yuv444p")
    return streams[0], list(times)


def overlays(picture: Animation) -> int:
    """Return how many layers are overlaid in the frames that are encoded."""
    text = " ".join(filtergraph.arguments(filtergraph.output(composed(picture)[0], picture.folder / "o", {})))
    return text.count("overlay=")


@pytest.mark.parametrize(
    ("fps", "track", "count"),
    [
        pytest.param(30, zooming(1.0, 1.07, FRAMES), 1, id="all along"),
        pytest.param(60, zooming(1.0, 1.004, FRAMES), 1, id="in fewer frames than the heading"),
        pytest.param(30, zooming(0.94, 1.0, FRAMES), 2, id="smaller than the frame"),
        pytest.param(30, zooming(1.0, 1.07, FRAMES, enter=Effect(3, 6, "fade")), 2, id="not from the first frame"),
        pytest.param(30, zooming(1.0, 1.07, FRAMES, leave=Effect(30, 6, "fade")), 2, id="not to the last frame"),
    ],
)
def test_frames_are_the_same_without_what_is_hidden(tmp_path: Path, fps: int, track: Track, count: int) -> None:
    """Each frame has the pixels that it has when all layers are overlaid in it; a hidden base is not composed."""
    picture = drifting(tmp_path, track, fps=fps)
    stream, times = composed(picture)
    whole = compose.tag_colors(compose.to_encoder_pixels(compose.frames(picture), "yuv444p"))
    found, wanted = (raw(each.filter("setpts", "N").filter("fps", fps=fps), picture) for each in (stream, whole))
    assert overlays(picture) == count
    for number in range(len(times)):
        assert found[number].tobytes() == wanted[number].tobytes(), times[number]


@pytest.mark.parametrize(
    "changed",
    [lambda each: each.having("picture", opaque=False), lambda each: each.having("picture", width=SIZE[0] - 8)],
    ids=["clear in places", "narrower than the frame"],
)
def test_what_shows_through_is_composed(tmp_path: Path, changed: Callable[[Drawing], Drawing]) -> None:
    """A picture that is not opaque, or does not fill the frame, is overlaid on what is below it."""
    drawing = Drawing(tmp_path, SIZE).add("background", colour=(10, 20, 60)).add("picture", colour=(90, 60, 200))
    picture = changed(drawing).picture(Motion(30, FRAMES, {"picture": zooming(1.0, 1.07, FRAMES)}))
    assert overlays(picture) == 1
