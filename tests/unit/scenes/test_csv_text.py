"""CSV text: its rows, its delimiter, and where its problems are."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidbuild.scenes import csv_text
from vidbuild.scenes.csv_text import CsvError


def cells(text: str, delimiter: str | None = None) -> list[list[str]]:
    """The cells of a text."""
    return [list(row.cells) for row in csv_text.read(text, delimiter)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a,b\r\n1,2", [["a", "b"], ["1", "2"]]),
        ("a,b\r1,2\r", [["a", "b"], ["1", "2"]]),
        ("a;b\n1,5;2,5\n", [["a", "b"], ["1,5", "2,5"]]),
        ("a\tb\n1\t\n", [["a", "b"], ["1", ""]]),
        ("a|b|c\n1|2|3\n", [["a", "b", "c"], ["1", "2", "3"]]),
        ('a,b\n"x\ny","1, 2"\n', [["a", "b"], ["x y", "1, 2"]]),
        ('a,b\n"say ""hi""",2\n', [["a", "b"], ['say "hi"', "2"]]),
        ("a, b\n1, 2\n", [["a", "b"], ["1", "2"]]),
        ('a, "b, c"\n1, 2\n', [["a", "b, c"], ["1", "2"]]),
        ("a,b\n\n1,2\n\n\n", [["a", "b"], ["1", "2"]]),
        ("a\n1\n2\n", [["a"], ["1"], ["2"]]),
        ("a,b\n", [["a", "b"]]),
        ("sep=;\na;b,c\n1;2\n", [["a", "b,c"], ["1", "2"]]),
        ("a,b\n1,2\n,,,\n", [["a", "b"], ["1", "2"]]),
        ("", []),
        ("\n\n", []),
        ("день,год\nпн,1\n", [["день", "год"], ["пн", "1"]]),
    ],
)
def test_rows(text: str, expected: list[list[str]]) -> None:
    """Delimiters are found by themselves; line ends, quotes, blanks and empty lines of every kind are read."""
    assert cells(text) == expected


def test_a_given_delimiter_decides() -> None:
    """A delimiter that is named, or given itself, is used even if another one divides the rows evenly."""
    assert cells("a;b,c\n1;2,3\n", "comma") == [["a;b", "c"], ["1;2", "3"]]
    assert cells("a;b,c\n1;2,3\n", ";") == [["a", "b,c"], ["1", "2,3"]]


@pytest.mark.parametrize(
    ("text", "marked", "message"),
    [
        ("a,b\n1,2,3\n", "3", "the row has 3 cells: expected 2, as in the first row"),
        ("a,b\n1,2\n4\n", "4", "the row has 1 cell: expected 2, as in the first row"),
        ('a,b\n"x, y",2,"z z"\n', '"z z"', "the row has 3 cells: expected 2, as in the first row"),
        ('a,b\n"x\ny",2,zz\n', "zz", "the row has 3 cells: expected 2, as in the first row"),
        ('a,b\n1,"2\n', '"', "a quotation mark is never closed"),
        ('a,b\n"1"x,2\n', '"1"x,2', "text follows the closing quotation mark of a cell"),
    ],
)
def test_problems_are_located(text: str, marked: str, message: str) -> None:
    """The problem's range is the cell that is too much, the last one before a missing one, or the quotation mark."""
    with pytest.raises(CsvError) as caught:
        csv_text.read(text, "comma")
    start, end = caught.value.span
    assert (text[start:end], caught.value.message) == (marked, message)


def test_a_mark_after_a_blank_quotes_nothing_between_tabs() -> None:
    """A quotation mark in the middle of a cell is a part of it, and each range still holds its cell."""
    text = 'a\tb\n "x\t5" disk\n'
    _, row = csv_text.read(text, "tab")
    assert row.cells == ('"x', '5" disk')
    assert tuple(text[start:end] for start, end in row.spans) == row.cells


def test_too_many_rows() -> None:
    """The row after the last one that is allowed is the problem."""
    text = "n\n" + "".join(f"{n}\n" for n in range(csv_text.MAX_ROWS + 5))
    with pytest.raises(CsvError, match=f"more than {csv_text.MAX_ROWS} rows") as caught:
        csv_text.read(text)
    start, end = caught.value.span
    assert text[start:end] == str(csv_text.MAX_ROWS - 1)


@given(
    st.integers(1, 4).flatmap(
        lambda wide: st.lists(
            st.lists(st.text(st.sampled_from('ab ,;"\n\té1'), max_size=6), min_size=wide, max_size=wide), max_size=6
        )
    ),
    st.sampled_from(",;\t|"),
)
def test_what_the_csv_module_writes_is_read(rows: list[list[str]], sign: str) -> None:
    """Rows that Python's csv module writes are read again, blanks taken together, and each range holds its cell."""
    file = io.StringIO()
    csv.writer(file, delimiter=sign, quoting=csv.QUOTE_ALL).writerows(rows)
    text = file.getvalue()
    read = csv_text.read(text, sign)
    wanted = [[" ".join(cell.split()) for cell in row] for row in rows]
    wanted = [row for row in wanted if any(row)]
    assert [list(row.cells) for row in read] == wanted
    for row in read:
        for cell, (start, end) in zip(row.cells, row.spans, strict=True):
            [[alone]] = csv.reader(io.StringIO(text[start:end], newline=""), delimiter=sign)
            assert " ".join(alone.split()) == cell


@given(st.text(st.sampled_from('ab,;|\t"\r\n 1é'), max_size=60))
def test_any_text_is_read_or_located(text: str) -> None:
    """Every text is read into rows of one length, or has a problem at a range inside of it."""
    try:
        rows = csv_text.read(text)
    except CsvError as error:
        start, end = error.span
        assert 0 <= start <= end <= len(text) + 1
    else:
        assert len({len(row.cells) for row in rows}) <= 1
