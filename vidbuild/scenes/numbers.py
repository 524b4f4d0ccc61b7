"""Numbers as people write them in tables, and as charts write them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

MINUS = "\u2212"
_SIGN = rf"[-+{MINUS}]?"
_CURRENCY = r"[$\u00a2-\u00a5\u20a0-\u20cf]"
_BEFORE = rf"(?:[^\W\d_]{{0,3}}{_CURRENCY}?\s?)"  # such as "US$ "
_AFTER = rf"(?:\s?(?:{_CURRENCY}|[%\u2030\u00b0]?[^\W\d_]{{0,6}})(?:/[^\W\d_]{{1,6}})?)"  # such as " ms" or "€/month"
_POINT = r"(?:\d{1,3}(?:[,'\u2019 \u00a0\u202f]\d{3})+|\d+)(?:\.\d+)?|\.\d+"  # 1,234.5
_COMMA = r"(?:\d{1,3}(?:[.'\u2019 \u00a0\u202f]\d{3})+|\d+)(?:,\d+)?|,\d+"  # 1.234,5
_FORMS = {
    mark: re.compile(rf"(?P<lead>{_SIGN}{_BEFORE}{_SIGN})(?P<number>{form})(?P<tail>{_AFTER})\Z")
    for mark, form in ((".", _POINT), (",", _COMMA))
}
_EXPONENT = re.compile(rf"{_SIGN}\d+(?:\.\d+)?[eE][-+]?\d{{1,3}}\Z")
ABSENT = frozenset({"", "-", "\u2013", "\u2014", "n/a", "na", "null", "none", "nan", "?"})

_TINY = 1e-4  # below it, six decimals have too few digits
_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


class Split(NamedTuple):
    """A number's text before its decimal mark, and from it on."""

    before: str
    after: str


def is_absent(text: str) -> bool:
    """Return whether a cell says that there is no value."""
    return text.strip().casefold() in ABSENT


def decimal_mark(texts: Iterable[str], preferred: str = ".") -> str | None:
    """Return the decimal mark with which all texts are numbers of one unit; None if some are not, or none has a value.

    preferred: the mark if both are possible, as in "1,234".
    """
    values = [text.strip() for text in texts if not is_absent(text)]
    other = "," if preferred == "." else "."
    for mark in (preferred, other):
        found = [_FORMS[mark].match(text) for text in values if not _EXPONENT.match(text)]
        matches = [match for match in found if match]
        units = {(match["lead"].strip(f"+-{MINUS} "), match["tail"].strip()) for match in matches} - {("", "")}
        if values and len(matches) == len(found) and len(units) <= 1:
            return mark
    return None


def parse(text: str, mark: str) -> float | None:
    """Return the number in a text; None if it is none."""
    text = text.strip()
    if _EXPONENT.match(text):
        return _finite(float(text.replace(MINUS, "-")))
    match = _FORMS[mark].match(text)
    if match is None:
        return None
    digits = re.sub(rf"[^\d{mark}]", "", match["number"]).replace(mark, ".")
    negative = any(sign in match["lead"] for sign in f"-{MINUS}")
    return _finite(-float(digits) if negative else float(digits))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def split(text: str, mark: str) -> Split:
    """Return the parts of a number that stand before and after the line at which a column is aligned."""
    text = text.strip().replace("-", MINUS, 1) if _FORMS[mark].match(text.strip()) else text.strip()
    match = _FORMS[mark].match(text)
    if match is None:
        return Split(text, "")
    at = match["number"].find(mark)
    cut = match.start("number") + (at if at >= 0 else len(match["number"]))
    return Split(text[:cut], text[cut:])


def written(value: float, decimals: int | None = None, mark: str = ".", *, compact: bool = False) -> str:
    """Write a number: grouped, with a real minus sign, and with as many decimals as it needs or as given.

    compact: write 1,200,000 as 1.2M.
    """
    suffix = ""
    if compact:
        scale, suffix = next(((size, name) for size, name in _SCALES if abs(value) >= size), (1.0, ""))
        value /= scale
    if decimals is None:
        text = f"{value:,.6f}".rstrip("0").rstrip(".") if abs(value) >= _TINY or value == 0 else f"{value:.3g}"
    else:
        text = f"{value:,.{decimals}f}"
    if mark == ",":
        text = text.translate({ord(","): ".", ord("."): ","})
    if text.startswith("-"):
        text = (MINUS if any(digit in "123456789" for digit in text) else "") + text[1:]
    return text + suffix
