"""Reads signs beyond those of ASCII, raised digits, Greek letters and Roman numerals that are one character."""

from __future__ import annotations

import unicodedata

from vidbuild.patterns import later
from vidbuild.reading import numbers
from vidbuild.reading.chunks import Found, Place, whole
from vidbuild.reading.words import Part

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_POWER = later(rf"({numbers.NUMBER}|[A-Za-z])(⁻?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)\Z")
_SCIENTIFIC = later(rf"({numbers.NUMBER})[×x*]10(?:\^([-−+]?\d+)|([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))\Z")  # noqa: RUF001 - signs
_FOOTNOTE = later(r"([^\W\d_]{3,})[⁰¹²³⁴⁵⁶⁷⁸⁹†‡]+\Z")
_ROOT = later(r"([√∛])\(?(\w+(?:\.\d+)?)\)?\Z")
_ROMAN = range(0x2160, 0x2180)
_FACES = later(r"[:;=][-'o^]?[()DPp|/*]+\Z|8-[)DP]\Z|<3\Z|xD+\Z|XD{2,}\Z|¯\\_\(ツ\)_/¯\Z")
_POWERS = {"2": "squared", "3": "cubed"}
_HEART = "<3"
# Before a heart that is a number: "stays <3".
_BEFORE_AMOUNT = frozenset(
    "and are at be below by for from if is n of or stay stays than to under was were when with x".split()  # noqa: SIM905 - reads better
)


def read(place: Place) -> Found | None:
    """Read a chunk that has such signs, and an emoticon, which is silent as emoji are."""
    core = place.core
    chunk = place.chunks[place.at]
    written = chunk.before + core + chunk.after
    if _FACES.match(written) and (written != _HEART or _ends_with_heart(place)):
        return [[Part(-len(chunk.before), len(core) + len(chunk.after), "")]]
    if core.isascii():
        return None
    spoken = _power(core) or _root(core) or _roman(core) or _footnote(core)
    return None if spoken is None else [whole(core, spoken)]


def _ends_with_heart(place: Place) -> bool:
    """Return whether "<3" at the end of a sentence is a heart: elsewhere it is a number, as in "<3 files"."""
    before = place.previous
    return bool(before.core) and before.key not in _BEFORE_AMOUNT and not place.next().core


def _power(core: str) -> str | None:
    """Read "10⁶" and "2³²", and numbers like 6.02 times a power of ten."""
    found = _SCIENTIFIC.match(core)
    if found:
        exponent = (found[2] or found[3].translate(_RAISED)).replace("−", "-")  # noqa: RUF001 - a minus sign
        return f"{numbers.decimal(found[1])} times ten to the {_signed(exponent)}"
    power = _POWER.match(core)
    if power is None:
        return None
    base = numbers.decimal(power[1]) if power[1][0].isdecimal() else power[1].upper()
    exponent = power[3].translate(_RAISED)
    if not power[2] and exponent in _POWERS:
        return f"{base if power[1][0].isdecimal() else power[1]} {_POWERS[exponent]}"
    return f"{base} to the power of {'minus ' if power[2] else ''}{numbers.cardinal(exponent)}"


def _signed(exponent: str) -> str:
    return f"{'minus ' if exponent.startswith('-') else ''}{numbers.cardinal(exponent.lstrip('+-'))}"


def _root(core: str) -> str | None:
    """Read "√2"."""
    found = _ROOT.match(core)
    if found is None:
        return None
    of = numbers.decimal(found[2]) if numbers.IS_NUMBER.fullmatch(found[2]) else found[2]
    return f"the {'square' if found[1] == '√' else 'cube'} root of {of}"


def _roman(core: str) -> str | None:
    """Read "Ⅳ" as a number."""
    if len(core) != 1 or ord(core) not in _ROMAN:
        return None
    return numbers.cardinal(str(int(unicodedata.numeric(core))))


def _footnote(core: str) -> str | None:
    """Leave out the raised digit of "see note¹"."""
    found = _FOOTNOTE.match(core)
    return found and found[1]
