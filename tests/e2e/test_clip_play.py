"""Clips at another speed, repeated, frozen and after a poster: what a built video shows and plays, decoded plainly."""

from __future__ import annotations

import json
import math
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from imageio_ffmpeg import get_ffmpeg_exe
from numpy.typing import NDArray
from PIL import Image

from tests.support.clip_lab import numbered
from tests.support.plain_decode import COLUMNS, RATE
from tests.support.render_lab import made
from tests.support.workspace import Workspace

SIZE = (160, 90)
FPS = 30
STEP = 0.25  # seconds after which the pitch of the source rises
TONES = f"aevalsrc=0.4*sin(2*PI*(400+150*floor(t/{STEP}))*t):s=48000:d=4"
AAC_FRAME = 1024 / RATE  # each scene's sound begins at the frame of its code that is nearest to the scene's start
H264 = ("-c:v", "libx264", "-qp", "4", "-g", "25", "-pix_fmt", "yuv420p")
Samples = NDArray[np.float32]
Gray = NDArray[np.uint8]

SPEC = f"""\
vidbuild: 1
title: Play
output: {{size: {SIZE[0]}x{SIZE[1]}, fps: {FPS}}}
scenes:
  - {{id: fast, type: clip, src: a.mov, start: 1, end: 3, speed: 2}}
  - {{id: slow, type: clip, src: a.mov, start: 0.5, end: 1.5, speed: 0.5}}
  - {{id: very, type: clip, src: a.mov, speed: 6}}
  - {{id: thrice, type: clip, src: a.mov, start: 1, end: 1.5, loop: 3}}
  - {{id: endless, type: clip, src: a.mov, start: 0.5, end: 0.9, loop: true, duration: 5.3}}
  - {{id: frozen, type: clip, src: a.mov, end: 2, freeze: [{{at: 0.5, for: 0.8}}, {{at: 2, until: 2.3}}]}}
  - {{id: late, type: clip, src: a.mov, start: 1, end: 2, at: 0.7}}
  - {{id: timed, type: clip, src: a.mov, start: 1, end: 2, at: 0.7, poster: 3.5}}
  - {{id: pictured, type: clip, src: a.mov, start: 1, end: 2, at: 0.7, poster: red.png}}
  - {{id: all, type: clip, src: a.mov, start: 1, end: 2, speed: 2, loop: 4, at: 0.5, freeze: [{{at: 1.2, for: 0.5}}]}}
  - {{id: mute, type: clip, src: a.mov, end: 1, loop: 2, audio: mute}}
  - {{id: gif, type: clip, src: a.gif, speed: 0.5, loop: 2}}
  - {{id: apng, type: clip, src: a.png, loop: 2}}
  - {{id: webp, type: clip, src: a.webp, loop: 2}}
  - {{id: whole, type: clip, src: a.mov, loop: 2, fit: contain, end: 0.5}}
"""


@dataclass(frozen=True)
class Scene:
    """What a scene of a built video shows, as gray pictures, and plays."""

    pictures: Gray
    sound: Samples

    @property
    def numbers(self) -> list[int]:
        """The numbers that its pictures show."""
        return [number(picture) for picture in self.pictures]

    def pitches(self, times: list[float]) -> list[float]:
        """The pitch around each of these times; 0 for silence."""
        return [pitch(self.sound, time) for time in times]


def number(picture: Gray) -> int:
    """The number that a picture shows in its columns, the lowest bit first."""
    row = picture[SIZE[1] // 2]
    return sum(int(row[int((bit + 0.5) * SIZE[0] / COLUMNS)] > 128) << bit for bit in range(COLUMNS))


def pitch(sound: Samples, time: float, span: float = 0.06) -> float:
    """The loudest pitch around a time, to 2 Hz; 0 for silence."""
    part = sound[round((time - span / 2) * RATE) : round((time + span / 2) * RATE)]
    if np.abs(part).max() < 0.002:
        return 0.0
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), RATE // 2))
    return 2.0 * float(spectrum.argmax())


def decoded(video: Path) -> tuple[Gray, Samples]:
    """Decode a built video: its pictures in gray, and its samples."""
    outputs = {
        ".gray": ("-map", "0:v", "-fps_mode", "passthrough", "-pix_fmt", "gray", "-f", "rawvideo"),
        ".pcm": ("-map", "0:a", "-ac", "1", "-f", "f32le"),
    }
    args = [get_ffmpeg_exe(), "-nostdin", "-y", "-i", str(video)]
    for suffix, options in outputs.items():
        args += [*options, str(video.with_suffix(suffix))]
    subprocess.run(args, check=True, capture_output=True, timeout=300)
    pictures = np.fromfile(video.with_suffix(".gray"), np.uint8).reshape(-1, SIZE[1], SIZE[0])
    return pictures, np.fromfile(video.with_suffix(".pcm"), np.float32)


def scenes(project: Workspace, name: str = "video") -> dict[str, Scene]:
    """The scenes of a built video, by id."""
    pictures, sound = decoded(project.root / "out" / f"{name}.mp4")
    timing = json.loads((project.root / "out" / f"{name}.timing.json").read_text(encoding="utf-8"))
    found = {}
    for scene in timing["scenes"]:
        start, end = scene["start"], scene["end"]
        shown = pictures[round(start * FPS) : round(end * FPS)]
        found[scene["id"]] = Scene(shown, sound[round(start * RATE) : round(end * RATE)])
    return found


def sources(project: Workspace) -> None:
    """Write a recording whose pitch says the time, moving images of numbered pictures, and a red picture."""
    root = project.root
    sound = ("-f", "lavfi", "-i", TONES)
    made(root / "a.mov", *numbered(FPS), *sound, "-t", "4", *H264, "-c:a", "pcm_s16le")
    for file, coded in (
        ("a.gif", ("-vf", "format=gray")),
        ("a.png", ("-c:v", "apng", "-f", "apng", "-plays", "0", "-pix_fmt", "gray")),
        ("a.webp", ("-c:v", "libwebp_anim", "-lossless", "1", "-loop", "0")),
    ):
        made(root / file, *numbered(25, "64x36"), "-frames:v", "20", *coded)
    Image.new("RGB", (64, 36), (255, 0, 0)).save(root / "red.png")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scene]:
    """One video with all of it."""
    project = Workspace(tmp_path_factory.mktemp("play") / "project")
    sources(project)
    project.write("video.yaml", SPEC)
    project.build("-o", "out")
    return scenes(project)


def at_speed(start: float, frames: int, speed: float, rate: int = FPS) -> list[int]:
    """The pictures of a recording in the middle of each frame."""
    tie = Fraction(447, 1_000_000)
    first = Fraction(str(start))
    return [
        int((first + (frame + Fraction(1, 2)) * Fraction(str(speed)) / FPS - tie) * rate) for frame in range(frames)
    ]


def test_speed_selects_pictures_by_their_time(built: dict[str, Scene]) -> None:
    """A scene lasts as long as its part takes at that speed, and each frame shows the picture of its time."""
    assert built["fast"].numbers == at_speed(1, 30, 2)
    assert built["slow"].numbers == at_speed(0.5, 60, 0.5)
    assert built["very"].numbers == at_speed(0, 20, 6)


@pytest.mark.parametrize(("scene", "start", "speed"), [("fast", 1, 2), ("slow", 0.5, 0.5), ("very", 0, 6)])
def test_audio_keeps_its_pitch_at_another_speed(
    built: dict[str, Scene], scene: str, start: float, speed: float
) -> None:
    """In the middle of each step of the source, when it is played, the pitch is the one that the source has there."""
    seconds = len(built[scene].sound) / RATE
    steps = [at for at in range(16) if start <= at * STEP and (at + 1) * STEP <= start + seconds * speed + 1e-6]
    span = min(0.06, STEP / speed / 3)
    assert len(steps) >= 3
    for step in steps:
        time = ((step + 0.5) * STEP - start) / speed
        if span < time < seconds - span:
            assert pitch(built[scene].sound, time, span) == pytest.approx(400 + 150 * step, abs=0.5 / span)


def test_a_clip_is_repeated_as_often_as_asked(built: dict[str, Scene]) -> None:
    """It plays so many times, or for as long as the scene lasts, which can end within a pass."""
    assert built["thrice"].numbers == [*range(30, 45)] * 3
    assert built["endless"].numbers == ([*range(15, 27)] * 14)[:159]
    assert built["mute"].numbers == [*range(30)] * 2
    whole = built["whole"].pictures.astype(int)
    assert len(whole) == 30
    assert np.abs(whole[:15] - whole[15:]).max() < 8
    assert all(np.abs(one - other).max() > 100 for one, other in pairwise(whole[:15]))


def test_the_audio_of_a_repeated_clip_is_repeated_without_clicks(built: dict[str, Scene]) -> None:
    """Each pass plays the pitches of the source at their times; at the seams the level falls and rises."""
    times = [0.125 + 0.25 * step for step in range(6)]
    assert built["thrice"].pitches(times) == pytest.approx([1000, 1150] * 3, abs=8)
    sound = built["thrice"].sound
    # A step from one sample to the next that no tone of at most 1,300 Hz makes would be a click.
    most = float(np.abs(sound).max()) * 2 * math.pi * 1300 / RATE
    assert np.abs(np.diff(sound)).max() < 1.2 * most
    for seam in (0.5, 1.0):
        near = sound[round((seam - AAC_FRAME / 2 - 0.002) * RATE) : round((seam + AAC_FRAME / 2 + 0.002) * RATE)]
        assert np.convolve(np.abs(near), np.ones(48) / 48, "valid").min() < 0.3 * np.abs(sound).mean()
    assert np.abs(built["mute"].sound).max() < 0.001


def test_a_freeze_holds_the_picture_and_silences_the_clip(built: dict[str, Scene]) -> None:
    """The picture of that time stays, then the clip plays on from there; the scene lasts so much longer."""
    numbers = built["frozen"].numbers
    assert numbers == [*range(15), *[15] * 24, *range(15, 36), *[36] * 9, *range(36, 60)]
    times = [0.375, 0.6, 0.9, 1.2, 1.425, 1.675, 1.875, 2.15, 2.4]
    assert built["frozen"].pitches(times) == pytest.approx([550, 0, 0, 0, 700, 850, 1000, 0, 1150], abs=8)


def test_a_clip_waits_until_it_begins(built: dict[str, Scene]) -> None:
    """Until then its first picture, a picture of another time or an image is shown, and nothing is played."""
    assert built["late"].numbers == [30] * 21 + [*range(30, 60)]
    assert built["timed"].numbers == [105] * 21 + [*range(30, 60)]
    pictured = built["pictured"]
    assert pictured.numbers[21:] == [*range(30, 60)]
    red = pictured.pictures[:21].astype(int)
    assert np.abs(red - 76).max() <= 4  # ffmpeg's gray for red
    for scene in ("late", "timed", "pictured"):
        assert built[scene].pitches([0.1, 0.4, 0.6, 0.825, 1.075]) == pytest.approx([0, 0, 0, 1000, 1150], abs=8)


def test_all_of_it_works_together(built: dict[str, Scene]) -> None:
    """At twice the speed, four times, after half a second, with a freeze in the second pass."""
    once = at_speed(1, 15, 2)
    assert built["all"].numbers == once[:1] * 15 + once + once[:6] + once[6:7] * 15 + once[6:] + once * 2
    assert built["all"].pitches([0.3, 0.56, 0.69, 1.06, 1.4, 1.6, 2.06]) == pytest.approx(
        [0, 1000, 1150, 1000, 0, 0, 1000], abs=20
    )


@pytest.mark.parametrize("scene", ["apng", "webp", "gif"])
def test_moving_images_are_repeated(built: dict[str, Scene], scene: str) -> None:
    """Whatever an image says of how often it plays, it plays as often as the spec says."""
    speed = 0.5 if scene == "gif" else 1
    once = at_speed(0, round(24 / speed), speed, 25)
    assert built[scene].numbers == once * 2


FADES = f"""\
vidbuild: 1
title: Fades
output: {{size: {SIZE[0]}x{SIZE[1]}, fps: {FPS}}}
defaults: {{transition: {{type: fade, duration: 0.4}}}}
scenes:
  - {{id: a, type: clip, src: a.mov, start: 0.1, end: 0.6, loop: true, duration: 2}}
  - {{id: b, type: clip, src: a.mov, start: 2, end: 3, speed: 0.5, at: 0.5, poster: 1}}
  - {{id: c, type: clip, src: a.mov, end: 1, freeze: [{{at: 0.9, for: 1}}], duration: 1.5}}
  - {{id: d, type: clip, src: a.mov, start: 2, end: 2.5, duration: 2}}
  - {{id: e, type: title, title: The end, duration: 2}}
"""


def test_clips_go_on_in_transitions(workspace: Workspace) -> None:
    """In a cross-fade, both clips show the frames of their times: passes, posters and freezes go on."""
    sources(workspace)
    workspace.write("video.yaml", FADES)
    workspace.build("-o", "out")
    pictures, _ = decoded(workspace.root / "out" / "video.mp4")
    passes = [*range(3, 18)] * 6
    slow = at_speed(2, 60, 0.5)
    shown = {
        60: ([passes[at] for at in range(54, 66)], [30] * 12),
        135: (slow[54:] + [89] * 6, [0] * 7 + [1, 2, 3, 4, 5]),
        180: ([27] * 12, [60] * 7 + [61, 62, 63, 64, 65]),
    }
    for border, (leaving, coming) in shown.items():
        for at in range(12):
            part = (at + 1) / 13
            expected = [
                255 * ((leaving[at] >> bit & 1) * (1 - part) + (coming[at] >> bit & 1) * part) for bit in range(COLUMNS)
            ]
            row = pictures[border - 6 + at][SIZE[1] // 2]
            found = [int(row[int((bit + 0.5) * SIZE[0] / COLUMNS)]) for bit in range(COLUMNS)]
            assert np.abs(np.subtract(found, expected)).max() < 14, (border, at, found, expected)
    # The last picture of a clip that has ended fades away as one that plays does.
    white = [int(picture[SIZE[1] // 2][70]) for picture in pictures[240 - 6 : 240 + 1]]
    assert all(one - other > 15 for one, other in pairwise(white)), white


KEYS = """\
vidbuild: 1
title: Keys
output: {{size: 160x90, fps: 30}}
scenes:
  - {{id: one, type: clip, src: a.mov, end: 1, speed: {speed}, loop: {loop}, at: 0.3, poster: {poster}}}
  - {{id: two, type: clip, src: a.mov, end: 1}}
"""
WRITTEN = {"mux", "report", "captions"}  # steps of the whole video


@pytest.mark.parametrize(
    ("change", "steps"),
    [
        ({"speed": 2}, {"timeline", "render", "audio"}),
        ({"loop": 2}, {"timeline", "render", "audio"}),
        ({"poster": 3}, {"timeline", "render"}),
        ({"poster": "blue.png"}, {"timeline", "draw", "render"}),
    ],
)
def test_a_change_runs_the_steps_of_its_scene(workspace: Workspace, change: dict[str, object], steps: set[str]) -> None:
    """How a clip plays is in the keys of its own steps, and only of those that depend on it."""
    sources(workspace)
    Image.new("RGB", (64, 36), (0, 0, 255)).save(workspace.root / "blue.png")
    plain = {"speed": 1, "loop": 1, "poster": 2}
    for values in (plain, plain | change):
        workspace.write("video.yaml", KEYS.format(**values))
        workspace.build()
    ran = set(workspace.ran()) - WRITTEN - {"still:one"}
    assert ran == {f"{kind}:one" for kind in steps}


@pytest.mark.parametrize(
    ("fields", "marked", "message"),
    [
        (
            "freeze: [{at: 1, for: 1}, {at: 4.5, for: 1}]",
            "4.5",
            "the freeze begins at 4.5 s, but the clip has ended at 3.0 s",
        ),
        (
            "at: 1.5, freeze: [{at: 1.2, for: 1}]",
            "1.2",
            "the freeze begins at 1.2 s, but the clip begins to play at 1.5 s",
        ),
        (
            "freeze: [{at: 0.5, for: 1}, {at: 1.1, for: 1}]",
            "1.1",
            "the freeze begins at 1.1 s, but the clip is frozen until 1.5 s",
        ),
        ("at: 1, poster: 9", "9", "'poster' is 9 s, but the clip lasts only 4 s"),
    ],
)
def test_times_that_do_not_fit_the_clip_are_errors_of_their_field(
    workspace: Workspace, fields: str, marked: str, message: str
) -> None:
    """`check` and `build` say the same, at the same place, and no video is written."""
    sources(workspace)
    line = f"  - {{id: a, type: clip, src: a.mov, end: 2, {fields}}}\n"
    workspace.write("video.yaml", SPEC.partition("  - ")[0] + line)
    for command in ("check", "build"):
        outcome = workspace.run(command, "video.yaml")
        assert outcome.code != 0
        text = outcome.stdout + outcome.stderr
        assert f"video.yaml:5:{line.rindex(marked) + 1}:" in text
        assert message in text
    assert not (workspace.root / "build" / "video.mp4").exists()


def test_what_never_plays_is_a_warning(workspace: Workspace) -> None:
    """A clip that would begin, or pause, after its scene has ended is in the warnings of `check` and `build`."""
    sources(workspace)
    never = "  - {id: a, type: clip, src: a.mov, at: 3, duration: 2}\n"
    paused = "  - {id: b, type: clip, src: a.mov, loop: true, freeze: [{at: 7, for: 1}], duration: 2}\n"
    workspace.write("video.yaml", SPEC.partition("  - ")[0] + never + paused)
    for command in ("check", "build"):
        outcome = workspace.run(command, "video.yaml")
        text = outcome.stdout + outcome.stderr
        assert outcome.code == 0, text
        assert "video.yaml:5:41: warning: never shown: starts at 3.0 s, but the scene ends at 2.0 s" in text
        assert "warning: never shown: starts at 7.0 s, but the scene ends at 2.0 s" in text


DUCKED = """\
vidbuild: 1
title: Ducked
voice: espeak:en-us
output: {size: 160x90, fps: 30}
scenes:
  - id: a
    type: clip
    src: two.mkv
    audio_track: 2
    audio: duck
    end: 1
    loop: true
    at: go
    freeze: [{at: stop, until: on}]
    narration: Wait for it. [[go]] Here it plays, again and again. [[stop]] Now it pauses. [[on]] And on it goes.
    pause_after: 1
"""


def test_a_clip_plays_beside_narration(workspace: Workspace) -> None:
    """It begins, pauses and plays on at cues, again and again, with the track that is selected; it is silent before."""
    tones = ("-f", "lavfi", "-i", "sine=f=300:r=48000", "-f", "lavfi", "-i", "sine=f=2500:r=48000")
    tracks = ("-map", "0:v", "-map", "1:a", "-map", "2:a", "-t", "2", *H264, "-c:a", "pcm_s16le")
    made(workspace.root / "two.mkv", *numbered(FPS), *tones, *tracks)
    workspace.write("video.yaml", DUCKED)
    workspace.build("-o", "out")
    timing = json.loads((workspace.root / "out" / "video.timing.json").read_text(encoding="utf-8"))
    (scene,) = timing["scenes"]
    cues = {name: round((at - scene["start"]) * FPS) for name, at in scene["cues"].items()}
    shown = scenes(workspace)["a"]
    go, stop, on = (cues[name] for name in ("go", "stop", "on"))
    passes = [*range(30)] * 40
    expected = [0] * go + passes[: stop - go] + [passes[stop - go]] * (on - stop) + passes[stop - go :]
    assert shown.numbers == expected[: len(shown.pictures)]
    assert len(shown.pictures) > on + 30
    tone = [band(shown.sound, (frame + 0.5) / FPS) for frame in range(len(shown.pictures))]
    playing = [frame for frame in range(len(tone)) if go + 2 < frame < stop - 2 or frame > on + 2]
    silent = [frame for frame in range(len(tone)) if frame < go - 2 or stop + 2 < frame < on - 2]
    loud = min(np.median([tone[frame] for frame in part]) for part in (playing, playing[-20:]))
    assert np.median([tone[frame] for frame in silent]) < 0.05 * loud


def band(sound: Samples, time: float) -> float:
    """How loud the tone of the second track is around a time."""
    part = sound[round(max(0.0, time - 0.02) * RATE) : round((time + 0.02) * RATE)]
    wave = np.exp(2j * np.pi * 2500 * np.arange(len(part)) / RATE) * np.hanning(len(part))
    return float(abs(np.vdot(wave, part))) / max(1, len(part))
