"""Diffs, folder trees, notes and code that scrolls, as they are drawn."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.drawing import THEMES, drawn, theme
from tests.support.scene_samples import drawing

WIDE, TALL, SQUARE = (1280, 720), (720, 1280), (720, 720)
LONG = "\n".join(f"value_{index} = make({index})" for index in range(90))
OLD = "import acme\n\nclient = acme.Client(timeout=5)\nclient.run()\n"
NEW = OLD.replace("5)", "30)").replace("run()", "start()\nclient.stop()")


@pytest.mark.parametrize("size", [WIDE, TALL, SQUARE])
@pytest.mark.parametrize("name", THEMES)
def test_rows_of_a_diff_are_in_order(tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    """Removed rows are behind their code, and added rows are below them, without an overlap."""
    fields = drawing("diff", **{"from": OLD, "to": NEW, "language": "python"})
    made = drawn(tmp_path, "diff", fields, size=size, theme_values=theme(name))
    assert made.warnings == []
    gone, added, window = made["gone-0"], made["added-0"], made["window"]
    assert gone.y + gone.height <= added.y + 1
    assert window.y < gone.y
    assert added.y + added.height < window.y + window.height
    assert gone.x >= window.x
    assert added.x + added.width <= window.x + window.width


def test_a_diff_that_does_not_fit_is_cut_with_a_warning(tmp_path: Path) -> None:
    """Of a diff with too many lines the first ones are shown, and the warning counts the others."""
    fields = drawing("diff", **{"from": LONG, "to": LONG.replace("make", "call"), "context": 0})
    del fields["rows"][120:]
    made = drawn(tmp_path, "diff", fields, size=WIDE)
    [warning] = [each for each in made.warnings if each.code != "VB333"]
    assert "diff is too long to fit: the last" in warning.message
    assert warning.field == "to"


def test_scrolled_code_is_a_layer_higher_than_its_window(tmp_path: Path) -> None:
    """All lines are in the layer, its box is in the window, and each highlight has a stop that shows its lines."""
    fields = drawing("code", code=LONG, scroll=True, highlight=[{"lines": 2}, {"lines": "40-42"}, {"lines": 90}])
    made = drawn(tmp_path, "code", fields, size=WIDE)
    code, window = made["code"], made["window"]
    assert made.warnings == []
    assert made.image("code").height == code.tall > 2 * code.height
    assert window.y < code.y
    assert code.y + code.height < window.y + window.height
    tops = [stop[1] for stop in code.stops]
    assert tops[0] == code.y
    assert tops[0] > tops[1] > tops[2] >= code.y + code.height - code.tall - 1
    for index in range(3):
        bar = made[f"bar-{index}"]
        assert code.y <= bar.y
        assert bar.y + bar.height <= code.y + code.height + 2


def test_code_that_fits_does_not_scroll(tmp_path: Path) -> None:
    """Code that fits is a layer as without `scroll`, in the same type."""
    fields = drawing("code", code="a\nb", highlight=[{"lines": 2}])
    still = drawn(tmp_path / "a", "code", fields, size=WIDE)
    made = drawn(tmp_path / "b", "code", {**fields, "scroll": True}, size=WIDE)
    assert made["code"] == still["code"]


@pytest.mark.parametrize("size", [WIDE, TALL, SQUARE])
def test_notes_cover_no_code(tmp_path: Path, size: tuple[int, int]) -> None:
    """Notes of neighboring lines are beside or below their lines, and overlap neither code nor each other."""
    code = "a = 1\nb = 2\nc = 3"
    notes = [{"line": line, "text": f"what the line {line} is there for, in some words"} for line in (1, 2, 3)]
    made = drawn(tmp_path, "code", drawing("code", code=code, annotations=notes), size=size)
    assert made.warnings == []
    boxes = [made.ink(f"note-{index}") for index in range(3)]
    for one, other in pairwise(boxes):
        assert one[1] < other[1]
    image = made.image("code").getchannel("A")
    origin = made["code"]
    for left, top, right, bottom in boxes:
        part = image.crop((left - origin.x, top - origin.y, right - origin.x, bottom - origin.y))
        assert part.point([0] * 64 + [255] * 192).getbbox() is None


@pytest.mark.parametrize("size", [WIDE, TALL, SQUARE])
def test_trees_stay_in_their_window(tmp_path: Path, size: tuple[int, int]) -> None:
    """Names, comments and the mark are in the window, and what is too long is cut with a warning."""
    tree = f"src/\n  {'a_name_that_is_very_long_' * 6}.py # long\n  b.py"
    made = drawn(tmp_path, "tree", drawing("tree", tree=tree, highlight=[{"path": "b.py"}]), size=size)
    window = made["window"]
    for name in ("step-0", "bar-0", "focus-0"):
        left, top, right, bottom = made.ink(name)
        assert window.x <= left
        assert window.y <= top
        assert right <= window.x + window.width
        assert bottom <= window.y + window.height
    assert any("too long to fit" in warning.message for warning in made.warnings)
