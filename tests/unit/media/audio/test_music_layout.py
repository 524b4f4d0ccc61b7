"""Where music is in each scene, and how loud."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from vidbuild.media.audio import adts, music_layout
from vidbuild.media.audio.music_layout import GUARD, SceneSound, Setting

SECOND = 48_000
BED = Setting(file=0, level=-14.0, fade_in=SECOND, fade_out=2 * SECOND, start=0, loop=True)


def bed(scenes: list[SceneSound], index: int) -> dict[str, Any]:
    """The music of one scene, which has some."""
    found = music_layout.beds(scenes)[index]
    assert found is not None
    return found


def test_music_goes_on_frame_by_frame() -> None:
    """Each scene begins in the music where the frames of the one before it end, whatever the scenes' lengths."""
    scenes = [SceneSound(samples, BED) for samples in (48_000, 1_600, 77_777, 800, 50_000)]
    position = 0
    for found in music_layout.beds(scenes):
        assert found is not None
        assert found["position"] == position
        position += found["frames"] * adts.FRAME_SAMPLES
    assert abs(position - sum(scene.samples for scene in scenes)) <= adts.FRAME_SAMPLES // 2


def test_music_starts_anew_after_another_file_or_none() -> None:
    """A scene without music, or with another file or start, ends a piece of music; what follows starts anew."""
    other = [None, replace(BED, file=1), replace(BED, start=9)]
    for between in other:
        scenes = [SceneSound(10 * SECOND, music) for music in (BED, between, BED)]
        assert bed(scenes, 2)["position"] == 0
        assert bed(scenes, 0)["joined"] == [False, False]
        assert bed(scenes, 0)["fades"][1] is not None


@pytest.mark.parametrize("distance", [0, GUARD - 1, GUARD])
def test_speech_at_a_border_keeps_music_from_joining(distance: int) -> None:
    """Both scenes agree whether music goes on over their border: only if nothing else is played near it."""
    for near in (0, 1):
        spans = [(2 * SECOND, 3 * SECOND), (2 * SECOND, 3 * SECOND)]
        end = adts.nearest_frame(10 * SECOND) * adts.FRAME_SAMPLES
        spans[near] = (SECOND, end - distance) if near == 0 else (distance, SECOND)
        scenes = [SceneSound(10 * SECOND, BED, foreground=span) for span in spans]
        joined = distance >= GUARD
        assert bed(scenes, 0)["joined"] == [False, joined]
        assert bed(scenes, 1)["joined"] == [joined, False]


def test_a_longer_scene_changes_nothing_before_it() -> None:
    """The music of scenes that are not next to a longer one, nor after it, stays the same."""
    scenes = [SceneSound(10 * SECOND, BED, ((4 * SECOND, 6 * SECOND),)) for _ in range(5)]
    longer = [*scenes[:3], replace(scenes[3], samples=12 * SECOND), scenes[4]]
    before, after = music_layout.beds(scenes), music_layout.beds(longer)
    assert before[:3] == after[:3]
    assert before[4] != after[4]


def test_fades_fit_into_short_music() -> None:
    """In a video that is too short for both fades, they meet."""
    found = bed([SceneSound(SECOND, BED)], 0)
    (_, risen), (falling, _) = found["fades"]
    assert 0 < risen <= falling


def test_a_file_is_needed_as_long_as_it_can_play() -> None:
    """The longest piece of each file counts, with what is left out at its start."""
    scenes = [SceneSound(10 * SECOND, music) for music in (BED, BED, replace(BED, file=1), replace(BED, start=SECOND))]
    needed = music_layout.needed(scenes)
    assert needed[0] >= 20 * SECOND
    assert 10 * SECOND <= needed[1] < 11 * SECOND


@pytest.mark.parametrize(("spoken", "expected"), [(60, 0), (5, -14)])
def test_the_loudness_of_a_video_is_estimated(spoken: int, expected: float) -> None:
    """Soft music does not count beside much speech; beside little, it makes the video softer."""
    scenes = [
        SceneSound(spoken * SECOND, BED, ((0, spoken * SECOND),)),
        SceneSound((300 if spoken == 5 else 30) * SECOND, BED),
    ]
    assert music_layout.expected_loudness(scenes) == pytest.approx(expected, abs=4 if expected else 0.1)
