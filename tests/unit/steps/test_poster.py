"""Which frame becomes a poster."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from vidbuild.media.image import content
from vidbuild.media.image.content import Content
from vidbuild.steps import still


@pytest.fixture
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Choose a poster from scenes of 100 frames. Returns the frames that were drawn, and which one was kept.

    scenes: for each, whether it may show nothing, and whether it has a clip. edges: by scene and frame.
    """

    def choose(scenes: list[tuple[bool, bool]], edges: dict[tuple[int, int], float]) -> tuple[list[Any], Any]:
        drawn: list[tuple[int, int]] = []

        def read(_: object, prefix: str) -> SimpleNamespace:
            number = int(prefix.rstrip("."))
            motion = SimpleNamespace(frames=100, frames_before_exit=100, clips=())
            return SimpleNamespace(number=number, clip=scenes[number][1], motion=motion)

        def render(context: Any, animation: Any, frame: int) -> None:
            drawn.append((animation.number, frame))
            (context.out / still.STILL).write_text(f"{animation.number} {frame}")

        def measure(data: bytes, _: object) -> Content:
            number, frame = map(int, data.split())
            return Content(edges.get((number, frame), 0.0), 0.0)

        monkeypatch.setattr("vidbuild.steps.render.read_animation", read)
        monkeypatch.setattr(still, "_render", render)
        monkeypatch.setattr(still, "_shown", lambda _: (0, 0, 1, 1))
        monkeypatch.setattr(content, "measure", measure)
        context: Any = SimpleNamespace(out=tmp_path)
        still._choose(context, [doubtful for doubtful, _ in scenes])
        kept = tuple(map(int, (tmp_path / still.STILL).read_text().split()))
        return drawn, kept

    return choose


def test_a_scene_that_shows_something_gives_its_last_frame(chosen: Any) -> None:
    """The poster is the last frame of the first scene if that is sure to show something."""
    assert chosen([(False, True), (True, True)], {}) == ([(0, 99)], (0, 99))


@pytest.mark.parametrize(("frame", "tried"), [(99, 1), (74, 2), (49, 3), (24, 4), (0, 5)])
def test_a_clip_is_searched_from_its_end_to_its_start(chosen: Any, frame: int, tried: int) -> None:
    """Of a clip the last frame is tried, then those at three quarters, at half, at a quarter, and the first."""
    drawn, kept = chosen([(True, True), (False, False)], {(0, frame): 0.002})
    assert drawn == [(0, each) for each in (99, 74, 49, 24, 0)[:tried]]
    assert kept == (0, frame)


def test_other_scenes_follow_if_a_clip_shows_nothing(chosen: Any) -> None:
    """A scene without a clip is tried by its last frame alone."""
    drawn, kept = chosen([(True, False), (True, False), (False, True)], {(0, 99): 0.0019})
    assert (drawn, kept) == ([(0, 99), (1, 99), (2, 99)], (2, 99))


def test_the_best_is_kept_if_all_show_nothing(chosen: Any) -> None:
    """If no frame shows enough, the one that shows most is the poster, the first of equal ones."""
    scenes = [(True, False), (True, True)]
    assert chosen(scenes, {(1, 49): 0.001, (1, 24): 0.001})[1] == (1, 49)
    assert chosen(scenes, {})[1] == (0, 99)
