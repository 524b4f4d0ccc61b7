"""The transition and still steps: transitions and single frames, as files."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from tests.support.render_lab import SIZE, Drawing, apart, context, decoded, differ, made, pixel, render_context, shown
from vidbuild.engine.graph.context import Context
from vidbuild.errors import SpecProblem, StepError
from vidbuild.media.h264 import h264
from vidbuild.media.h264.encode import PROFILES
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.motion import Effect, Motion, Track
from vidbuild.media.render.playback import Playback
from vidbuild.steps import render, still, transition

DARK, LIGHT = (20, 30, 60), (220, 225, 240)


def scene(folder: Path, colour: tuple[int, int, int], fps: int = 30) -> Animation:
    """A scene of 40 frames that is all one color except for a box that comes at frame 36 and goes at frame 4."""
    drawing = (
        Drawing(folder).add("background", colour=colour).add("late", (10, 10, 40, 30)).add("early", (60, 10, 40, 30))
    )
    tracks = {"late": Track(enter=Effect(36, 0, "cut")), "early": Track(leave=Effect(4, 0, "cut"))}
    return drawing.picture(Motion(fps, 40, tracks))


def blend_context(root: Path, leaving: Animation, coming: Animation, frames: int, effect: str = "fade") -> Context:
    """The context of a transition between the ends of two scenes."""
    root.mkdir(parents=True)
    half = frames // 2
    windows = {
        "a": leaving.motion.window(leaving.motion.frames - half, frames),
        "b": coming.motion.window(-half, frames),
    }
    inputs = {"a.layers": leaving.folder, "b.layers": coming.folder}
    for side, motion in windows.items():
        inputs[f"{side}.motion"] = root / f"{side}.json"
        inputs[f"{side}.motion"].write_text(motion.to_json(), encoding="utf-8")
    own = {"direction": "", "language": "en", "color": "#ff0000"}
    params = {"effect": effect, **own, "frames": frames, "size": list(SIZE), "profile": dict(PROFILES["standard"])}
    return context(root, params, inputs)


@pytest.mark.parametrize(("frames", "fps"), [(2, 30), (12, 30), (24, 60), (10, 25)])
def test_a_transition_has_its_frames(tmp_path: Path, frames: int, fps: int) -> None:
    """A transition of d frames is a segment of d frames that starts with a key frame, at the scenes' rate."""
    step = blend_context(tmp_path / "s", scene(tmp_path / "a", DARK, fps), scene(tmp_path / "b", LIGHT, fps), frames)
    transition.run(step)
    found = h264.scan((step.out / "segment.h264").read_bytes())
    assert (found.frames, found.idrs, found.parameters.fps) == (frames, (0,), Fraction(fps))
    assert json.loads((step.out / "render.json").read_text(encoding="utf-8"))["frames"] == frames


def test_a_transition_can_be_joined_to_its_scenes(tmp_path: Path) -> None:
    """A transition is coded with the parameters of the scenes beside it."""
    one = render_context(tmp_path / "film", scene(tmp_path / "a", DARK))
    render.run(one)
    step = blend_context(tmp_path / "s", scene(tmp_path / "c", DARK), scene(tmp_path / "b", LIGHT), 8)
    transition.run(step)
    sets = [h264.scan((place / "segment.h264").read_bytes()).sets for place in (one.out, step.out)]
    assert sets[0] == sets[1]


def test_a_transition_goes_evenly_and_plays_both_scenes(tmp_path: Path) -> None:
    """Brightness rises in equal steps from one scene to the other, while what moves at their ends still moves."""
    step = blend_context(tmp_path / "s", scene(tmp_path / "a", DARK), scene(tmp_path / "b", LIGHT), 12)
    transition.run(step)
    frames = decoded(step.out / "segment.h264")
    levels = [pixel(frame, 130, 70)[0] for frame in frames]
    assert apart(levels, [round(20 + 200 * k / 13) for k in range(1, 13)]) <= 3
    late = [pixel(frame, 30, 25)[0] - level for frame, level in zip(frames, levels, strict=True)]
    assert max(late[:2]) <= 4
    assert late[2] > 100
    early = [pixel(frame, 80, 25)[0] - level for frame, level in zip(frames, levels, strict=True)]
    assert early[9] > 10
    assert max(early[10:]) <= 4


def test_a_transition_meets_the_scenes_without_a_jump(tmp_path: Path) -> None:
    """From a scene's last own frame into a transition, and out of it, brightness changes by no more than one step."""
    leaving, coming = scene(tmp_path / "a", DARK), scene(tmp_path / "b", LIGHT)
    step = blend_context(tmp_path / "s", leaving, coming, 12)
    transition.run(step)
    frames = [shown(leaving)[33], *decoded(step.out / "segment.h264"), shown(coming)[6]]
    levels = [pixel(frame, 130, 70)[0] for frame in frames]
    steps = [after - before for before, after in pairwise(levels)]
    assert all(10 <= step <= 21 for step in steps)


@pytest.mark.parametrize(
    ("frames", "effect", "words"), [(8, "melt", "unknown transition 'melt'"), (9, "fade", "9 frames of each")]
)
def test_transitions_that_cannot_be(tmp_path: Path, frames: int, effect: str, words: str) -> None:
    """An unknown effect, or motions of another length, are errors."""
    step = blend_context(tmp_path / "s", scene(tmp_path / "a", DARK), scene(tmp_path / "b", LIGHT), 8, effect)
    step = replace(step, params={**step.params, "frames": frames})
    with pytest.raises(StepError, match=words):
        transition.run(step)


def test_clips_play_on_in_a_fade(tmp_path: Path) -> None:
    """Both clips are in the fade, each with its own frames: the leaving one goes on, the coming one starts halfway."""
    bar = "geq=lum='if(between(X,N,N+7),235,16)':cb=128:cr=128"
    film = made(
        tmp_path / "film.mp4", "-f", "lavfi", "-i", f"color=black:s=160x90:r=30:d=4,{bar}", "-pix_fmt", "yuv420p"
    )
    scenes = [Drawing(tmp_path / name).add("background").place("clip") for name in ("a", "b")]
    motion = Motion(30, 60, {}, Playback(0, 0, 90, "cover"))
    step = blend_context(tmp_path / "s", scenes[0].picture(motion), scenes[1].picture(motion), 12)
    step = replace(step, inputs={**step.inputs, "a.clip": film, "b.clip": film})
    transition.run(step)
    frames = decoded(step.out / "segment.h264")
    assert len(frames) == 12
    for frame, image in enumerate(frames):
        share = (frame + 1) / 13
        assert abs(pixel(image, 54 + frame + 4, 45)[0] - 255 * (1 - share)) < 20, frame
        assert abs(pixel(image, max(0, frame - 6) + 4, 45)[0] - 255 * share) < 20, frame


def made_still(root: Path, picture: Animation, frame: int) -> Image.Image:
    """A scene's still."""
    step = render_context(root, picture, frame=frame)
    still.run(step)
    assert [path.name for path in step.out.iterdir()] == ["still.png"]
    with Image.open(step.out / "still.png") as image:
        return image.convert("RGB")


@pytest.mark.parametrize("frame", [0, 3, 4, 35, 36, 39])
def test_a_still_is_that_frame_exactly(tmp_path: Path, frame: int) -> None:
    """A still is the composed picture of its frame, pixel by pixel: nothing is lost to video."""
    picture = scene(tmp_path / "a", DARK)
    assert differ(made_still(tmp_path / "s", picture, frame), shown(picture)[frame]) == 0


@pytest.mark.parametrize("frame", [-1, 40])
def test_a_still_of_the_end_is_the_last_frame(tmp_path: Path, frame: int) -> None:
    """The time of the scene's very end, or none, gives the scene with all that has come."""
    picture = scene(tmp_path / "a", DARK)
    assert differ(made_still(tmp_path / "s", picture, frame), shown(picture)[39]) == 0


@pytest.mark.parametrize(
    ("frame", "fps", "words"),
    [
        (41, 30, "no frame at 1.367 s: the scene lasts 1.333 s"),
        (100, 20, "no frame at 5.0 s: the scene lasts 2.0 s"),
    ],
)
def test_a_still_past_the_end_is_refused(tmp_path: Path, frame: int, fps: int, words: str) -> None:
    """Another frame than the requested one is never used instead: the message has both times, in seconds."""
    with pytest.raises(SpecProblem, match=f"^{words}$"):
        made_still(tmp_path / "s", scene(tmp_path / "a", DARK, fps), frame)


def test_a_still_is_the_same_bytes_every_time(tmp_path: Path) -> None:
    """P4: no date, path or version is in a still."""
    picture = scene(tmp_path / "a", DARK)
    for name in ("one", "two"):
        made_still(tmp_path / name, picture, 5)
    data = [(tmp_path / name / "out/still.png").read_bytes() for name in ("one", "two")]
    assert data[0] == data[1]
