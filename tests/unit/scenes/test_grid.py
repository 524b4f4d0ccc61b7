"""What a terminal shows of output. The expected screens are what xterm shows for the same bytes."""

from __future__ import annotations

import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.support.terminal_model import Operation, TerminalModel
from vidbuild import columns
from vidbuild.scenes.command import grid, screen


@pytest.mark.parametrize(
    ("output", "lines"),
    [
        (" 10%|#    |\r 50%|###  |\r100%|#####|\nDone", ["100%|#####|", "Done"]),
        ("long text\rabc", ["abcg text"]),
        ("one\r\ntwo\r\n", ["one", "two"]),
        ("ab\b\bX", ["Xb"]),
        ("\b\bX", ["X"]),
        ("_\bu_\bn", ["un"]),
        ("a\tb\n12345678\tc", ["a       b", "12345678        c"]),
        ("日\tb", ["日      b"]),
        ("50%\r\x1b[2K100%", ["100%"]),
        ("wrong text\x1b[4D\x1b[K", ["wrong"]),
        ("abcdef\x1b[3D\x1b[1Kx", ["   xef"]),
        ("one\ntwo\nthree\x1b[2A\r\x1b[2Kfirst\x1b[2B\rT", ["first", "two", "Three"]),
        ("a\nb\nc\x1b[2;1H\x1b[Jnew", ["a", "new"]),
        ("old\nscreen\x1b[H\x1b[2Jnew", ["new"]),
        ("a\nb\x1b[1Jc", ["", " c"]),
        ("x\x1b[5Gy\x1b[3dz", ["x   y", "", "     z"]),
        ("abc\r\x1b[2@X", ["X abc"]),
        ("abcdef\r\x1b[2P", ["cdef"]),
        ("abcdef\r\x1b[2Xz", ["z cdef"]),
        ("abcdef\x1b[4D\x1b[2Xz", ["abz ef"]),
        ("a\nb\nc\x1b[2A\x1b[M\x1b[B\x1b[L", ["b", "", "c"]),
        ("-\x1b[4b>", ["----->"]),
        ("a\nb\x1b[1Fc\x1b[2Ed", ["c", "b", "d"]),
        ("\x1b[2Iy\x1b[2ZX\x1b[Ib\x1b[Zc", ["        X       c"]),
        ("abc\x1b[2`X\x1b[aY\x1b[eZ", ["aXcY", "    Z"]),
        ("abc\x1b[3;2fX", ["abc", "", " X"]),
        ("a\x1bDb\x1bEc\x1bM!", ["a", " !", "c"]),
        ("one\x1b7 two\x1b8!", ["one!two"]),
        ("a\x1b[s b\x1b[uc", ["acb"]),
        ("\x1b[?1049hvim\x1b[?1049lshell", ["shell"]),
        ("top\n\x1b[?1049h\x1b[2Jvim\x1b[?1049lshell", ["top", "shell"]),
        ("\x1b(0lqqk\x1b(B|", ["┌──┐|"]),
        ("\x1b[1;32mok\x1b[0m \x1b[38:2::1:2:3mred\x1b[m", ["ok red"]),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\ \x1b]0;title\x07x", ["link x"]),
        ("\x1bP1$r0m\x1b\\a\x1b_G\x1b\\b", ["ab"]),
        ("\x9b31mred\x9b0m\x85next", ["red", "next"]),
        ("gone\x1bcnew", ["new"]),
        ("a\x07b\x00c\x7f", ["abc"]),
        ("a\x1b[?25l\x1b[>4;1m\x1b[=1ub", ["ab"]),
        ("日本\rX", ["X 本"]),
        ("日本\x1b[3D!", [" !本"]),
        ("日本\b\b\b\x1b[K", [""]),
        ("e\x1b[31m\u0301x", ["e\u0301x"]),
        ("👩\u200d👩\u200d👧\b\bX", ["X"]),
        ("a\u200bb\u202ec\u2028d", ["abcd"]),
        ("a\n\n\n  \n", ["a"]),
        ("", []),
    ],
)
def test_output_is_shown_as_a_terminal_shows_it(output: str, lines: list[str]) -> None:
    """Later characters overwrite earlier ones, and control sequences move and erase instead of being drawn."""
    assert grid.lines(output) == [line for line in lines if line or len(lines) > 1]


def test_a_cursor_stays_in_the_terminal() -> None:
    """Moves beyond the edges end at the last row and column, as a program that asks for the terminal's size expects."""
    [*blank, last] = grid.lines("\x1b[999;999H\x1b[99999999999999999999Cx")
    assert (len(blank), last) == (screen.ROWS - 1, " " * (screen.COLUMNS - 1) + "x")
    assert grid.lines("a" * 200 + "\x1b[999Cb")[0] == "a" * 199 + "b"


@pytest.mark.parametrize("part", ["\x1b[9999L", "\x1b[9999@", "x\x1b[9999b", "\n\x1b[2J", "\x1b[9999B\n", "\t"])
def test_a_hostile_output_stays_small(part: str) -> None:
    """However often it is repeated, no sequence makes a screen out of proportion to its own length."""
    output = part * (100_000 // len(part))
    start = time.process_time()
    shown = grid.lines(output)
    assert sum(map(len, shown)) <= 8 * len(output)
    assert time.process_time() - start < 20


@settings(deadline=None)
@given(st.text(st.sampled_from("ab日\x1b[]();?0123456789ABCDHJKLMPXhlmrsu\r\n\b\t\x9b\u0301\u200d👩")))
def test_any_output_has_lines(output: str) -> None:
    """Whatever a program printed, its lines have no control characters and no blanks at their ends."""
    for line in grid.lines(output):
        assert line == line.rstrip()
        assert line.isprintable() or "\u200d" in line
        assert columns.width(line) <= 8 * len(output) + screen.COLUMNS


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["a", "bc", "defgh", "i j"]), st.just(0)),
        st.tuples(st.sampled_from("\b\r\n\t78"), st.just(0)),
        st.tuples(st.sampled_from("ABCDEFGdXP@LM"), st.integers(0, 4)),
        st.tuples(st.sampled_from("JK"), st.integers(0, 2)),
    ),
    max_size=14,
)


@settings(deadline=None, max_examples=400)
@given(OPERATIONS)
def test_sequences_do_what_a_table_of_cells_does(operations: list[Operation]) -> None:
    """Any mix of text, moves and edits shows what the plainest model of a terminal shows."""
    model, output = TerminalModel(), ""
    for kind, number in operations:
        model.obey(kind, number)
        if kind in "78":
            output += f"\x1b{kind}"
        else:
            output += f"\x1b[{number or ''}{kind}" if kind in "ABCDEFGdXP@LMJK" else kind
    assume(not model.outside)
    assert grid.lines(output) == model.lines()


@pytest.mark.parametrize(
    ("output", "table"),
    [
        ("NAME    READY\nweb     1/1", True),
        ("│ a │ b │\n│ c │ d │", True),
        ("+---+\n| x |\n+---+", True),
        ("日本  x\nabcd  y", True),
        ("a│b\nc│d", True),
        ("│\n│", False),
        ("one line  with a gap", False),
        ("Some text that is long.\nAnd more of it, as long.", False),
        ("    indented\n    indented", False),
        ("", False),
    ],
)
def test_tables_are_recognized(output: str, table: bool) -> None:
    """Two lines in a row with a column at the same place are a table; text and indentation are not."""
    assert grid.is_table(grid.lines(output)) == table
