"""The step that times a scene."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from vidbuild.engine.graph.context import Context
from vidbuild.errors import SpecProblem
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.media.render.motion import Effect, Key, Motion, Track
from vidbuild.media.render.playback import Playback
from vidbuild.steps import timeline

SECOND = 48_000
SCENE: dict[str, Any] = {
    "fps": 24,
    "pause_before": 0,
    "pause_after": 0,
    "duration": None,
    "min_duration": 0,
    "max_duration": None,
    "rate": 100,
    "narration": "one two",
    "joined": [],
    "pronounced": {},
    "cues": {"here": 1},
    "entrances": [["title", "rise"]],
    "reveals": [],
    "mentions": [],
    "drifts": {},
    "clip": None,
    "transition_before": 3,
    "transition": 4,
}
WORDS = {
    "samples": 2 * SECOND,
    "voice": "espeak:en-us",
    "source": "engine",
    "phrases": [],
    "words": [{"text": "one", "start": 0, "end": SECOND}, {"text": "two", "start": SECOND, "end": 2 * SECOND}],
}


def run(tmp_path: Path, **changes: Any) -> Path:
    """Time the scene; the folder with what was written."""
    out, scratch = tmp_path / "out", tmp_path / "scratch"
    out.mkdir(parents=True)
    scratch.mkdir()
    words = tmp_path / "words.json"
    words.write_text(json.dumps(WORDS), encoding="utf-8")
    timeline.run(Context("timeline:a", {**SCENE, **changes}, {"words": words}, out, scratch, {}))
    return out


def test_the_windows_cover_the_scene(tmp_path: Path) -> None:
    """Half of the head and of the tail, which are as long as the transitions, and the middle are the whole scene."""
    out = run(tmp_path)
    frames = {name: Motion.from_json((out / f"{name}.json").read_text()).frames for name in
              ("whole", "head", "render", "tail", "last")}  # fmt: skip
    assert frames == {"whole": 48, "head": 6, "render": 41, "tail": 8, "last": 1}


def test_what_is_rendered_does_not_depend_on_the_scenes_length(tmp_path: Path) -> None:
    """P3: a longer scene with the same changes is rendered as before; the mux adds what it lacks."""
    short, long = run(tmp_path / "short"), run(tmp_path / "long", pause_after=SECOND)
    assert (short / "short.json").read_bytes() == (long / "short.json").read_bytes()
    rendered = Motion.from_json((long / "short.json").read_text()).frames
    for out, frames in ((short, 41), (long, 65)):
        assert Motion.from_json((out / "render.json").read_text()).frames == frames
        assert json.loads((out / "holds.json").read_text()) == [[rendered - 1, frames - rendered, []]]


def test_a_tail_does_not_depend_on_the_scenes_length(tmp_path: Path) -> None:
    """P3: a longer scene that ends alike has the same tail, so its transition is not made again."""
    short, long = run(tmp_path / "short"), run(tmp_path / "long", pause_after=SECOND)
    assert (short / "whole.json").read_bytes() != (long / "whole.json").read_bytes()
    for name in ("head.json", "tail.json", "last.json"):
        assert (short / name).read_bytes() == (long / name).read_bytes()


def test_an_exit_ends_where_the_transition_begins(tmp_path: Path) -> None:
    """All layers leave in the last frames before the transition, and the last frame that is shown whole is before."""
    out = run(tmp_path, exit="slide")
    motions = {
        name: Motion.from_json((out / f"{name}.json").read_text()) for name in ("whole", "render", "tail", "last")
    }
    assert motions["whole"].exit == Effect(48 - 4 - 7, 7, "slide")
    assert motions["render"].exit == Effect(48 - 4 - 7 - 3, 7, "slide")
    assert motions["tail"].exit == Effect(0, 0, "cut")
    assert motions["last"].exit is None
    assert motions["render"].frames_before_exit == 34


def test_without_motion_nothing_moves(tmp_path: Path) -> None:
    """Everything is there at once, drifts rest and nothing leaves."""
    drifts = {"picture": [[0, 0, 1, 1], [-0.1, -0.1, 1.2, 1.2]]}
    out = run(tmp_path, still=True, exit="fade", drifts=drifts, entrances=[["title", "scale"], ["text", "type"]])
    motion = Motion.from_json((out / "whole.json").read_text())
    assert motion.exit is None
    cut = Track(Effect(0, 0, "cut"))
    assert motion.tracks == {"title": cut, "text": cut, "picture": Track(moves=(Key(0),), clipped=True)}


def test_a_theme_sets_easing_and_pace(tmp_path: Path) -> None:
    """At twice the pace an entrance takes half the frames, with the theme's easing."""
    motion = Motion.from_json((run(tmp_path, easing="snappy", pace=2.0) / "whole.json").read_text())
    assert motion.tracks["title"].enter == Effect(0, 5, "rise", "snappy")


def test_a_clip_plays_on_in_a_transition() -> None:
    """The leaving clip goes on as far as it can, the coming one waits for the start of its scene."""
    motion = Motion(30, 60, {}, Playback(2000, 0, 63, "cover"))
    assert motion.window(56, 8).clip == Playback(2000, 56, 7, "cover")
    assert motion.window(-4, 8).clip == Playback(2000, 0, 8, "cover", hold=4)
    assert motion.window(-4, 8).window(2, 6).clip == Playback(2000, 0, 6, "cover", hold=2)
    assert motion.window(-4, 8).window(6, 2).clip == Playback(2000, 2, 2, "cover")


def test_a_cues_name_concerns_neither_picture_nor_sound(tmp_path: Path) -> None:
    """V4: renaming a mark that nothing shows changes timing.json alone."""
    one, other = run(tmp_path / "one"), run(tmp_path / "other", cues={"there": 1})
    differing = [path.name for path in one.iterdir() if path.read_bytes() != (other / path.name).read_bytes()]
    assert differing == ["timing.json"]


def test_the_span_is_what_sound_needs(tmp_path: Path) -> None:
    """span.json holds the length in frames and samples and where the narration lies."""
    span = json.loads((run(tmp_path) / "span.json").read_text())
    assert span == {"fps": 24, "frames": 48, "samples": 2 * SECOND, "narration": {"start": 0, "samples": 2 * SECOND}}


def test_warnings_name_their_field(tmp_path: Path) -> None:
    """A cue that the voice's words cannot place is a warning at its field."""
    words = {**WORDS, "samples": 20 * SECOND}
    folder = tmp_path / "a"
    for name in ("out", "scratch"):
        (folder / name).mkdir(parents=True)
    (folder / "words.json").write_text(json.dumps(words), encoding="utf-8")
    params = {**SCENE, "narration": "one two qqqq wwww rrrr tttt yyyy pppp ssss dddd ffff", "cues": {"lost": 9}}
    context = Context("timeline:a", params, {"words": folder / "words.json"}, folder / "out", folder / "scratch", {})
    timeline.run(context)
    assert [(warning.field, "'lost'" in warning.message) for warning in context.warnings] == [("narration", True)]


def clip_of(tmp_path: Path, *made: str, cut: float = 1.0) -> Context:
    """The context of a scene that is a clip, with the file that ffmpeg makes, cut off at a share of it."""
    out, scratch = tmp_path / "out", tmp_path / "scratch"
    for folder in (out, scratch):
        folder.mkdir(parents=True)
    path = tmp_path / "clip.mkv"
    env = {"PATH": os.environ["PATH"]}
    ffmpeg.run([*made, str(path)], cwd=tmp_path, env=env, timeout=60, what="make a clip")
    path.write_bytes(path.read_bytes()[: round(path.stat().st_size * cut)])
    params = {**SCENE, "clip": {"start_ms": 0, "end_ms": None, "fit": "cover"}, "transition_before": 0, "transition": 0}
    return Context("timeline:a", params, {"clip": path}, out, scratch, env)


PICTURES = ("-f", "lavfi", "-i", "testsrc2=s=64x36:r=24:d=4")


def test_a_truncated_clip_plays_with_a_warning(tmp_path: Path) -> None:
    """A truncated file plays as far as it goes, and a warning at its name has that length."""
    context = clip_of(tmp_path, *PICTURES, "-c:v", "ffv1", "-g", "1", cut=0.5)
    timeline.run(context)
    (warning,) = context.warnings
    assert warning.field == "src"
    frames = Motion.from_json((context.out / "whole.json").read_text()).frames
    assert 24 < frames < 72
    assert warning.message == f"the file is truncated: it ends after {frames / 24:.1f} s"


def test_a_clip_of_several_video_tracks_is_a_warning(tmp_path: Path) -> None:
    """The warning names which of two video tracks is shown."""
    context = clip_of(tmp_path, *PICTURES, *PICTURES, "-map", "0", "-map", "1")
    timeline.run(context)
    assert [warning.message for warning in context.warnings] == ["the file has 2 video streams; the first is used"]


def test_a_clip_without_video_is_a_spec_error(tmp_path: Path) -> None:
    """Before anything is drawn or rendered, a file with only audio is refused at the scene's src."""
    context = clip_of(tmp_path, "-f", "lavfi", "-i", "sine=d=1")
    with pytest.raises(SpecProblem, match="the clip has audio but no video") as caught:
        timeline.run(context)
    assert caught.value.failure.field == "src"
