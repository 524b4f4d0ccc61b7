"""Reads the abbreviations of streets: which "St." is a street and which a saint, and which "Dr." a drive."""

from __future__ import annotations

from vidbuild.patterns import later
from vidbuild.reading import numbers, tables
from vidbuild.reading.chunks import Found, Place, whole
from vidbuild.reading.words import Part

_YEAR = later(r"(?:1\d|20)\d\d\Z")
_HOUSE = later(r"\d+[A-Za-z]?\Z")
_HOUSE_LETTER = later(r"(\d{1,4})([A-Z])\Z")
_ORDINAL = later(r"\d+(?:st|nd|rd|th)\Z")
_WORDS_OF_NAME = 3


def street(place: Place) -> Found | None:
    """Read "12 Elm St.", "Baker St. is near", "5th Ave." and "Sunset Blvd", with the dot that belongs to them."""
    chunk = place.chunks[place.at]
    spoken = tables.STREETS.get(chunk.key)
    name = place.previous
    if spoken is None or not chunk.core[:1].isupper() or chunk.core[1:] != chunk.core[1:].lower():
        return None
    if name.after or not (name.core[:1].isupper() or _ORDINAL.match(name.core)) or name.key in tables.MONTH:
        return None
    if chunk.key in tables.STREETS_OR_NAMES and not _is_street(place):
        return None
    following = place.chunks[place.at + 1].core[:1] if place.at + 1 < len(place.chunks) else ""
    ends_sentence = chunk.after == "." and (not following or following.isupper())
    return [[Part(0, len(chunk.core) + (chunk.after.startswith(".") and not ends_sentence), spoken)]]


def _is_street(place: Place) -> bool:
    """Return whether "St." stands for a street: in "12 Elm St.", not in "In 1980 Mount St. Helens"."""
    chunk = place.chunks[place.at]
    following = place.chunks[place.at + 1] if place.at + 1 < len(place.chunks) else None
    before_name = chunk.after in {"", "."} and following is not None and following.core[:1].isupper()
    house = _house_number(place)
    if not before_name:
        # "The Dr. is in": the first word of a sentence is capitalized whatever it is
        is_named = chunk.key != "dr" or bool(Place(place.chunks, place.at - 1).previous.core)
        return bool(house) or (chunk.after.startswith(".") and is_named)
    if not house or chunk.after != "." or (following is not None and following.key in tables.TOWNS_OF_SAINTS):
        return False
    return not (_YEAR.match(house) or place.previous.key in {*tables.MONTH, *tables.BEFORE_NAME})


def _house_number(place: Place) -> str:
    """Return the number before a name of up to three words; "" if there is none."""
    for _ in range(_WORDS_OF_NAME):
        place = Place(place.chunks, place.at - 1)
        before = place.previous
        if _HOUSE.match(before.core) and not before.after:
            return before.core
        if before.after or not before.core[:1].isupper():
            return ""
    return ""


def house_number(place: Place) -> Found | None:
    """Read the number of "221B Baker St.", whose letter is no unit."""
    found = _HOUSE_LETTER.match(place.core)
    if found is None or place.after:
        return None
    for steps in range(1, _WORDS_OF_NAME + 2):
        following = place.next(steps)
        if steps > 1 and following.key in {*tables.STREETS, *tables.STREETS.values()}:
            return [whole(place.core, f"{numbers.code(found[1])} {found[2]}")]
        if not following.core[:1].isupper():
            return None
    return None
