"""The split scene: each side is drawn, revealed and checked by its own type."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from PIL import ImageChops

from tests.support import scene_samples
from tests.support.drawing import Drawn, drawn, picture
from vidbuild.scenes.protocol import Reveal
from vidbuild.scenes.registry import NAMES, SCENE_TYPES, WHOLE_SCENES
from vidbuild.spec.load import try_parse
from vidbuild.timeline.params import TimelineParams
from vidbuild.timeline.tracks import build_tracks

SPLIT = SCENE_TYPES["split"]
LIST = {"type": "list", "items": ["one", {"text": "two", "at": "x"}]}
PARTS = tuple(name for name in NAMES if name not in WHOLE_SCENES)


def scene(left: dict[str, Any], right: dict[str, Any], **fields: Any) -> Any:
    """Return a split scene."""
    return scene_samples.scene("split", left=left, right=right, **fields)


def draw(folder: Path, left: dict[str, Any], right: dict[str, Any], size: tuple[int, int], **fields: Any) -> Drawn:
    """Draw a split scene with a picture for each of its images."""
    folder.mkdir(parents=True, exist_ok=True)
    made = scene(copy.deepcopy(left), copy.deepcopy(right), **fields)
    image = picture(folder / "image.png")
    files = {role: image if role.startswith("image:") else path for role, path in SPLIT.files(made).items()}
    return drawn(folder / "out", "split", SPLIT.drawing(made), size=size, files=files)


def test_reveals_of_both_sides_follow_each_other() -> None:
    """The left side's reveals come first; all layers and fields have their side's name."""
    code = {"type": "code", "code": "a\nb", "highlight": [{"lines": 1}, {"lines": 2}]}
    made = SPLIT.reveals(scene(LIST, code))
    assert [each.field for each in made] == [
        *("left.items.0", "left.items.1", "right.highlight.0", "right.highlight.1"),
    ]
    assert made[1] == Reveal(
        "left.items.1",
        "x",
        "two",
        {"left-item-1": "rise", "left-item-1-past": "under"},
        until_next=("left-item-1",),
        cursor="left-cursor",
    )
    assert made[2].leave == ("right-code",)


def test_a_highlight_stays_while_the_other_side_goes_on() -> None:
    """What has no later look, such as a highlight, stays when the right side begins: nothing replaces it."""
    code = {"type": "code", "code": "a\nb", "highlight": [{"lines": 1}, {"lines": 2}]}
    made = SPLIT.reveals(scene(code, LIST))
    assert made[0].until_next
    assert made[1].until_next == ()


def test_code_beside_the_last_step_stays() -> None:
    """What is beside the last step of the left side stays when the right side begins; the step has a later look."""
    steps = {"type": "steps", "steps": [{"text": "One", "code": "a"}, {"text": "Two", "code": "b"}]}
    first, second, *_ = SPLIT.reveals(scene(steps, LIST))
    assert first.until_next == ("left-step-0",)
    assert second.leave == ("left-window-0", "left-code-0")
    assert second.until_next == ("left-step-1",)


def test_each_terminal_has_its_own_cursor() -> None:
    """Two commands beside each other have a cursor each, which follows its own lines."""
    command = {"type": "command", "commands": [{"run": "ls"}]}
    reveals = tuple(SPLIT.reveals(scene(command, command)))
    tracks = build_tracks(TimelineParams(fps=30, pause_before=0, pause_after=0, reveals=reveals), [0, 48000], 0).layers
    assert tracks["left-cursor"].follows == ("left-line-0-0",)
    assert tracks["right-cursor"].follows == ("right-line-0-0",)
    assert (
        TimelineParams.from_data(
            TimelineParams(fps=30, pause_before=0, pause_after=0, reveals=reveals).to_data()
        ).reveals
        == reveals
    )


@pytest.mark.parametrize("kind", PARTS)
@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (720, 720)])
def test_every_type_fits_into_a_side(kind: str, size: tuple[int, int], tmp_path: Path) -> None:
    """Any type of content stays on its side of the frame, inside the margins, and off the other side."""
    made = draw(tmp_path, {"type": kind, **scene_samples.full(kind)}, LIST, size)
    axis = 0 if size[0] > size[1] else 1
    lefts = [made.ink(name) for name in made.names() if name.startswith("left-") and name != "left-window"]
    rights = [made.ink(name) for name in made.names() if name.startswith("right-")]
    assert lefts
    assert max(box[2 + axis] for box in lefts) <= min(box[axis] for box in rights)
    for box in (*lefts, *rights):
        assert size[0] * 0.04 <= box[0] < box[2] <= size[0] * 0.96
        assert size[1] * 0.02 <= box[1] < box[3] <= size[1] * 0.98


def test_the_ratio_moves_the_border(tmp_path: Path) -> None:
    """A larger ratio gives the left side more of the width."""
    title = {"type": "title", "title": "A"}
    small, large = (draw(tmp_path / str(ratio), title, title, (640, 360), ratio=ratio) for ratio in (0.3, 0.7))
    assert large.ink("right-title")[0] - small.ink("right-title")[0] > 100


def test_the_cues_of_a_recording_on_a_side_are_used(tmp_path: Path) -> None:
    """A marker of a recording on one side begins at its cue, so the cue is in use."""
    events = '[0.1, "o", "hello"]\n[1.0, "m", "next"]\n[1.2, "o", "world"]\n'
    (tmp_path / "x.cast").write_text('{"version": 2, "width": 40, "height": 10}\n' + events)
    left = {"type": "command", "cast": "x.cast"}
    made = {"id": "s", "type": "split", "left": left, "right": LIST, "narration": "Now [[next]] the [[x]] rest."}
    examined = try_parse({"vidbuild": 1, "title": "A", "scenes": [made]}, tmp_path / "v.yaml")
    assert examined.diagnostics == ()
    assert examined.spec is not None
    assert "next" in [each.at for each in SPLIT.reveals(examined.spec.scenes[0])]


def test_pictures_of_both_sides() -> None:
    """Each side shows its own picture, and each file has a role of its own."""
    left, right = {"type": "image", "src": "a.png"}, {"type": "quote", "text": "A", "portrait": "b.png"}
    files = SPLIT.files(scene(left, right))
    assert {role: path.name for role, path in files.items()} == {
        "template:left": "template.typ",
        "template:right": "template.typ",
        "image:left.src": "a.png",
        "image:right.portrait": "b.png",
    }


def test_a_side_looks_as_its_type_draws_it(tmp_path: Path) -> None:
    """Swapped sides give another picture, and the same ones the same bytes."""
    title = {"type": "title", "title": "A"}
    first, second, again = (
        draw(tmp_path / name, left, right, (640, 360))
        for name, left, right in (("a", LIST, title), ("b", title, LIST), ("c", LIST, title))
    )
    assert first.files() == again.files()
    assert ImageChops.difference(first.composed(), second.composed()).getbbox()


def test_lines_that_move_stay_on_their_side(tmp_path: Path) -> None:
    """Code that changes on the right moves its kept lines inside of its own window."""
    code = {"type": "code", "from": "a = 1\nb = 2\nc = 3", "to": "x = 0\ny = 0\na = 1\nb = 2"}
    made = draw(tmp_path, LIST, code, (640, 360))
    layers = {layer.name: layer for layer in made.layers.layers}
    [(x, y, width, height)] = layers["right-keep-1"].stops
    window = layers["right-window"]
    assert window.x <= x < x + width <= window.x + window.width
    assert window.y <= y < y + height <= window.y + window.height
    assert y > layers["right-keep-1"].y


@pytest.mark.parametrize(
    "command",
    [
        {"commands": [{"run": "seq 30", "output": "\n".join(map(str, range(30)))}]},
        {"recording": '{"version": 2, "width": 40, "height": 10}\n[0.1, "o", "hello"]\n[1.0, "o", "world"]\n'},
    ],
)
def test_terminals_that_scroll_are_drawn_on_both_sides(command: dict[str, Any], tmp_path: Path) -> None:
    """A recording, and commands that fill their window, have the rows of their own side."""
    short = scene_samples.scene("command", commands=[{"run": "ls"}]).fields
    side = {**{name: short[name] for name in ("title", "prompt")}, "type": "command", **command}
    fields = scene(LIST, LIST).fields
    made = scene_samples.with_fields(scene(LIST, LIST), **{**fields, "left": side, "right": side})
    shown = drawn(tmp_path / "out", "split", SPLIT.drawing(made), size=(640, 360), files=SPLIT.files(made))
    left, right = (layer for layer in shown.layers.layers if layer.rows)
    assert (left.name, right.name) == ("left-screen", "right-screen")
    for layer in (left, right):
        assert layer.rows is not None
        assert all(file.startswith(f"{layer.name}-") for file in layer.rows.files)


@pytest.mark.parametrize(
    ("left", "message"),
    [
        ({"type": "list", "items": ["a", ""]}, "'items' must not be empty"),
        ({"type": "clip", "src": "a.mp4"}, "'type' must be"),
        ({"type": "list", "itens": ["a"]}, "unknown list scene field 'itens'"),
        ({"type": "code", "code": "a", "lines": "4"}, "line 4 is not in the code"),
        ({"type": "code"}, "a code scene needs 'code' or 'file'"),
        ({"type": "image", "src": "absent.png"}, "file 'absent.png' does not exist"),
        ({"items": ["a"]}, "missing part field 'type'"),
    ],
)
def test_errors_of_a_side_are_those_of_its_type(left: dict[str, Any], message: str, tmp_path: Path) -> None:
    """Errors in a side are those of its own type."""
    scenes = [{"id": "s", "type": "split", "left": left, "right": LIST, "duration": 3, "narration": "Go [[x]] on."}]
    examined = try_parse({"vidbuild": 1, "title": "A", "scenes": scenes}, tmp_path / "v.yaml")
    found = [item.message for item in examined.diagnostics if item.severity == "error"]
    assert any(message in each for each in found), found
