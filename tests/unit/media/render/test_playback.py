"""Which frames of a clip are shown when: at another speed, repeated, with freezes, and in windows of a motion."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from tests.support.clip_lab import decoded_pictures, number, numbered, recording, scene
from tests.support.render_lab import SIZE, decoded, made, render_context, shown
from vidbuild.media.render import clip
from vidbuild.media.render.motion import Motion
from vidbuild.media.render.playback import Freeze, Playback, Run
from vidbuild.steps import render

TIE = Fraction(447, 1_000_000)  # seconds: a picture that comes so early is still the next one


def walked(playback: Playback, frames: int) -> list[int]:
    """The frames of the clip that are shown, one after the other, found by playing: no arithmetic of the code's."""
    out, at, left = [], playback.skip, {freeze.frame: freeze.frames for freeze in playback.freezes}
    frozen = 0
    for frame in range(frames):
        out.append(at)
        if frame < playback.hold or frame + 1 >= playback.frames:
            continue
        frozen += left.pop(frame, 0)
        if frozen:
            frozen -= 1
        else:
            at = (at + 1) % playback.repeats if playback.repeats else at + 1
    return out


def random_playback(seed: int) -> Playback:
    """A playback with any of what it can have."""
    chance = random.Random(seed)
    hold, repeats = chance.choice([0, 0, 3]), chance.choice([0, 1, 4, 9])
    freezes, at = [], hold
    for _ in range(chance.randrange(3)):
        at += chance.randrange(6)
        length = chance.randrange(1, 6)
        freezes.append(Freeze(at, length))
        at += length
    return Playback(0, 0, at + chance.randrange(1, 30), "cover", hold=hold, repeats=repeats, freezes=tuple(freezes))


def skips(playback: Playback, frames: Sequence[int]) -> list[int]:
    """Which frames of the clip the code shows in these frames of a motion."""
    found = [playback.skip + playback.played(frame) for frame in frames]
    return [each % playback.repeats if playback.repeats else each for each in found]


@pytest.mark.parametrize("seed", range(60))
def test_windows_show_what_the_whole_shows(seed: int) -> None:
    """Each window of a motion, and a window of it, shows the frames that playing it from its start shows there."""
    playback, chance = random_playback(seed), random.Random(-seed)
    whole = walked(playback, playback.frames + 16)
    assert skips(playback, range(len(whole))) == whole
    for _ in range(20):
        first, frames = chance.randrange(-4, playback.frames + 4), chance.randrange(1, 12)
        cut = playback.window(first, frames)
        want = [whole[max(0, at)] for at in range(first, first + frames)]
        assert skips(cut, range(frames)) == want, (playback, first, frames)
        assert [at for piece in cut.pieces(frames) for at in range(piece.skip, piece.skip + piece.frames)] == deduped(
            cut, frames
        )
        assert cut.window(0, frames) == cut
        assert all(cut.changes(at) == (want[at] != want[at - 1]) or cut.repeats == 1 for at in range(1, frames))


def deduped(playback: Playback, frames: int) -> list[int]:
    """The frames of the clip that are shown, each as often as it is begun."""
    found: list[int] = []
    for frame in range(frames):
        if frame == 0 or playback.played(frame) != playback.played(frame - 1):
            found += skips(playback, [frame])
    return found


@pytest.mark.parametrize("seed", range(60))
def test_audio_runs_while_the_picture_does(seed: int) -> None:
    """In the runs, and only there, the picture that is shown is the one of its own time; freezes and holds are out."""
    playback = random_playback(seed)
    frames = playback.frames + 5
    whole = walked(playback, frames)
    playing: dict[int, int] = {}
    for run in playback.runs(frames):
        playing.update({run.frame + at: run.skip + at for at in range(run.frames)})
    still = set(range(playback.hold)) | set(range(playback.frames, frames))
    still |= {at for freeze in playback.freezes for at in range(freeze.frame, freeze.frame + freeze.frames)}
    assert playing == {at: whole[at] for at in range(frames) if at not in still}


def test_a_clip_that_just_plays_has_one_run() -> None:
    """Nothing is said of it that would change the keys of its audio."""
    assert list(Playback(0, 0, 20, "cover").runs(50)) == [Run(0, 0, 20)]


@pytest.mark.parametrize("fps", [24, 30, 60])
@pytest.mark.parametrize("speed", [0.25, 0.5, 1.37, 2, 3.3, 8])
def test_the_picture_is_the_one_of_its_time_at_any_speed(tmp_path: Path, speed: float, fps: int) -> None:
    """In the middle of frame k, the recording is at start + (k + 1/2) x speed / fps."""
    source = recording(tmp_path / "a.mp4", 200, fps=25)
    frames = 16
    found = [
        number(image) for image in shown(scene(source, Playback(400, 0, frames, "cover", speed=speed), frames, fps))
    ]
    middles = [Fraction(2, 5) + (frame + Fraction(1, 2)) * Fraction(str(speed)) / fps for frame in range(frames)]
    assert found == [min(199, int((middle - TIE) * 25)) for middle in middles]


def test_the_picture_of_a_recording_with_gaps_is_the_one_of_its_time(tmp_path: Path) -> None:
    """At twice the speed, a recorder's still second lasts half a second, in half as many frames."""
    gaps = ("-vf", "select='lt(n,6)+eq(n,20)+eq(n,21)+gt(n,40)'", "-fps_mode", "vfr")
    source = made(tmp_path / "a.mkv", *numbered(30), "-frames:v", "50", *gaps, "-c:v", "libx264", "-qp", "8")
    found = [number(image) for image in shown(scene(source, Playback(0, 0, 24, "cover", speed=2.0), 24))]
    kept = [*range(6), 20, 21, *range(41, 50)]
    assert found == [max(each for each in kept if each <= min(2 * frame, 90)) for frame in range(24)]


def test_a_repeated_clip_is_shown_again_from_its_start(tmp_path: Path) -> None:
    """A freeze, a delay and another speed in one: each frame is the one that playing it shows."""
    source = recording(tmp_path / "a.mp4", 90)
    playback = Playback(1000, 0, 40, "cover", hold=2, speed=2.0, repeats=5, freezes=(Freeze(4, 3), Freeze(15, 3)))
    want = [30 + 2 * each for each in walked(playback, 44)]
    assert [number(image) for image in shown(scene(source, playback, 44))] == want
    for window in ((-3, 6), (5, 9), (12, 10), (38, 6)):
        found = [number(image) for image in shown(scene(source, playback, 44, window=window))]
        assert found == [want[max(0, at)] for at in range(window[0], sum(window))]


def test_a_long_pass_is_decoded_again_instead_of_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass whose frames would fill the memory shows the same; a short one is decoded once for all its passes."""
    source = recording(tmp_path / "a.mp4", 60, ("-c:v", "mjpeg", "-q:v", "2"))
    picture = scene(source, Playback(0, 3, 30, "cover", repeats=7), 30)
    once = [number(image) for image in shown(picture)]
    few = decoded_pictures(picture)
    monkeypatch.setattr(clip, "KEPT_BYTES", 0)
    assert [number(image) for image in shown(picture)] == once == [(3 + at) % 7 for at in range(30)]
    assert few < decoded_pictures(picture)


def test_a_time_of_the_clip_is_its_poster(tmp_path: Path) -> None:
    """Until the clip begins, the picture of another time is shown, in the first frames and before them."""
    source = recording(tmp_path / "a.mp4", 60)
    playback = Playback(500, 0, 10, "cover", hold=4, poster_ms=1500)
    assert [number(image) for image in shown(scene(source, playback, 10))] == [45] * 4 + list(range(15, 21))
    found = [number(image) for image in shown(scene(source, playback, 10, window=(-2, 8)))]
    assert found == [45] * 6 + [15, 16]


def test_playbacks_are_the_same_after_writing_and_reading() -> None:
    """What a playback has is in its JSON; what it lacks is not, so that the keys of plain clips stay."""
    playback = Playback(1, 2, 30, "cover", hold=2, speed=1.5, repeats=5, freezes=(Freeze(4, 3),), poster_ms=7)
    motion = Motion(30, 30, {}, playback)
    assert Motion.from_json(motion.to_json()) == motion
    plain = Motion(30, 30, {}, Playback(1, 2, 30, "cover"))
    assert not any(name in plain.to_json() for name in ("speed", "repeats", "freezes", "poster", "hold"))
    assert Motion.from_json(replace(plain).to_json()) == plain


def test_passes_that_look_alike_are_encoded_once(tmp_path: Path) -> None:
    """However often a clip is repeated, one pass is encoded; the segment has all of its pictures, bit for bit."""
    source = recording(tmp_path / "a.mp4", 90)
    picture = scene(source, Playback(0, 0, 500, "cover", repeats=70), 500)
    step = render_context(tmp_path / "step", picture)
    render.run(step)
    facts = json.loads((step.out / "render.json").read_text(encoding="utf-8"))
    assert facts["frames"] == 500
    assert facts["coded"] <= 70 + 500 % 70
    found = list(decoded(step.out / "segment.h264", SIZE))
    assert [number(image) for image in found] == [at % 70 for at in range(500)]
    assert all(found[at].tobytes() == found[at % 70].tobytes() for at in range(490))
    last = Image.open(step.out / "thumb.jpg")
    assert number(last) == 499 % 70


def test_short_passes_are_encoded_together(tmp_path: Path) -> None:
    """Passes of less than two seconds do not begin with a key frame each: as many as last so long are a part."""
    source = recording(tmp_path / "a.mp4", 30)
    picture = scene(source, Playback(0, 0, 300, "cover", repeats=8), 300)
    step = render_context(tmp_path / "step", picture)
    render.run(step)
    units = (step.out / "segment.h264").read_bytes().split(b"\x00\x00\x01")
    assert sum(unit[:1] != b"" and unit[0] & 31 == 5 for unit in units) <= 5 * 2
    found = [number(image) for image in decoded(step.out / "segment.h264", SIZE)]
    assert found == [at % 8 for at in range(300)]
