"""The steps scene: its steps, and what is beside the current one."""

from __future__ import annotations

import colorsys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

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


LONG = (
    'def run():\n    acme.check("https://www.example.org/health", every=60, retries=3, on_failure=wake)\n    return 0'
)


@pytest.mark.parametrize("size", [(960, 540), (540, 960)])
def test_folded_code_keeps_its_indent_and_its_colors(size: tuple[int, int], tmp_path: Path) -> None:
    """The rows of a folded line are indented under it, and its strings have the color that they have unfolded."""
    made = drawn(tmp_path, "steps", scene_samples.drawing("steps", steps=[{"text": "Run", "code": LONG}]), size=size)
    plain = drawn(
        tmp_path / "plain",
        "steps",
        scene_samples.drawing("steps", steps=[{"text": "Run", "code": LONG, "language": "python"}]),
        size=size,
    )
    assert not made.warnings
    image = plain.image("code-0")
    rows = ink_rows(image)
    assert len(rows) > 3, "no line is folded"
    first, *inner = [image.crop((0, top, image.width, bottom)).getchannel("A").getbbox() for top, bottom in rows]
    assert first is not None
    lefts = [box[0] for box in inner if box is not None]
    cell = (first[2] - first[0]) / len("def run():")
    assert all(left > 3 * cell for left in lefts)
    assert all(left > 5 * cell for left in lefts[1:-1]), "rows of the folded line are under its first"
    colors = [len(hues(made_in.image("code-0"))) for made_in in (made, plain)]
    assert colors[0] == 1
    assert colors[1] >= 3


def ink_rows(image: Image.Image) -> list[tuple[int, int]]:
    """Return the first row of pixels of each line of text, and the one after its last."""
    alpha = image.getchannel("A").point([0] * 64 + [255] * 192)
    filled = [alpha.crop((0, y, alpha.width, y + 1)).getbbox() is not None for y in range(alpha.height)]
    edges = [y for y in range(1, len(filled)) if filled[y] != filled[y - 1]]
    edges = ([0] if filled[0] else []) + edges + ([len(filled)] if filled[-1] else [])
    return list(zip(edges[::2], edges[1::2], strict=True))


def hues(image: Image.Image) -> set[int]:
    """Return the colors of what is opaque, roughly: 12 hues, and gray."""
    counted = image.getcolors(image.width * image.height)
    assert counted is not None
    found: Counter[int] = Counter()
    for count, color in counted:
        assert isinstance(color, tuple)
        red, green, blue, alpha = color
        hue, saturation, _ = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
        found[round(hue * 12) % 12 if saturation > 0.25 else -1] += count if alpha > 250 else 0
    return {hue for hue, count in found.items() if count > 20}
