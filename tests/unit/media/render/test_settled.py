"""Layers that have come to rest are overlaid once from then on, and every frame is as if all were overlaid in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.render_lab import Drawing, raw
from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.render import compose, tiles
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.bands import undivided
from vidbuild.media.render.changed_frames import changed_frames
from vidbuild.media.render.motion import Effect, Key, Motion, Track
from vidbuild.media.render.settled import windows

SIZE = (160, 96)


def marked(folder: Path, *, enters: Effect | None = None, leaves: Effect | None = None) -> Animation:
    """A large picture that enters, and a small mark above it that moves long after that."""
    drawing = Drawing(folder, SIZE).add("background", colour=(10, 20, 60))
    drawing.add(
        "picture",
        (8, 8, 144, 80),
        (90, 60, 200, 180),
        opaque=False,
        paint=lambda draw: draw.line((0, 0, 143, 79), "white"),
    )
    drawing.add("mark", (40, 40, 12, 12), (250, 220, 0), opaque=False)
    picture = Track(enters or Effect(0, 6, "fade"), leaves)
    way = (Key(30, (0, 0, 1, 1)), Key(60, (4, 1, 1, 1)))
    return drawing.picture(Motion(30, 90, {"picture": picture, "mark": Track(Effect(20, 5, "rise"), None, way)}))


def divided(picture: Animation) -> list[tuple[tuple[int, ...], list[str], list[str]]]:
    """Return the times of each window, and the names of its settled and its moving layers."""
    _, above = compose.base_and_layers(picture)
    areas = {layer: layer.width * layer.height for layer in above}
    found = windows(picture, areas, changed_frames(picture.layers, picture.motion))
    return [
        (each.times, [layer.name for layer in each.settled], [layer.name for layer in each.moving]) for each in found
    ]


def test_a_picture_rests_once_it_has_entered(tmp_path: Path) -> None:
    """From the first change after its entrance on, a picture is part of the base; the mark is in no frame before."""
    first, second = divided(marked(tmp_path))
    assert first == (tuple(range(7)), [], ["picture"])
    assert second[0][0] == 20
    assert second[0][-1] == 60
    assert second[1:] == (["picture"], ["mark"])


@pytest.mark.parametrize(
    "fields",
    [{"leaves": Effect(80, 5, "fade")}, {"enters": Effect(0, 80, "fade")}, {"enters": Effect(58, 6, "fade")}],
    ids=["leaves later", "always enters", "few frames after it"],
)
def test_nothing_is_divided_without_a_gain(tmp_path: Path, fields: dict[str, Effect]) -> None:
    """A layer that changes again or up to the end, or before only a few frames, is composed as before."""
    assert len(divided(marked(tmp_path, **fields))) == 1


@pytest.mark.parametrize("effect", ["fade", "scale", "wipe", "slide", "cut"])
def test_frames_are_the_same_with_windows(tmp_path: Path, effect: str) -> None:
    """Composed in windows and tiles, each frame has the pixels that it has when all layers are overlaid in it."""
    picture = marked(tmp_path, enters=Effect(0, 0 if effect == "cut" else 9, effect))
    times = changed_frames(picture.layers, picture.motion)
    (stream,), _ = tiles.band_streams(picture, undivided(SIZE[1], times), "yuv444p")
    whole = compose.tag_colors(compose.to_encoder_pixels(compose.frames(picture), "yuv444p"))
    found, wanted = (raw(each.filter("setpts", "N").filter("fps", fps=30), picture) for each in (stream, whole))
    assert len(wanted) >= len(times)
    for number in range(len(times)):
        assert found[number].tobytes() == wanted[number].tobytes(), times[number]


def test_a_window_composes_only_what_moves_in_it(tmp_path: Path) -> None:
    """While a small mark moves over a picture at rest, frames are composed only around the mark, in both directions."""
    picture = marked(tmp_path)
    times = changed_frames(picture.layers, picture.motion)
    streams, _ = tiles.band_streams(picture, undivided(SIZE[1], times), "yuv420p")
    text = " ".join(filtergraph.arguments(filtergraph.output(streams[0], tmp_path / "o", {})))
    assert text.count("concat=n=2") == 1
    assert text.count("xstack=inputs=5") == 1


def test_the_last_frame_begins_with_what_has_come_to_rest(tmp_path: Path) -> None:
    """A picture is overlaid as it enters and as it rests, and decoded once; the last frame is as if all layers were."""
    picture = marked(tmp_path)
    times = changed_frames(picture.layers, picture.motion)
    (stream,), last = tiles.band_streams(picture, undivided(SIZE[1], times), "yuv420p")
    outputs = [filtergraph.output(each, tmp_path / "o", {}) for each in (stream, last)]
    args = filtergraph.arguments(*outputs)
    inputs = [Path(args[index + 1]).name for index, each in enumerate(args) if each == "-i"]
    assert inputs.count("picture.png") == 1
    assert args[args.index("-filter_complex") + 1].count(f"[{inputs.index('picture.png')}]") == 2
    assert last is not None
    frame = raw(last.filter("fps", fps=30), picture)[0]
    assert frame.tobytes() == raw(compose.frames(picture), picture)[-1].tobytes()
