"""Windows of code and commands, and phones: what their bars say, how high they are, and that they can be seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support import scene_samples
from tests.support.drawing import THEMES, Drawn, drawn, theme
from tests.support.pixels import pixel

WIDE, UPRIGHT = (960, 540), (540, 960)
FOLDERS = "a/very/long/path/of/many/folders/that/no/bar/of/a/window/has/the/room/for/whatever/its/width/"


def code(folder: Path, filename: str, size: tuple[int, int] = WIDE) -> Drawn:
    """Return a drawn code scene with a file name."""
    fields = scene_samples.drawing("code", code="print(1)", language="python", filename=filename)
    return drawn(folder, "code", fields, size=size)


def label(made: Drawn) -> Image.Image:
    """Return the middle of a window's bar."""
    window = made["window"]
    return made.image("window").crop((window.width // 4, 0, window.width * 3 // 4, window.height // 3))


def test_a_long_path_is_shown_without_its_first_folders(tmp_path: Path) -> None:
    """The bar of a window shows the end of a path, which has the file's name, and no warning: nothing is cut."""
    made = [code(tmp_path / str(index), name) for index, name in enumerate((FOLDERS + "main.py", FOLDERS + "x.py"))]
    assert [each.warnings for each in made] == [[], []]
    assert label(made[0]).tobytes() != label(made[1]).tobytes(), "the name is not in sight"


def test_a_name_that_is_cut_is_warned_of(tmp_path: Path) -> None:
    """A name without folders that does not fit into the bar is cut, with a warning at its field."""
    [warning] = code(tmp_path, "a-name-of-a-file-" * 12 + ".py").warnings
    assert (warning.field, warning.code) == ("filename", "VB301")
    assert "too long to fit: cut after" in warning.message


@pytest.mark.parametrize(
    ("kind", "fields"),
    [("code", {"code": "print(1)"}), ("command", {"commands": [{"run": "ls", "output": "a"}]})],
)
def test_a_window_fills_an_upright_frame(kind: str, fields: dict[str, Any], tmp_path: Path) -> None:
    """A window with a line or two takes a good part of an upright frame, and no more than it needs of a wide one."""
    for size, least, most in ((UPRIGHT, 0.36, 0.6), (WIDE, 0.25, 0.45)):
        made = drawn(tmp_path / str(size), kind, scene_samples.drawing(kind, title="One", **fields), size=size)
        left, top, right, bottom = made.ink("window")
        assert least < (bottom - top) / size[1] < most
        assert (left, right) != (0, size[0])


def test_long_commands_in_an_upright_frame_are_warned_of(tmp_path: Path) -> None:
    """A typed line is never divided: if it makes all type too small to read, a warning says how long lines can be."""
    run = "acme deploy --to=production-eu-west --with=migrations-and-all-data"[:64]
    fields = scene_samples.drawing("command", commands=[{"run": "ls"}, {"run": run}])
    assert not drawn(tmp_path / "wide", "command", fields, size=WIDE).warnings
    [warning] = drawn(tmp_path / "upright", "command", fields, size=UPRIGHT).warnings
    assert (warning.field, warning.code) == ("commands.1.run", "VB302")
    assert "a line of 64 columns is too small to read" in warning.message
    assert warning.hint is not None
    most = int(warning.hint.split()[-2])
    divided = scene_samples.drawing("command", commands=[{"run": "ls"}, {"run": run[:most]}])
    assert not drawn(tmp_path / "divided", "command", divided, size=UPRIGHT).warnings


@pytest.mark.parametrize("name", THEMES)
def test_the_body_of_a_phone_is_no_hole(name: str, tmp_path: Path) -> None:
    """The rim of a phone stands out from the background of every theme."""
    fields = scene_samples.drawing("image", src="image.png", frame="phone")
    made = drawn(tmp_path, "image", fields, size=(480, 960), theme_values=theme(name))
    window = made["window"]
    rim = pixel(made.image("window"), (window.width // 2, 12))
    assert rim[3] == 255
    behind = pixel(made.image("background"), (window.x + window.width // 2, max(0, window.y - 8)))
    assert max(abs(a - b) for a, b in zip(rim[:3], behind[:3], strict=True)) > 28
