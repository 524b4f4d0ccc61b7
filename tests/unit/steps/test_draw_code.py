"""Code: colors, highlights, and lines that do not fit."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageChops

from tests.support.drawing import changed, drawn, theme
from tests.support.pixels import colors, level_range
from tests.support.scene_samples import drawing
from vidbuild.errors import SpecProblem


def test_a_bar_lies_behind_the_lines_it_marks(tmp_path: Path) -> None:
    """Each highlight's bar spans the window and the rows of its lines, and its lines are the code's own pixels."""
    made = drawn(tmp_path, "code", size=(1280, 720))
    bar, focus, code = made["bar-1"], made["focus-1"], made["code"]
    assert bar.y <= made.ink("focus-1")[1]
    assert bar.y + bar.height >= made.ink("focus-1")[3]
    assert bar.width > 0.85 * 1280
    assert bar.height == pytest.approx(2 * made["bar-0"].height, abs=2)
    own = Image.new("RGBA", (focus.width, focus.height))
    own.paste(made.image("code"), (code.x - focus.x, code.y - focus.y))
    letters = (focus.width // 8, 2, min(focus.width, code.width), focus.height - 2)
    alphas = [image.getchannel("A").crop(letters) for image in (own, made.image("focus-1"))]
    assert level_range(ImageChops.difference(*alphas))[1] <= 2


def test_highlights_count_as_the_file_does(tmp_path: Path) -> None:
    """In lines 10-15 of a file, a highlight of line 12 marks the third row."""
    whole = drawn(tmp_path / "a", "code")
    part = drawn(tmp_path / "b", "code", changed("code", first=10, highlights=[{"from": 12, "to": 12}]))
    assert part["bar-0"].y == whole["bar-0"].y


def test_dimmed_code_is_the_same_code_less_strong(tmp_path: Path) -> None:
    """Code that steps back keeps its place and more than half of its strength."""
    made = drawn(tmp_path, "code", size=(1280, 720))
    code, dim = made["code"], made["code-dim"]
    assert (code.x, code.y, code.width, code.height) == (dim.x, dim.y, dim.width, dim.height)
    assert level_range(made.image("code-dim").getchannel("A"))[1] == pytest.approx(153, abs=2)


def test_code_has_the_themes_own_colors(tmp_path: Path) -> None:
    """Keywords, strings, numbers and comments have the theme's colors."""
    made = drawn(tmp_path, "code", changed("code", code='import x  # note\ny = "text" + 42'), size=(1920, 1080))
    strong = {color[:3] for color in colors(made.image("code")) if color[3] > 252}
    for use in ("keyword", "string", "number", "comment"):
        value = theme()["syntax"][use].removeprefix("#")
        assert tuple(bytes.fromhex(value)) in strong, use


def test_long_code_shows_the_highlighted_lines(tmp_path: Path) -> None:
    """Of a long file the part with the highlights is shown, and the warning has its lines."""
    code = "\n".join(f"value_{index} = {index}" for index in range(1, 201))
    fields = changed("code", code=code, highlights=[{"from": 150, "to": 152}])
    made = drawn(tmp_path, "code", fields)
    assert "focus-0" in made.names()
    assert [warning.field for warning in made.warnings] == ["code"]
    assert made.ink("code")[3] < made["window"].y + made["window"].height


def test_a_line_wider_than_the_window_wraps(tmp_path: Path) -> None:
    """Long lines wrap inside the window, also without any blank."""
    for index, line in enumerate(["call(" + "argument, " * 40 + ")", "x" * 400]):
        made = drawn(tmp_path / str(index), "code", changed("code", code=line, highlights=[]))
        box, window = made.ink("code"), made["window"]
        assert box[2] <= window.x + window.width
        assert box[3] - box[1] > 20
        assert made.warnings == []


LINE = "    found = [item for item in items if item.name == name]  # normal width"


@pytest.mark.parametrize("lines", [20, 22])
def test_a_screen_of_code_fits_under_a_title(lines: int, tmp_path: Path) -> None:
    """Twenty-two lines of normal width are seen whole at 1080p, in rows of at least 24 pixels' type."""
    fields = changed("code", code="\n".join([LINE] * lines), highlights=[{"from": 1, "to": 1}, {"from": 22, "to": 22}])
    made = drawn(tmp_path, "code", fields, size=(1920, 1080))
    assert made.warnings == []
    assert made["bar-0"].height >= 24 * 1.3
    assert made["heading"].y >= 1080 * 0.05
    assert made.ink("code")[3] < made["window"].y + made["window"].height - 60


def test_short_code_keeps_its_roomy_window(tmp_path: Path) -> None:
    """Only long code takes room from its heading: eight lines leave it where it is in other scenes."""
    code = drawn(tmp_path / "a", "code", changed("code", code="\n".join(["x = 1"] * 8)), size=(1920, 1080))
    command = drawn(tmp_path / "b", "command", changed("command", title="Your first request"), size=(1920, 1080))
    assert code.image("heading").tobytes() == command.image("heading").tobytes()
    assert (code["heading"].x, code["heading"].y) == (command["heading"].x, command["heading"].y)


@pytest.mark.parametrize(
    ("highlights", "shown"),
    [
        ([], "1-22"),
        ([(2, 3), (20, 21)], "1-22"),
        ([(40, 41), (55, 56)], "35-56"),
        ([(2, 3), (50, 51)], "1-22"),
    ],
)
def test_of_too_much_code_all_that_is_marked_or_the_start_is_seen(
    highlights: list[tuple[int, int]], shown: str, tmp_path: Path
) -> None:
    """The stretch that is shown holds every highlight where one can, and else begins where the file does."""
    ranges = [{"from": start, "to": end} for start, end in highlights]
    fields = changed("code", code="\n".join([LINE] * 60), highlights=ranges)
    made = drawn(tmp_path, "code", fields, size=(1920, 1080))
    message = f"code is too long to fit: only lines {shown} are shown, 38 are hidden"
    assert [(w.field, w.message) for w in made.warnings] == [("code", message)]


def test_code_that_nests_too_deeply_is_a_spec_error(tmp_path: Path) -> None:
    """Code that typst cannot process is an error of the spec, at the text's field and without a template's lines."""
    with pytest.raises(SpecProblem, match=r"^the text is nested too deeply to be typeset$") as caught:
        drawn(tmp_path, "code", changed("code", language="typ", code="(" * 5_000))
    assert (caught.value.failure.field, caught.value.failure.log) == ("code", ())


def test_right_to_left_strings_keep_their_places(tmp_path: Path) -> None:
    """Of two strings that read from right to left, the first is drawn at the left, as without the second."""
    images = []
    for name, second in (("a", "וזחט"), ("b", "abcd")):
        code = f'f("אבגד", "{second}")'
        fields = drawing("code", code=code, language="python")
        images.append(drawn(tmp_path / name, "code", fields, size=(1280, 720)).image("code"))
    width, height = images[0].size
    gutter = images[0].crop((0, 0, width, height)).getchannel("A").getbbox()
    assert gutter is not None
    shared = images[0].crop((0, 0, width // 2, height)).tobytes()
    assert shared == images[1].crop((0, 0, width // 2, height)).tobytes()
    assert images[0].tobytes() != images[1].tobytes()


def test_wide_characters_take_two_columns(tmp_path: Path) -> None:
    """What follows a wide character is at the same place as after two narrow ones."""
    edges = []
    for index, text in enumerate(("日本語", "abcdef")):
        fields = drawing("code", code=f'x = "{text}"  # end', language="python")
        edges.append(drawn(tmp_path / str(index), "code", fields, size=(1280, 720)).ink("code")[2])
    assert abs(edges[0] - edges[1]) <= 1


@pytest.mark.parametrize("size", [(1280, 720), (540, 960), (540, 540)])
def test_a_title_stays_in_place_whatever_the_length_of_the_code(size: tuple[int, int], tmp_path: Path) -> None:
    """The heading of one line of code and that of a hundred lines are the same pixels at the same place."""
    headings = []
    for lines in (1, 12, 22, 100):
        code = "\n".join(f"value_{index} = {index}" for index in range(lines))
        made = drawn(tmp_path / str(lines), "code", changed("code", code=code, highlights=[]), size=size)
        headings.append((made["heading"], made.image("heading").tobytes()))
    assert all(heading == headings[0] for heading in headings)
