"""The mux step: many short scenes, video against audio, and what must never be muxed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support.render_lab import Drawing, context, decoded, made, pixel, render_context
from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.audio import adts
from vidbuild.media.container import mp4
from vidbuild.media.container.spool import Spool
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.media.h264 import in_place, segment
from vidbuild.media.h264.encode import PROFILES
from vidbuild.media.render.motion import Motion
from vidbuild.seal import SealedWriter, length
from vidbuild.steps import mux, render

SIZE = (32, 18)
RATE = 48000
STANDARD = PROFILES["standard"]


class Scenes:
    """Segments and sounds of short scenes, made once for all tests of this file."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._segments: Callable[[int, int, int, str], Path] = cache(self._segment)
        self._sounds: Callable[[int], Path] = cache(self._sound)

    def segment(self, frames: int, level: int, fps: int = 30, x264: str = "") -> Path:
        """A scene of one grey."""
        return self._segments(frames, level, fps, x264)

    def sound(self, samples: int) -> Path:
        """A scene's sound: a click at its 4096th sample, without the encoder's first frame."""
        return self._sounds(samples)

    def _segment(self, frames: int, level: int, fps: int, x264: str) -> Path:
        folder = self.root / f"{frames}-{level}-{fps}-{x264}"
        picture = (
            Drawing(folder / "d", SIZE).add("background", colour=(level, level, level)).picture(Motion(fps, frames))
        )
        step = render_context(folder / "s", picture, profile={**STANDARD, "x264": STANDARD["x264"] + x264})
        render.run(step)
        return step.out / "segment.h264"

    def _sound(self, samples: int) -> Path:
        path = self.root / f"{samples}.aac"
        click = f"aevalsrc='gte(n,4096)*lt(n,4352)*sin(n/4)*0.5':s=48000:d={samples / RATE + 0.1}"
        made(path, "-f", "lavfi", "-i", click, "-ac", "2", "-c:a", "aac", "-b:a", "96k", "-f", "adts")
        frames = adts.split(path.read_bytes())[1:]
        path.write_bytes(b"".join(frames[: adts.frames_to_cover(samples) + 1]))
        return path

    def context(self, root: Path, lengths: list[int], blend: int = 0, fps: int = 30, **changes: Any) -> Context:
        """A join of scenes of these lengths, with transitions of so many frames between them."""
        root.mkdir(parents=True, exist_ok=True)
        inputs: dict[str, Path] = {}
        order: list[dict[str, Any]] = []
        for index, frames in enumerate(lengths):
            name, last = f"s{index}", index == len(lengths) - 1
            own = frames - (blend // 2 if index else 0) - (0 if last else blend // 2)
            samples = frames * RATE // fps
            timing = root / f"{name}.json"
            timing.write_text(json.dumps({"fps": fps, "frames": frames, "samples": samples}), encoding="utf-8")
            inputs[f"render:{name}"] = self.segment(own, 40 + 20 * (index % 9), fps)
            inputs[f"timing:{name}"], inputs[f"audio:{name}"] = timing, self.sound(samples)
            order.append({"scene": name})
            if blend and not last:
                inputs[f"transition:{name}+s{index + 1}"] = self.segment(blend, 128, fps)
                order.append({"transition": f"{name}+s{index + 1}", "frames": blend})
        params = {"title": "T", "language": "en", "description": "", "fps": fps, "order": order, **changes}
        return context(root / "step", params, inputs)


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Scenes:
    """The scenes that all tests here share."""
    return Scenes(tmp_path_factory.mktemp("scenes"))


def facts(path: Path) -> tuple[list[int], list[int]]:
    """The times of all pictures and of all AAC frames, in samples, as ffmpeg reads them."""
    args = ["-i", str(path), "-map", "0:v", "-map", "0:a", "-c", "copy", "-copyts", "-f", "framecrc", "-"]
    text = ffmpeg.capture(args, cwd=path.parent, env={}, timeout=60, what="read").output.decode()
    lines = [line.split(",") for line in text.splitlines() if line[0] in "01"]
    pictures = [int(fields[2]) for fields in lines if fields[0] == "0"]
    return pictures, [int(fields[2]) for fields in lines if fields[0] == "1"]


def clicks(path: Path) -> list[int]:
    """At which samples of the decoded track a click begins."""
    args = ["-i", str(path), "-map", "0:a", "-ac", "1", "-f", "s16le", "-"]
    data = ffmpeg.capture(args, cwd=path.parent, env={}, timeout=60, what="decode", loglevel="error").output
    levels = memoryview(data).cast("h")
    found: list[int] = []
    for at in range(len(levels)):
        if abs(levels[at]) > 4000 and (not found or at - found[-1] > 2000):
            found.append(at)
    return found


def test_one_scene_is_a_video(scenes: Scenes, tmp_path: Path) -> None:
    """V15: a single scene without transitions is joined like any number, from t = 0."""
    step = scenes.context(tmp_path, [30])
    mux.run(step)
    pictures, sounds = facts(step.out / "video.mp4")
    assert pictures == [1600 * frame for frame in range(30)]
    assert sounds == [1024 * frame for frame in range(len(sounds))]
    assert abs(len(sounds) * 1024 - 48000) <= 512


def test_sixty_short_scenes_stay_in_step(scenes: Scenes, tmp_path: Path) -> None:
    """V14: over 60 short scenes with transitions picture and sound differ by less than a frame at every joint."""
    lengths = [13 + index % 4 for index in range(60)]
    step = scenes.context(tmp_path, lengths, blend=4)
    mux.run(step)
    pictures, sounds = facts(step.out / "video.mp4")
    assert pictures == [1600 * frame for frame in range(sum(lengths))]
    assert sounds == [1024 * frame for frame in range(len(sounds))]
    assert abs(len(sounds) * 1024 - len(pictures) * 1600) <= 512
    starts = [1600 * sum(lengths[:index]) for index in range(60)]
    found = clicks(step.out / "video.mp4")
    assert len(found) == 60
    errors = [click - start - 4096 for click, start in zip(found, starts, strict=True)]
    assert max(abs(error) for error in errors) <= 512 + 32
    assert abs(sum(errors[40:]) / 20) < 400, "the error must not add up"


def test_pictures_come_in_their_order(scenes: Scenes, tmp_path: Path) -> None:
    """Every scene's pictures are in their place, transitions between them, none doubled or lost."""
    step = scenes.context(tmp_path, [10, 9, 8], blend=4)
    mux.run(step)
    levels = [pixel(frame, 5, 5)[0] for frame in decoded(step.out / "video.mp4", SIZE)]
    expected = [40] * 8 + [128] * 4 + [60] * 5 + [128] * 4 + [80] * 6
    assert len(levels) == 27
    assert all(abs(have - want) <= 4 for have, want in zip(levels, expected, strict=True))


@pytest.mark.parametrize("fps", [24, 25, 50, 60])
def test_every_rate_is_exact(scenes: Scenes, tmp_path: Path, fps: int) -> None:
    """Frames last a whole number of samples at every allowed rate."""
    step = scenes.context(tmp_path, [7, 11], fps=fps)
    mux.run(step)
    assert facts(step.out / "video.mp4")[0] == [RATE // fps * frame for frame in range(18)]


def test_the_same_bytes_at_every_join(scenes: Scenes, tmp_path: Path) -> None:
    """P4: the same segments and sounds give the same file."""
    steps = [scenes.context(tmp_path / name, [20, 14], blend=4) for name in ("one", "two")]
    for step in steps:
        mux.run(step)
    files = [(step.out / "video.mp4").read_bytes() for step in steps]
    assert files[0] == files[1]


def test_metadata(scenes: Scenes, tmp_path: Path) -> None:
    """V18: title, description, language and chapters are in the file, whatever characters they hold."""
    texts: dict[str, Any] = {"title": 'It\'s "A"; [0:v] %d \\ = # — 日本 🎬 אב', "description": "one: two\nthree"}
    step = scenes.context(tmp_path, [20, 20], language="pt-BR", **texts)
    titles = tmp_path / "chapters.ffmeta"
    titles.write_text(
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/48000\nSTART=0\nEND=32000\ntitle=Um\n"
        "[CHAPTER]\nTIMEBASE=1/48000\nSTART=32000\nEND=64000\ntitle=Dois\\; três\n",
        encoding="utf-8",
    )
    mux.run(context(tmp_path / "with", step.params, {**step.inputs, "chapters": titles}))
    args = ["-i", str(tmp_path / "with/out/video.mp4"), "-f", "ffmetadata", "-"]
    printed = ffmpeg.capture(args, cwd=tmp_path, env={}, timeout=30, what="read")
    text = printed.output.decode().replace("\\\n", "\n").replace("\\", "")
    assert f"title={texts['title']}".replace("\\", "") in text
    assert f"description={texts['description']}" in text
    assert "title=Um" in text
    assert "title=Dois; três" in text
    assert "Stream #0:1[0x2](por): Audio" in printed.text
    assert "creation_time" not in printed.text


def test_a_lost_frame_names_the_scene(scenes: Scenes, tmp_path: Path) -> None:
    """V14: a scene with other frames than its timing promised fails the join and is named."""
    step = scenes.context(tmp_path, [20, 21, 22])
    inputs = {**step.inputs, "render:s1": scenes.segment(20, 60)}
    with pytest.raises(StepError, match="scene 's1': audio and video would drift apart: expected 21 frames, got 20"):
        mux.run(context(tmp_path / "bad", step.params, inputs))


def test_a_transition_of_another_length_is_named(scenes: Scenes, tmp_path: Path) -> None:
    """A transition that isn't what was planned fails the join."""
    step = scenes.context(tmp_path, [20, 21], blend=4)
    inputs = {**step.inputs, "transition:s0+s1": scenes.segment(6, 128)}
    with pytest.raises(StepError, match=r"transition 's0\+s1': expected 4 frames, got 6"):
        mux.run(context(tmp_path / "bad", step.params, inputs))


@pytest.mark.parametrize("change", [-1, 1])
def test_sound_of_another_length_names_the_scene(scenes: Scenes, tmp_path: Path, change: int) -> None:
    """V14: sound that is shorter, or more than a frame longer, than its pictures fails the join and names the scene."""
    step = scenes.context(tmp_path, [30, 45, 30])
    inputs = {**step.inputs, "audio:s1": scenes.sound((45 + change * 3) * 1600)}
    with pytest.raises(StepError, match=r"scene 's1': wrong audio length: expected \d+ AAC frames for 72000 samples"):
        mux.run(context(tmp_path / "bad", step.params, inputs))


def test_segments_of_another_profile_are_refused(scenes: Scenes, tmp_path: Path) -> None:
    """Segments coded with other settings can't be decoded as one stream."""
    step = scenes.context(tmp_path, [20, 20])
    for other, words in (
        (scenes.segment(20, 60, 30, ":8x8dct=0"), "'render:s1' is encoded with different parameters"),
        (scenes.segment(20, 60, 25), "'render:s1' is encoded with different parameters"),
    ):
        inputs = {**step.inputs, "render:s1": other}
        with pytest.raises(StepError, match=words):
            mux.run(context(tmp_path / other.parent.parent.parent.name, step.params, inputs))


def test_a_rate_that_is_not_the_segments_is_refused(scenes: Scenes, tmp_path: Path) -> None:
    """Muxing at 25 frames a second scenes rendered at 30 would be out of step."""
    step = scenes.context(tmp_path, [20], fps=25)
    inputs = {**step.inputs, "render:s0": scenes.segment(20, 60, 30)}
    with pytest.raises(StepError, match="segments: expected 25 frames per second, got 30"):
        mux.run(context(tmp_path / "bad", step.params, inputs))


@pytest.mark.parametrize(
    ("role", "words"),
    [("render:s0", "'render:s0': corrupt segment: "), ("audio:s0", "scene 's0': corrupt audio: ")],
)
def test_damaged_inputs_are_named(scenes: Scenes, tmp_path: Path, role: str, words: str) -> None:
    """V9: a segment or sound that isn't one is named."""
    step = scenes.context(tmp_path, [20])
    bad = tmp_path / "bad.bin"
    bad.write_bytes(b"nothing of the kind")
    with pytest.raises(StepError, match=words):
        mux.run(context(tmp_path / "bad", step.params, {**step.inputs, role: bad}))


def test_video_and_audio_end_together() -> None:
    """V14: whatever the scenes report, tracks of unequal length are never muxed, nor endless ones."""
    picture = mp4.VideoTrack([9] * 30, (0,), 30, *SIZE, b"", ())
    mux.check_durations(picture, mp4.AudioTrack([9] * 47, 2, "en"))
    for frames in (46, 48):
        with pytest.raises(StepError, match=f"video has 48000 samples, audio {frames * 1024}"):
            mux.check_durations(picture, mp4.AudioTrack([9] * frames, 2, "en"))
    seconds = 25 * 3600
    endless = (range(seconds * 30), range(seconds * RATE // 1024))
    with pytest.raises(StepError, match=r"video too long: the maximum is 24\.9 hours, got 25\.0"):
        mux.check_durations(mp4.VideoTrack(endless[0], (0,), 30, *SIZE, b"", ()), mp4.AudioTrack(endless[1], 2, "en"))


def test_a_short_write_is_noticed(scenes: Scenes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is shorter than its index is never kept, though every write seemed to succeed."""
    step, write = scenes.context(tmp_path, [20]), mp4.write
    monkeypatch.setattr(mp4, "write", lambda *args: write(*args) + 1)
    with pytest.raises(StepError, match=r"video\.mp4: wrong size: expected \d+ bytes, got \d+"):
        mux.run(step)


def test_nothing_to_join_is_refused(tmp_path: Path) -> None:
    """A video needs a scene."""
    params = {"title": "", "language": "en", "description": "", "fps": 30, "order": []}
    with pytest.raises(StepError, match="no scene to mux"):
        mux.run(context(tmp_path, params, {}))


def test_joining_starts_no_process(scenes: Scenes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Putting finished parts together costs reading and writing them, whatever ffmpeg there is."""
    step = scenes.context(tmp_path, [20, 20])
    monkeypatch.setenv(ffmpeg.VARIABLE, str(tmp_path / "none"))
    mux.run(step)
    assert (step.out / "video.mp4").stat().st_size > 1000


def test_each_input_is_searched_once(scenes: Scenes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P47: joining reads each segment and each audio once, and writes its bytes to a spool and to the file."""
    step = scenes.context(tmp_path, [20, 25, 30])
    found: Counter[str] = Counter()

    def noting(owner: Any, name: str, size: Callable[[Any], int]) -> None:
        plain = getattr(owner, name)

        def noted(*args: Any) -> Any:
            found[name] += size(args[-1])
            return plain(*args)

        monkeypatch.setattr(owner, name, noted)

    noting(Context, "read", lambda _: 1)
    noting(in_place, "samples", lambda _: 1)
    noting(segment, "read", lambda _: 1)
    noting(adts, "split", lambda _: 1)
    noting(Spool, "add", len)
    noting(SealedWriter, "write", len)
    mux.run(step)
    size = (step.out / "video.mp4").stat().st_size
    assert dict(found) == {"read": 9, "samples": 3, "split": 3, "add": found["add"], "write": size - length(".mp4")}
    assert found["add"] < size
