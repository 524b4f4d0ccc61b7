"""Reads what takes several chunks: a number and its unit, money and its scale, abbreviations and what follows."""

from __future__ import annotations

import re

from vidbuild.patterns import later
from vidbuild.reading import money, numbers, quantities, tables
from vidbuild.reading.chunks import Chunk, Found, Place, whole
from vidbuild.reading.letters import spell
from vidbuild.reading.lexicon import POSSESSIVE
from vidbuild.reading.words import Part

_AMOUNT = later(rf"[~≈±+<>≤≥−-]*({numbers.NUMBER})(?:(?:-|–)({numbers.NUMBER}))?\+?\Z")  # noqa: RUF001 - dashes
_MONEY = later(rf"((?:US|CA?|AU?|NZ|HK|S|R)?\$|[€£¥₹])({numbers.NUMBER})\Z")
_INITIALS = later(r"[A-Z]\.[A-Z](?:\.[A-Z])+\Z")
_ROUGH = later(r"(10{1,3}|10,000|1,000)'?s\Z")
_ROUGH_COUNTS = {2: "tens", 3: "hundreds", 4: "thousands", 5: "thousands", 6: "tens of thousands"}
_ROMAN = later(r"(?=[IVX])(X{0,3})(IX|IV|V?I{0,3})\Z")
_LONG_ROMAN = later(r"(?=..)(?:XL|LX{0,3})(?:IX|IV|V?I{0,3})\Z")
SMALL_ROMANS = frozenset("ii iii iv vi vii viii ix".split())  # noqa: SIM905 - reads better
_SIZES = frozenset(("class", "figure", "type", "version"))
_PHONE_START = later(r"\+\d{1,3}\Z|\(\d{2,5}\)\Z|0\d{2,4}\Z")
_PHONE_GROUP = later(r"\d{2,}(?:-\d{2,})*\Z")
_PHONE_LENGTH = 6
_PARTS_OF_ONE = later(rf"(\d)/(2|3|4|8)\Z|[{''.join(tables.VULGAR)}]\Z")
_OPERATORS = frozenset("& && + = == != >= <= < > -> => → | ||".split())  # noqa: SIM905 - reads better
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}
_SENTENCE = later(r"[\"'“‘«([]*[A-ZÀ-Þ]")  # noqa: RUF001 - quotation marks


def unit(place: Place) -> Found | None:
    """Read "3.5 GB", "$ 5", "5 €", "10 USD" and "$5 million"."""
    following = place.next()
    amount = _AMOUNT.match(place.core)
    name = following.core
    if amount and not following.before and (number := amount[2] or amount[1]):
        spoken = None
        if quantities.is_unit(name) and name not in tables.UNITS_NOT_ALONE:
            spoken = quantities.unit_name(name, "1" if place.previous.key in quantities.ARTICLES else number)
        elif name in tables.MONEY:
            spoken = tables.MONEY[name][number != "1"]
        if spoken is not None:
            read = quantities.read(place)
            return None if read is None else [*read, whole(name, spoken)]
    price = _MONEY.match(place.core)
    if price and following.key in tables.SCALE_WORDS:
        return [whole(place.core, numbers.decimal(price[2])), whole(name, f"{name} {tables.MONEY[price[1]][1]}")]
    if place.core in tables.MONEY and name and re.fullmatch(numbers.NUMBER, name) and not place.core.isalpha():
        return [whole(place.core, ""), whole(name, money.amount_of(place.core, name))]
    return None


def telephone(place: Place) -> Found | None:
    """Read "+1 555 123 4567", "(030) 123 4567", "0800 123 456" and "call 911" digit by digit."""
    if place.previous.key in tables.DIALED and place.core in tables.EMERGENCIES:
        return [whole(place.core, _digits(place.core))]
    start = place.chunks[place.at].before + place.core + place.after
    if not _PHONE_START.match(start) or (start[0] == "0" and place.previous.core[-1:].isdecimal()):
        return None
    found = [whole(place.core, _digits(place.core))]
    for at in range(place.at + 1, len(place.chunks)):
        chunk = place.chunks[at]
        if not _PHONE_GROUP.match(chunk.core) or (chunk.before and chunk.before != "("):
            break
        found.append(whole(chunk.core, _digits(chunk.core)))
        if chunk.after not in {"", ")"}:
            break
    return found if len(found) > 1 and sum(len(part[0].spoken.split()) for part in found) > _PHONE_LENGTH else None


def _digits(text: str) -> str:
    groups = (numbers.spelled(group) for group in re.findall(r"\d+", text))
    return ("plus " if text.startswith("+") else "") + ", ".join(groups)


def abbreviation(place: Place) -> Found | None:
    """Read "e.g.", "Dr. Smith", "No. 5", with the dot that belongs to them."""
    chunk = place.chunks[place.at]
    if chunk.key in tables.SLASHED:
        return [whole(chunk.core, tables.SLASHED[chunk.key])]
    if chunk.key in {"am", "pm"} and place.previous.core[-1:].isdecimal():
        return [whole(chunk.core, f"{chunk.core[0].upper()}.M")]
    initials = _INITIALS.match(chunk.core)
    spoken = chunk.core if initials else tables.ABBREVIATIONS.get(chunk.key)
    following = place.chunks[place.at + 1] if place.at + 1 < len(place.chunks) else Chunk(0, "")
    if spoken is None or not (initials or _is_abbreviation(place, chunk, following)):
        return None
    dot = chunk.after.startswith(".") and not _ends_sentence(chunk, following)
    return [[Part(0, len(chunk.core) + dot, spoken)]]


def _is_abbreviation(place: Place, chunk: Chunk, following: Chunk) -> bool:
    """Return whether letters that can be a word are an abbreviation here."""
    key, next_core = chunk.key, following.core
    if "." not in chunk.core and (chunk.core.isupper() or not chunk.core[1:].islower()) and len(chunk.core) > 1:
        return False  # "NO", "MRs"
    if key in tables.BEFORE_NAME:
        return (
            chunk.core[:1].isupper()
            and (next_core[:1].isupper() or (key in tables.WITHOUT_DOT and next_core == "and"))
            and (chunk.after == "." or key in tables.WITHOUT_DOT)
        )
    if not chunk.after.startswith(".") or chunk.after.startswith(".."):
        return key in tables.WITHOUT_DOT
    if key in tables.BEFORE_DIGIT and not (next_core[:1].isdecimal() and chunk.after == "."):
        return key in tables.BEFORE_WORD and next_core[:1].islower()
    return key not in tables.AFTER_NAME or (chunk.core[:1].isupper() and place.previous.core[:1].isupper())


def _ends_sentence(chunk: Chunk, following: Chunk) -> bool:
    """Return whether an abbreviation's dot is a full stop as well."""
    if chunk.after != "." or chunk.key in tables.NEVER_LAST | tables.BEFORE_NAME | tables.BEFORE_DIGIT:
        return False
    return not following.core or bool(_SENTENCE.match(following.before + following.core))


def letter(place: Place) -> Found | None:
    """Read the name "a" beside a sign, as in "a = 1", which is no article."""
    if place.key != "a":
        return None
    before, after = place.previous.core, place.next().core
    named = after in _OPERATORS or (before in _OPERATORS and (place.after or place.at + 1 == len(place.chunks)))
    return [whole(place.core, spell(place.core))] if named else None


def mixed(place: Place) -> Found | None:
    """Read "2 1/2 hours" and "1 ½"."""
    following = place.next()
    if not re.fullmatch(r"\d{1,3}", place.core) or following.before:
        return None
    found = _PARTS_OF_ONE.match(following.core)
    if found is None or (found[1] and int(found[1]) >= int(found[2])):
        return None
    spoken = numbers.fraction(found[1], found[2]) if found[1] else tables.VULGAR[following.core]
    return [
        whole(place.core, numbers.cardinal(place.core)),
        whole(following.core, f"and {spoken.replace('one ', 'a ')}"),
    ]


def rough_count(place: Place) -> Found | None:
    """Read "100s of files"."""
    found = _ROUGH.match(place.core)
    if found is None or place.after or place.next().key != "of":
        return None
    return [whole(place.core, _ROUGH_COUNTS[len(found[1])])]


def unit_alone(place: Place) -> Found | None:
    """Read a unit without a number, as in "in MB"."""
    if place.core in tables.UNITS_WITHOUT_NUMBER:
        return [whole(place.core, tables.UNITS[place.core][1])]
    return None


def roman(place: Place) -> Found | None:
    """Read the number of "Chapter IV" and of "Henry VIII"."""
    core, previous = place.core, place.previous
    for ending in POSSESSIVE:
        if core.endswith(ending) and previous.key in tables.KINGS:
            chunk = place.chunks[place.at]._replace(core=core.removesuffix(ending))
            spoken = roman(Place([*place.chunks[: place.at], chunk], place.at))
            return spoken and [whole(core, f"{spoken[0][0].spoken}'s")]
    if core in SMALL_ROMANS and previous.key in tables.ROMAN_AFTER:
        core = core.upper()
    if _LONG_ROMAN.match(core) and not previous.after and previous.key in tables.ROMAN_AFTER - _SIZES:
        return [whole(core, numbers.cardinal(str(_value(core))))]
    if not core or previous.after or not _ROMAN.match(core):
        return None
    if previous.key in tables.KINGS and len(core) + (core != "I") > 1:
        return [whole(place.core, f"the {numbers.ordinal(str(_value(core)))}")]
    several = len(core) > 1 and set(core) != {"X"} and core not in {"IV", "VI", "XI", "XV", "XX"}
    if previous.key in tables.ROMAN_AFTER or (several and previous.core[:1].isupper()):
        return [whole(place.core, numbers.cardinal(str(_value(core))))]
    return None


def _value(roman_number: str) -> int:
    values = [_VALUES[letter] for letter in roman_number]
    return sum(
        -value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True)
    )


def dash(place: Place) -> Found | None:
    """Read the sign between two numbers, as in "3 - 5" and "2 * 3"."""
    if place.core not in {"-", "–", "−", "*", "/", "x", "×", ":"} or place.at + 1 >= len(place.chunks):  # noqa: RUF001 - dashes
        return None
    before, after = place.chunks[place.at - 1].core if place.at else "", place.next().core
    if not (before[-1:].isdecimal() and after[:1].isdecimal()):
        return None
    names = {"*": "times", "/": "over", "x": "by", "×": "times", ":": "to", "−": "minus"}  # noqa: RUF001 - a sign
    result = place.next(2).core == "="
    return [whole(place.core, names.get(place.core) or ("minus" if result else "to"))]
