"""Reads numbers in English: cardinals, decimals, ordinals, years, versions and the digits of names."""

from __future__ import annotations

from functools import cache

from vidbuild.patterns import later
from vidbuild.reading.letters import plural

# Longer numbers are read digit by digit: no listener follows "quadrillion".
LONGEST = 15
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_GROUP = 3


_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_UNUSUAL = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"}
_UNUSUAL["twelve"] = "twelfth"


@cache
def _words(number: int, form: str) -> str:
    """Return a number in words, as num2words does, which loads its fifty languages: not for numbers that are common."""
    if number < 1000 and form == "cardinal":  # noqa: PLR2004 - the least number of more than one group
        return _below_thousand(number)
    if number < 100 and form == "ordinal":  # noqa: PLR2004 - of two digits
        head, hyphen, last = _below_thousand(number).rpartition("-")
        return head + hyphen + (_UNUSUAL.get(last) or (last.removesuffix("y") + "ie" * last.endswith("y") + "th"))
    if form == "year" and (1100 <= number < 2000 or 2010 <= number < 2100):  # noqa: PLR2004 - read in pairs
        century, rest = divmod(number, 100)
        own = _below_thousand(rest) if rest >= len(DIGITS) else f"oh-{DIGITS[rest]}" if rest else "hundred"
        return f"{_below_thousand(century)} {own}"
    from num2words import num2words  # type: ignore[import-untyped] # it has no types

    return str(num2words(number, to=form)).replace(",", "")


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    if rest < len(DIGITS):
        words = DIGITS[rest]
    elif tens == 1:
        words = _TEENS[ones]
    else:
        words = f"{_TENS[tens - 2]}-{DIGITS[ones]}" if ones else _TENS[tens - 2]
    if not hundreds:
        return words
    return f"{DIGITS[hundreds]} hundred and {words}" if rest else f"{DIGITS[hundreds]} hundred"


def cardinal(digits: str) -> str:
    """Return a whole number in words; one with a leading zero or too many digits is read digit by digit."""
    digits = digits.replace(",", "")
    if (digits.startswith("0") and len(digits) > 1) or len(digits) > LONGEST:
        return spelled(digits)
    return _words(int(digits), "cardinal")


def ordinal(digits: str) -> str:
    """Return "third" for 3."""
    return _words(int(digits), "ordinal")


def decimal(number: str) -> str:
    """Return a number with or without a fraction in words: "three point one four"."""
    whole, dot, fraction = number.partition(".")
    return f"{cardinal(whole or '0')} point {spelled(fraction)}" if dot else cardinal(whole)


def spelled(digits: str) -> str:
    """Return digits one by one."""
    return " ".join(DIGITS[int(digit)] for digit in digits)


def version(number: str) -> str:
    """Return a version in words: "three point thirteen"."""
    return " point ".join(_version_part(part) for part in number.split("."))


def _version_part(part: str) -> str:
    if len(part) == 2 and part[0] == "0":  # noqa: PLR2004 - the month of a version, as in 24.04
        return f"oh {DIGITS[int(part[1])]}"
    return code(part) if len(part) > _GROUP else cardinal(part)


def year(digits: str) -> str:
    """Return four digits as a year is read: "nineteen ninety-nine", "nineteen oh-five"."""
    return _words(int(digits), "year")


def decade(digits: str) -> str:
    """Return the plural of a year: "nineteen eighties" for 1980."""
    words = year(digits) if len(digits) == 4 else cardinal(digits)  # noqa: PLR2004 - a year's digits
    return f"{words.removesuffix('y')}ies" if words.endswith("y") else plural(words)


def code(digits: str) -> str:
    """Return digits as those of a name are read: "two fifty-six", "four oh four", "eighty eighty", "zero seven"."""
    if digits.startswith("0") or len(digits) > 4:  # noqa: PLR2004 - no name of five digits is read in pairs
        return spelled(digits)
    if len(digits) == 4:  # noqa: PLR2004 - two pairs
        return year(digits)
    if len(digits) == _GROUP and digits[1:] != "00":
        rest = f"oh {DIGITS[int(digits[2])]}" if digits[1] == "0" else cardinal(digits[1:])
        return f"{DIGITS[int(digits[0])]} {rest}"
    return cardinal(digits)


def fraction(above: str, below: str) -> str:
    """Return "three quarters" for 3/4."""
    names = {"2": "half", "4": "quarter"}
    name = names.get(below) or ordinal(below)
    many = {"half": "halves"}.get(name) or plural(name)
    return f"{cardinal(above)} {name if above == '1' else many}"


NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
IS_NUMBER = later(NUMBER)
