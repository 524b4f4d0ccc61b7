"""Numbers in texts: which texts are numbers, where they are aligned, and how they are written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidbuild.scenes import numbers
from vidbuild.scenes.numbers import MINUS


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["1", "2.5"], "."),
        (["1,234.5", "12"], "."),
        (["1,234", "2,000"], "."),
        (["12,5", "1.234,75"], ","),
        (["1,5", "2,25"], ","),
        (["€ 12.50", "€3", "0"], "."),
        (["€ 12.50", "$3"], None),
        (["900 MB", "1 GB"], None),
        (["12,50 €", "3 €"], ","),
        (["41 %", "-3 %", "1e-3"], "."),
        ([f"{MINUS}5", "", "n/a"], "."),
        (["1 234 567,5"], ","),
        (["1.2.3"], None),
        (["2024-01-01"], None),
        (["12:30"], None),
        (["one", "1"], None),
        (["<1"], None),
        (["(5)"], None),
        (["1/2"], None),
        (["10-20"], None),
        (["US$ 5", "US$ 7"], "."),
        (["3 km/h", "5 km/h"], "."),
        (["", "-"], None),
        (["1,5", "1.5"], None),
    ],
)
def test_decimal_marks(texts: list[str], mark: str | None) -> None:
    """Texts are numbers if one decimal mark fits all of them, with groups and gaps, and one currency or unit."""
    assert numbers.decimal_mark(texts) == mark


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("1,234.5", ".", 1234.5),
        ("1.234,5", ",", 1234.5),
        ("-€ 5", ".", -5),
        (f"{MINUS}5", ".", -5),
        ("12 %", ".", 12),
        (".5", ".", 0.5),
        ("1e3", ".", 1000),
        ("1e400", ".", None),
        ("x", ".", None),
    ],
)
def test_values(text: str, mark: str, value: float | None) -> None:
    """A number's value is read without its currency, unit and groups."""
    assert numbers.parse(text, mark) == value


@pytest.mark.parametrize(
    ("text", "parts"),
    [("12.50", ("12", ".50")), ("7 ms", ("7", " ms")), ("-1,234.5 €", (f"{MINUS}1,234", ".5 €")), ("n/a", ("n/a", ""))],
)
def test_alignment(text: str, parts: tuple[str, str]) -> None:
    """A number is aligned before its decimal mark, or after its last digit."""
    assert numbers.split(text, ".") == parts


@pytest.mark.parametrize(
    ("value", "options", "text"),
    [
        (0, {}, "0"),
        (-0.0, {}, "0"),
        (1234567, {}, "1,234,567"),
        (1234567, {"compact": True}, "1.234567M"),
        (1500, {"decimals": 1, "compact": True}, "1.5k"),
        (-12.5, {}, f"{MINUS}12.5"),
        (0.1 + 0.2, {}, "0.3"),
        (1234.5, {"mark": ",", "decimals": 2}, "1.234,50"),
        (-0.001, {"decimals": 1}, "0.0"),
        (0.00001, {}, "1e-05"),
    ],
)
def test_writing(value: float, options: dict[str, Any], text: str) -> None:
    """Numbers are grouped, have no needless decimals, and a real minus sign."""
    assert numbers.written(value, **options) == text


@given(st.floats(-1e12, 1e12, allow_nan=False), st.integers(0, 4), st.sampled_from(".,"))
def test_written_numbers_are_read(value: float, decimals: int, mark: str) -> None:
    """A written number is read as the same number, to its decimals."""
    text = numbers.written(value, decimals, mark)
    assert numbers.parse(text, mark) == pytest.approx(round(value, decimals), abs=10.0**-decimals)


@given(st.text(max_size=12))
def test_any_text(text: str) -> None:
    """No text makes reading fail, and the parts of a text are the text."""
    mark = numbers.decimal_mark([text])
    if mark:
        assert numbers.parse(text, mark) is not None or "e" in text.lower()
        assert "".join(numbers.split(text, mark)) == text.strip().replace("-", MINUS, 1) or "e" in text.lower()
