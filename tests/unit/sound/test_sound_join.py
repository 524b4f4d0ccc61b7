"""Scenes' sounds put one after the other as a join does it: by frames, never encoded again."""

from __future__ import annotations

import array
import math
import random
from pathlib import Path

import pytest
from soundlab import context, heard, loudest, onset, silence, timing, tone

from vidbuild.media import adts
from vidbuild.steps import sound

SCENES = 60
SPOKEN = 9600


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[tuple[int, int]], array.array[float]]:
    """Sixty scenes of odd lengths: (start, narration's start or -1) of each in samples, and the decoded track."""
    folder = tmp_path_factory.mktemp("joined")
    chance = random.Random(3)
    made: dict[tuple[int, int], list[bytes]] = {}
    places, track, start = [], [], 0
    for number in range(SCENES):
        frames = chance.choice([19, 22, 23, 31])
        samples, begin = frames * 1600, chance.choice([1600, 4801])
        quiet = number % 7 == 3
        known = (frames, -1 if quiet else begin)
        if known not in made:
            spoken = {} if quiet else {"narration": tone(SPOKEN, hertz=1000)}
            facts = timing(samples) if quiet else timing(samples, begin, SPOKEN)
            step = context(folder / f"scene-{number}", "sound:x", {"loudness": -16.0}, timing=facts, **spoken)
            sound.run(step)
            made[known] = adts.frames((step.out / "sound.aac").read_bytes())
        track += made[known][: adts.first_frame(start + samples) - adts.first_frame(start)]
        places.append((start, -1 if quiet else start + begin))
        start += samples
    path = folder / "track.aac"
    path.write_bytes(b"".join(track))
    assert len(track) == adts.first_frame(start)
    return places, heard(path, folder)


Joined = tuple[list[tuple[int, int]], "array.array[float]"]


def test_narration_is_in_time_in_the_last_scene_as_in_the_first(joined: Joined) -> None:
    """V14: each of sixty narrations begins within half an AAC frame and one sample of its place, and none drifts."""
    places, track = joined
    errors = []
    for _, begin in places:
        if begin >= 0:
            errors.append(onset(track, 0.05, max(0, begin - 700)) - begin)
    assert len(errors) > 45
    assert max(map(abs, errors)) <= 512 + 24 + 1  # 24: a tone in AAC begins with half a period of pre-echo
    half = len(errors) // 2
    assert abs(sum(errors[:half]) / half - sum(errors[half:]) / (len(errors) - half)) < 300


def test_no_joint_clicks(joined: Joined) -> None:
    """V14: where both sides are silent, the joint is below -70 dBFS."""
    places, track = joined
    for start, _ in places[1:]:
        assert loudest(track[start - 500 : start + 500]) < -70


def test_every_narration_is_whole(joined: Joined) -> None:
    """Joining takes nothing off a narration's end, and between narrations there is silence."""
    places, track = joined
    for _, begin in places:
        if begin >= 0:
            middle = track[begin + 1024 : begin + SPOKEN - 1024]
            assert max(middle) > 0.15
            assert loudest(track[begin + SPOKEN + 1600 : begin + SPOKEN + 3200]) < -70


def test_faded_scenes_meet_without_a_click(tmp_path: Path) -> None:
    """Two scenes full of sound meet in a dip, not in a step: no jump between samples is beyond the tone's own."""
    frames, start = [], 0
    for number, samples in enumerate((33 * 1600, 31 * 1600)):
        facts = timing(samples, 0, samples)
        step = context(
            tmp_path / f"{number}", "sound:x", {"loudness": -16.0}, timing=facts, narration=tone(samples, hertz=300)
        )
        sound.run(step)
        taken = adts.first_frame(start + samples) - adts.first_frame(start)
        frames += adts.frames((step.out / "sound.aac").read_bytes())[:taken]
        start += samples
    (tmp_path / "track.aac").write_bytes(b"".join(frames))
    track = heard(tmp_path / "track.aac", tmp_path)
    steepest = max(abs(track[index + 1] - track[index]) for index in range(8192, 32_768))
    joint = 33 * 1600
    jumps = [abs(track[index + 1] - track[index]) for index in range(joint - 2048, joint + 2048)]
    assert max(jumps) <= 1.5 * steepest
    assert math.isfinite(loudest(track))


def test_a_silent_track_is_silent(tmp_path: Path) -> None:
    """A video in which nobody speaks has a valid track of zeros."""
    step = context(tmp_path / "a", "sound:x", {"loudness": -16.0}, timing=timing(16_000))
    sound.run(step)
    (tmp_path / "track.aac").write_bytes((step.out / "sound.aac").read_bytes() * 3)
    assert set(heard(tmp_path / "track.aac", tmp_path)) == {0.0}
    assert silence(3) == array.array("h", [0, 0, 0])
