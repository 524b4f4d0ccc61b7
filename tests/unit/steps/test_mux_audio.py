"""The audio of sixty scenes in one MP4, against the samples it was made of: in time, seamless, bit for bit."""

from __future__ import annotations

import array
import itertools
import math
import random
import subprocess
from dataclasses import dataclass, replace
from operator import mul
from pathlib import Path

import pytest

from tests.support import decoding
from tests.support.audio_lab import ENV, WEB, context, heard, loudest, timing, tone
from tests.support.mux_lab import DESIGNS, SPOKEN, Scene, Studio, voice
from vidbuild.media.audio import adts
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.steps import audio
from vidbuild.timebase import SAMPLE_RATE

SCENES = 60
FURTHEST = adts.FRAME_SAMPLES // 2  # how far from its place a scene may begin, in samples
HEARD = 0.93  # the least correlation of noise that was said with what is heard of it, over a ducked clip as well


def sixty(fps: int) -> list[Scene]:
    """Sixty scenes of odd lengths; the first has narration, so that the track's own start can be measured."""
    chance = random.Random(fps)
    drawn = [DESIGNS[0], *chance.choices(DESIGNS, k=SCENES - 1)]
    # a scene lasts about as long at every rate, and never as many samples as AAC frames would be
    return [replace(scene, frames=scene.frames * fps // 24 + scene.frames % 2) for scene in drawn]


def starts_of(scenes: list[Scene], fps: int) -> list[int]:
    """Where each scene starts, in samples, and where the last one ends."""
    lengths = [scene.frames * SAMPLE_RATE // fps for scene in scenes]
    return [0, *itertools.accumulate(lengths)]


def decoded(path: Path, decoder: str) -> array.array[float]:
    """The left channel of the video's sound, from the first sample a player plays."""
    program = ffmpeg.executable()
    if decoder == "older":
        program, decoder = decoding.older().program, "aac"
    args = ["-v", "warning", "-xerror", "-err_detect", "explode", "-c:a", decoder, "-i", str(path)]
    command = [str(program), "-nostdin", *args, "-map", "0:a", "-f", "f32le", "-c:a", "pcm_f32le", "-"]
    done = subprocess.run(command, capture_output=True, check=False, env=ENV)
    assert (done.returncode, done.stderr) == (0, b"")
    return array.array("f", done.stdout)[0::2]


def packets(path: Path) -> list[bytes]:
    """The AAC frames in a video, as ffmpeg takes them out, without headers."""
    args = ["-i", str(path), "-map", "0:a", "-c", "copy", "-f", "adts", "-"]
    copied = ffmpeg.capture(args, cwd=path.parent, env=ENV, timeout=60, what="take the sound out", loglevel="error")
    return [adts.payload(frame) for frame in adts.split(copied.output)]


def alike(said: array.array[int], heard: array.array[float], step: int = 1) -> float:
    """The correlation of two sounds, by every so many samples."""
    one, two = said[::step], heard[::step]
    power = math.sqrt(sum(map(mul, one, one)) * sum(map(mul, two, two)))
    return sum(map(mul, one, two)) / power if power else 0.0


def moved(track: array.array[float], place: int, said: array.array[int]) -> tuple[int, float]:
    """Return by how many samples late something is, and how similar it is."""

    def at(lag: int, step: int) -> float:
        return alike(said, track[place + lag : place + lag + len(said)], step)

    reach = FURTHEST + 96
    coarse = max(range(max(-reach, -place), reach + 1, 12), key=lambda lag: at(lag, 8))
    lag = max(range(max(coarse - 12, -place), coarse + 13), key=lambda lag: at(lag, 1))
    return lag, at(lag, 1)


@dataclass(frozen=True)
class Joined:
    """Sixty scenes, their video and the sound that a decoder makes of it."""

    scenes: list[Scene]
    fps: int
    video: Path
    track: array.array[float]

    @property
    def starts(self) -> list[int]:
        """Where each scene starts, in samples, and where the last one ends."""
        return starts_of(self.scenes, self.fps)


def nearest(sample: int) -> int:
    """The sample with which the AAC frame begins that is nearest to this one."""
    return 1024 * ((sample + 512) // 1024)


RUNS = [*((fps, "aac") for fps in (24, 25, 30, 50, 60)), (50, "aac_fixed"), (24, "older"), (60, "older")]


@pytest.fixture(scope="module", params=RUNS, ids=lambda run: f"{run[0]}-{run[1]}")
def joined(request: pytest.FixtureRequest, studio: Studio) -> Joined:
    """Sixty scenes at a rate through a decoder: ffmpeg's two, and that of an older ffmpeg where there is one."""
    fps, decoder = request.param
    if decoder == "older":
        try:
            decoding.older()
        except AssertionError as missing:
            pytest.skip(str(missing))
    video = studio.video(sixty(fps), fps)
    return Joined(sixty(fps), fps, video, decoded(video, decoder))


def test_every_narration_is_in_time(joined: Joined) -> None:
    """V14: each narration is at the AAC frame nearest its place, to the sample: no error adds up, no priming."""
    said, end = voice()[:2400], voice()[-2400:]
    errors = []
    for scene, start in zip(joined.scenes, joined.starts, strict=False):
        if scene.begin >= 0:
            lag, likeness = moved(joined.track, start + scene.begin, said)
            assert likeness > HEARD, (start, scene)
            assert abs(lag - (nearest(start) - start)) <= 1
            errors.append(lag)
            last = start + scene.begin + lag + SPOKEN
            assert alike(end, joined.track[last - len(end) : last]) > HEARD, "it is not heard to its end"
    assert len(errors) > SCENES // 3
    assert errors[0] in (-1, 0, 1), "the track begins at t = 0"
    assert max(map(abs, errors)) <= FURTHEST + 1


def test_joints_are_inaudible(joined: Joined) -> None:
    """V14: silent scenes meet below -70 dBFS, and others without a step beyond those of their own audio."""
    track, quiet = joined.track, 0
    alone = next(start for scene, start in zip(joined.scenes, joined.starts, strict=False) if scene.clip == "keep")
    own = steepest(track[alone + 8192 : alone + 20_000])
    for (before, after), start in zip(itertools.pairwise(joined.scenes), joined.starts[1:], strict=False):
        joint = nearest(start)
        if before.clip or after.clip:
            assert steepest(track[joint - 2048 : joint + 2048]) <= 1.2 * own
        else:
            quiet += 1
            assert loudest(track[joint - 480 : joint + 480]) < -70
    assert quiet > SCENES // 4


def test_scenes_full_of_sound_meet_without_a_click(tmp_path: Path) -> None:
    """Narration to the very ends of two scenes meets in a dip, not in a step."""
    frames, start = [], 0
    for number, samples in enumerate((33 * 1600, 31 * 1600)):
        spoken = tone(samples, hertz=300)
        step = context(tmp_path / f"{number}", "audio:x", WEB, timing=timing(samples, 0, samples), narration=spoken)
        audio.run(step)
        taken = adts.nearest_frame(start + samples) - adts.nearest_frame(start)
        frames += adts.split((step.out / "sound.aac").read_bytes())[:taken]
        start += samples
    path = tmp_path / "track.aac"
    path.write_bytes(b"".join(frames))
    track, joint = heard(path, tmp_path), 33 * 1600
    assert steepest(track[joint - 2048 : joint + 2048]) <= 1.2 * steepest(track[8192:32_768])
    assert loudest(track[joint - 64 : joint + 64]) < loudest(track[8192:32_768]) - 12


def test_a_silent_track_is_silent(studio: Studio) -> None:
    """A video without narration has a valid track of zeros."""
    assert set(decoded(studio.video([Scene(19), Scene(23)], 25), "aac")) == {0.0}


def steepest(samples: array.array[float]) -> float:
    """The largest step from a sample to the next."""
    return max(abs(one - two) for one, two in itertools.pairwise(samples))


@pytest.mark.parametrize("fps", [24, 60])
def test_every_frame_is_the_scenes_own(studio: Studio, fps: int) -> None:
    """The sound in the video is that of its scenes, byte for byte, in their order; there is no edit list."""
    scenes = sixty(fps)
    wanted: list[bytes] = []
    for scene, (start, end) in zip(scenes, itertools.pairwise(starts_of(scenes, fps)), strict=True):
        own = adts.split(studio.sound(scene, fps).read_bytes())
        wanted += [adts.payload(frame) for frame in own[: adts.nearest_frame(end) - adts.nearest_frame(start)]]
    video = studio.video(scenes, fps)
    assert packets(video) == wanted
    assert b"edts" not in video.read_bytes()


@pytest.mark.parametrize("edited", [0, 29, 59])
def test_an_edited_scene_leaves_all_others_as_they_are(studio: Studio, edited: int) -> None:
    """With one scene changed and longer, all others have the AAC frames they had, give or take one at a joint."""
    scenes = sixty(30)
    changed = [*scenes]
    changed[edited] = replace(scenes[edited], frames=scenes[edited].frames + 7, begin=6007)
    found = []
    for each in (scenes, changed):
        whole = packets(studio.video(each, 30))
        firsts = [adts.nearest_frame(start) for start in starts_of(each, 30)]
        found.append([whole[first:end] for first, end in itertools.pairwise(firsts)])
    for number, (before, after) in enumerate(zip(*found, strict=True)):
        if number == edited:
            assert before != after[: len(before)]
        else:
            assert abs(len(before) - len(after)) <= 1
            assert all(one == two for one, two in zip(before, after, strict=False))


def test_one_frame_is_a_video(studio: Studio) -> None:
    """The shortest video there can be, a 60th of a second or 800 samples, has one AAC frame."""
    assert len(packets(studio.video([Scene(1)], 60))) == 1
