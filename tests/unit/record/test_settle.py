"""What a terminal shows of an output in the end."""

from __future__ import annotations

import pytest

from vidbuild.record.settle import MAX_LINES, TooManyLinesError, printed, settled
from vidbuild.scenes.command.masks import plain


def lines(output: str) -> list[str]:
    """The texts of the settled lines."""
    return [plain(line) for line in settled(output)]


def test_a_spinner_settles_to_its_last_state() -> None:
    """What a program overwrites is gone."""
    assert lines("| working\r/ working\r\x1b[Kdone in all\r\n") == ["done in all"]


def test_lines_wrap_at_the_width_of_the_terminal() -> None:
    """A line of 100 characters takes two rows of 80 columns."""
    assert lines("x" * 100 + "\r\n") == ["x" * 80, "x" * 20]


def test_the_alternate_screen_is_left() -> None:
    """What an editor shows is gone once it ends."""
    assert lines("before\r\n\x1b[?1049h\x1b[2Jeditor\x1b[?1049lafter\r\n") == ["before", "after"]


def test_as_many_lines_as_allowed_are_kept() -> None:
    """The limit itself is no error, and all lines are there."""
    assert lines("".join(f"{n}\r\n" for n in range(MAX_LINES))) == [str(n) for n in range(MAX_LINES)]


@pytest.mark.parametrize("end", ["\r\n", "", "\r\n\x1b[900A"])
def test_more_lines_are_refused_and_never_scrolled_away(end: str) -> None:
    """One line more than the limit is an error, wherever the cursor is in the end."""
    with pytest.raises(TooManyLinesError):
        settled("".join(f"{n}\r\n" for n in range(MAX_LINES + 1)) + "last" + end)


def test_the_printed_text_has_no_control_sequences() -> None:
    """Expectations are compared with text alone, blanks folded."""
    assert printed("\x1b[1mProject\x1b[0m   name:\r\n\t> ") == "Project name: >"
