"""Where music is in each scene, and how loud."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from vidbuild.media.audio import adts, music_layout
from vidbuild.media.audio.music_layout import GUARD, SceneSound, Setting

SECOND = 48_000
BED = Setting(file=0, level=-14.0, fade_in=SECOND, fade_out=2 * SECOND, loop=True)


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
    """A scene without music, or with other music, ends a piece of music; what follows starts anew."""
    other = [None, replace(BED, file=1)]
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
    """The longest time for which each file goes on counts."""
    scenes = [SceneSound(10 * SECOND, music) for music in (BED, BED, replace(BED, file=1), BED)]
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


FRAME = 1024
SHORT = Setting(file=0, level=-14.0, fade_in=3 * FRAME, fade_out=5 * FRAME, loop=False)


@pytest.mark.parametrize("music", [BED, SHORT])
def test_what_a_scene_gets_is_exact(music: Setting) -> None:
    """Two scenes on the grid of frames: each has its place in the music, its fade, and eight and four frames beside."""
    scenes = [SceneSound(count * FRAME, music) for count in (100, 200)]
    first, second = (bed(scenes, index) for index in (0, 1))
    assert (first["frames"], first["position"], second["frames"], second["position"]) == (100, 0, 200, 100 * FRAME)
    for found in (first, second):
        assert (found["loop"], found["fade_out"]) == (music.loop, music.fade_out)
        assert (found["highest"], {level for _, level in found["points"]}) == (-14.0, {-14.0})
        assert [found["points"][0][0], found["points"][-1][0]] == [-8 * FRAME, (found["frames"] + 4) * FRAME]
    assert music_layout.needed(scenes) == {0: 312 * FRAME}
    if music is SHORT:
        assert first["fades"] == [[0, 3 * FRAME], None]
        assert second["fades"] == [None, [195 * FRAME, 200 * FRAME]]


@pytest.mark.parametrize(("frames", "seen"), [(7, True), (8, False)])
def test_a_fade_is_in_a_scene_that_ends_up_to_four_frames_before_it(frames: int, seen: bool) -> None:
    """The samples after a scene's end that are encoded and dropped have the next scene's fade in them, too."""
    music = replace(SHORT, fade_out=4 * FRAME)
    scenes = [SceneSound(100 * FRAME, music), SceneSound(frames * FRAME, music)]
    found = bed(scenes, 0)["fades"][1]
    assert found == ([(96 + frames) * FRAME, (100 + frames) * FRAME] if seen else None)


def test_fades_that_do_not_fit_shrink_alike() -> None:
    """Fades of three and five frames in a piece of four have one and a half and two and a half."""
    found = bed([SceneSound(4 * FRAME, SHORT)], 0)["fades"]
    assert found == [[0, 3 * FRAME // 2], [3 * FRAME // 2, 4 * FRAME]]


@pytest.mark.parametrize(("frames", "half"), [(100, 24_000), (40, 20 * FRAME), (2, FRAME)])
def test_the_level_moves_at_a_border_for_a_second_or_half_of_the_shorter_scene(frames: int, half: int) -> None:
    """Scenes with the same music at -14 and -20 dB: a line from one level to the other, its middle at the border."""
    long = 100 * FRAME
    for lengths in ((frames * FRAME, long), (long, frames * FRAME)):
        scenes = [
            SceneSound(length, replace(BED, level=level)) for length, level in zip(lengths, (-14, -20), strict=True)
        ]
        found = bed(scenes, 0)
        points = [(at - lengths[0], level) for at, level in found["points"]]
        assert found["highest"] == bed(scenes, 1)["highest"] == -14
        assert (-half, -14) in points
        assert points[-1] == pytest.approx((4 * FRAME, -17 - 3 * min(1, 4 * FRAME / half)), abs=0.001)


def test_the_loudness_of_parts_is_that_of_their_mean_power() -> None:
    """A second at 0 LU and nine at -10 have the power of ten at 10 * lg(0.19); nothing is as loud as speech."""
    assert music_layout._mean([(1, 0.0), (9, -10.0)]) == pytest.approx(10 * math.log10(0.19))
    assert music_layout._mean([(7, -14.0)]) == pytest.approx(-14.0)
    assert music_layout._mean([]) == music_layout._mean([(0, -14.0)]) == 0.0


def test_fades_and_the_neighborhood_of_speech_do_not_count_as_music() -> None:
    """Ten seconds of speech, then 40 of music in two scenes, of which its fades and what is beside speech are left out.

    The meter counts 0.4 s more of speech, and 0.6 + 0.4 s after it are none of the music alone.
    """
    scenes = [
        SceneSound(10 * SECOND, BED, ((0, 10 * SECOND),)),
        SceneSound(20 * SECOND, BED),
        SceneSound(20 * SECOND, BED),
    ]
    alone = 20 - 0.6 - 0.4 + 20 - 2  # the fade at the end has 2 s; the one at the start is under speech
    power = (10.4 + alone * 10**-1.4) / (10.4 + alone)
    assert music_layout.expected_loudness(scenes) == pytest.approx(
        10 * math.log10(power), abs=2e-3
    )  # scenes end with frames
