"""The steps scene: its steps, and what is beside the current one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import scene_samples
from tests.support.drawing import drawn
from vidbuild.scenes.protocol import Reveal
from vidbuild.scenes.registry import SCENE_TYPES

STEPS = SCENE_TYPES["steps"]


def test_each_step_appears_with_what_is_beside_it() -> None:
    """Code and image of a step come with it, when what they replace is gone; the steps stay in their later look."""
    steps: list[Any] = [{"text": "One", "code": "a"}, {"text": "Two", "image": "a.png", "at": "x"}, "Three"]
    scene = scene_samples.scene("steps", steps=steps)
    assert STEPS.reveals(scene) == [
        Reveal(
            "steps.0",
            None,
            "One",
            {"step-0": "rise", "step-0-past": "under", "window-0": "fade", "code-0": "fade"},
            (),
            ("step-0",),
        ),
        Reveal(
            "steps.1",
            "x",
            "Two",
            {"step-1": "rise", "step-1-past": "under", "picture-1": "follow"},
            ("window-0", "code-0"),
            ("step-1",),
        ),
        Reveal("steps.2", None, "Three", {"step-2": "rise", "step-2-past": "under"}, (), ("step-2",)),
    ]
    assert STEPS.files(scene) == {"image:steps.1.image": Path("a.png")}


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ({"text": "a", "code": "b", "image": "c.png"}, "steps.0.code"),
        ({"text": "a", "language": "python"}, "steps.0.language"),
    ],
)
def test_contradictions(step: dict[str, Any], field: str) -> None:
    """Code and an image beside one step, or a language without code, are errors at the field."""
    assert [problem.field for problem in STEPS.check(scene_samples.scene("steps", steps=[step]).fields)] == [field]


def test_unknown_languages_and_many_steps_are_warned_of() -> None:
    """A language without colors, and more steps than viewers can follow, are warnings at their fields."""
    steps: list[Any] = [{"text": "a", "code": "b", "language": "klingon"}, *"abcdefgh"]
    assert [each.field for each in STEPS.lint(scene_samples.scene("steps", steps=steps))] == [
        "steps",
        "steps.0.language",
    ]


def test_code_is_beside_the_steps_and_below_them_in_a_vertical_video(tmp_path: Path) -> None:
    """In a wide frame the window is right of the steps; in a vertical one it is below them; neither overlaps."""
    for size, axis in (((1920, 1080), 0), ((1080, 1920), 1), ((1080, 1080), 1)):
        made = drawn(tmp_path / str(size), "steps", size=size)
        code, steps = made["code-1"], [made.ink(f"step-{index}") for index in range(3)]
        assert max(step[2 + axis] for step in steps) < (code.x, code.y)[axis]


def test_long_code_is_cut_with_a_warning(tmp_path: Path) -> None:
    """Code with more lines than fit is drawn up to there, and a warning names the step and the hidden lines."""
    steps = [{"text": "Run", "code": "\n".join(f"line {index}" for index in range(60))}]
    made = drawn(tmp_path, "steps", scene_samples.drawing("steps", steps=steps), size=(1280, 720))
    [warning] = made.warnings
    assert warning.field == "steps.0.code"
    assert "lines are hidden" in warning.message
    assert made.ink("code-0")[3] < 720 * 0.97
