"""Reads what stands for things on screens: the way through menus, and sizes in inches."""

from __future__ import annotations

from collections.abc import Collection

from vidbuild.patterns import later
from vidbuild.reading import numbers, tables
from vidbuild.reading.chunks import Found, Place, whole
from vidbuild.reading.words import Part

_BETWEEN_MENUS = frozenset((">", "›", "▸", "»"))  # noqa: RUF001 - signs
_ARROWS = frozenset(("→", "->", "➜", "=>"))
_VERBS = frozenset(
    ("choose", "click", "find", "go", "menu", "navigate", "open", "press", "select", "tap", "under", "via")
)
_OF_CONDITIONS = frozenset(("if", "unless", "where", "whether", "while"))
_AMOUNT = later(rf"({numbers.NUMBER}|\d/\d{{1,2}})(\u2033?)\Z")
_WAY = 4
_FEET = frozenset(("feet", "foot", "ft"))


def menu(place: Place) -> Found | None:
    """Read the sign in "File > Open", and the arrow after a verb that leads to a menu, as in "go to File → Open"."""
    sign = place.core
    if sign not in _BETWEEN_MENUS and not (sign in _ARROWS and _leads_to_a_menu(place)):
        return None
    sides = place.previous.core, place.next().core
    if sides[0] == "menu" and not place.previous.after and sides[1][:1].isupper():
        return [whole(sign, "then")]
    if place.previous.after or not all(side[:1].isupper() and len(side) > 1 for side in sides):
        return None
    if any(side[-1:].isdecimal() for side in sides) or _has_before(place, _OF_CONDITIONS):  # a comparison
        return None
    if sign == ">" and not _shows_a_menu(place):
        return None
    return [whole(sign, "then")] if any(not side.isupper() for side in sides) else None


def _shows_a_menu(place: Place) -> bool:
    """Return whether ">" is between menus: after a verb of menus, in a longer way, or beside a usual name of one.

    "Git > Subversion" is a comparison.
    """
    signs = sum(chunk.core == ">" for chunk in place.chunks[max(0, place.at - _WAY) : place.at + _WAY + 1])
    return (
        signs > 1 or place.previous.key in tables.MENUS or place.next().key in tables.MENUS or _leads_to_a_menu(place)
    )


def _leads_to_a_menu(place: Place) -> bool:
    """Return whether one of the words before in the sentence is such a verb."""
    return _has_before(place, _VERBS)


def _has_before(place: Place, words: Collection[str]) -> bool:
    """Return whether one of some words is before in the sentence."""
    while place.previous.core:
        place = Place(place.chunks, place.at - 1)
        if place.key in words:
            return True
    return False


def inches(place: Place) -> Found | None:
    """Read the sign after a number, as in a 27" screen, and "in" after feet."""
    amount = _AMOUNT.match(place.core)
    if amount is None:
        return None
    following = place.next()
    if following.core == "in" and place.previous.key in _FEET and _ends_a_length(place):
        return [whole(place.core, numbers.decimal(amount[1])), whole("in", _name(amount[1]))]
    if place.previous.core.endswith("\u2032"):  # the minutes of an angle
        return None
    quoted = place.after.startswith('"') and not _is_open(place)
    if not amount[2] and not quoted:
        return None
    beside = place.chunks[place.at + 1] if place.at + 1 < len(place.chunks) and place.after in {"", '"'} else None
    before_noun = (
        beside is not None and not beside.before and beside.core[:1].islower() and beside.key not in tables.AFTER_INCHES
    )
    name = "inch" if before_noun else _name(amount[1])
    above, slash, below = amount[1].partition("/")
    if slash and (above == "0" or int(below) <= int(above)):
        return None
    number = numbers.fraction(above, below) if slash else numbers.decimal(amount[1])
    return [[Part(0, len(place.core) + quoted, f"{number} {'inch' if slash else name}")]]


def _name(number: str) -> str:
    return "inch" if number == "1" else "inches"


def _ends_a_length(place: Place) -> bool:
    """Return whether "in" is a unit here, as in "6 ft 2 in tall"; not in "100 feet 10 in total"."""
    sign = place.chunks[place.at + 1]
    beside = place.next(2).key
    return bool(sign.after) or not beside or beside in tables.AFTER_INCHES


def _is_open(place: Place) -> bool:
    """Return whether a quotation mark before is still open; the sign of inches is none."""
    is_open = False
    for each in place.chunks[: place.at]:
        is_open ^= (each.before + each.core).count('"') % 2 == 1
        marks = each.after.count('"')
        if marks and not is_open and _AMOUNT.match(each.core):
            marks -= 1
        is_open ^= marks % 2 == 1
    chunk = place.chunks[place.at]
    return is_open ^ ((chunk.before + chunk.core).count('"') % 2 == 1)
