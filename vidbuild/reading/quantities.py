"""Reads numbers in English with what belongs to them: units, money, versions, ranges, fractions, signs."""

from __future__ import annotations

import re

from vidbuild.patterns import later
from vidbuild.reading import money, numbers, tables
from vidbuild.reading.chunks import Found, Place, whole
from vidbuild.reading.letters import spell
from vidbuild.reading.lexicon import is_name

_N = numbers.NUMBER
_PLAIN = later(rf"{_N}\Z")
_SIGNED = later(rf"({'|'.join(map(re.escape, sorted(tables.BEFORE_NUMBER, key=len, reverse=True)))})(?=[\d.$€£¥₹v])")
_UNIT = later(rf"({_N})([-\u2011]?)({'|'.join(map(re.escape, sorted(tables.UNITS, key=len, reverse=True)))})\Z")
_RANGE = later(rf"({_N})(?:-|–|—|\.\.\.?|…)({_N})(.*)\Z")  # noqa: RUF001 - dashes
_SUFFIX = (
    r"(?>[-+.~_]?(?:rc|alpha|beta|dev|post|pre|preview|snapshot|SNAPSHOT|final|nightly|build|lts|LTS|a|b|p)[.-]?\d*)"
)
_VERSION = later(rf"(v|V)?(\d+(?:\.\d+)*(?:\.[x*])?)((?:{_SUFFIX})*+)(\+[\w.]+)?\Z")
_NAME_VERSION = later(r"([A-Za-z][A-Za-z+#]*?)[-@]?v?(\d+(?:\.\d+)+)\Z")
_SIDES = later(r"(\d[^\s\u2013\u2014-]{0,20})[-\u2013\u2014](\d[^\s\u2013\u2014-]{0,20})\Z")
_UTC = later(r"(UTC|GMT)([+-])(\d{1,2})\Z")
_SUFFIX_PART = later(r"[A-Za-z]+|\d+")
_FRACTION_ALONE = later(rf"\.(\d+)({'|'.join(map(re.escape, sorted(tables.UNITS, key=len, reverse=True)))})?\Z")
_PRODUCT = later(rf"({_N})[*×·]({_N})\Z")  # noqa: RUF001 - signs
_ORDINAL = later(r"(\d{1,3}(?:,\d{3})*|\d+)(?:st|nd|rd|th)\Z")
_DECADE = later(r"((?:1[1-9]|20)\d|\d)0'?s\Z")
_QUARTER = later(r"Q[1-4]\Z|H[12]\Z")
_FRACTION = later(r"(\d{1,3})/(\d{1,3})(?:rds?|ths?)?\Z")
_SIZE = later(rf"({_N})[x\u00d7]({_N})(?:[x\u00d7]({_N}))?\Z")
_TIMES = later(rf"({_N})(?:-|–)?([x\u00d7])\Z")  # noqa: RUF001 - as above
_LINES = later(r"(\d{3,4})([pi])(\d{2,3})?\Z")
_SCALED = later(rf"({_N})(k|K|M|bn)(\+?)\Z")
_EXPONENT = later(r"(\d+(?:\.\d+)?)[eE]([+-]?)(\d{1,3})\Z")
_PHONE = later(r"(\+?\d{1,3}[-.])?(?:\(?\d{2,4}\)?[-.])+\d{3,}(?:-\d+)*\Z")
_DOTTED_PHONE = later(r"\d{3}\.\d{3}\.\d{4}\Z|1-\d{3}-\d{3}-\d{4}\Z")
_GROUPS = later(r"\d{3,}(?:-\d{2,}){2,}\Z|(?!\d[05]0-\d\d[05]0\Z)\d{3}-\d{4}\Z")  # 555-1234, but not 500-1000
_COMPOUND = later(rf"({_N})[-\u2011]([A-Za-z]+(?:-[A-Za-z]+)*)\Z")
_MIXED = later(rf"(\d+)?([{''.join(tables.VULGAR)}])(.*)\Z")
ARTICLES = frozenset(("a", "an"))
_COMPARISONS = frozenset((">=", "<=", "==", "~=", "!=", "^", "~>"))
_YEARS = range(1900, 2100)
_MAX_DENOMINATOR, _TWO, _DECADE_DIGITS = 10, 2, 3


def read(place: Place) -> Found | None:
    """Read a chunk that begins with a number or with a sign before one."""
    spoken = _quantity(place.core, place)
    if spoken is None:
        spoken = _signed(place.core, place)
    return None if spoken is None else [whole(place.core, spoken)]


def _quantity(core: str, place: Place) -> str | None:
    for rule in (_number, _phone, _version, _unit, money.read, _ordinal, _range, _fraction, _size, _other):
        spoken = rule(core, place)
        if spoken is not None:
            return spoken
    return None


def _signed(core: str, place: Place) -> str | None:
    signed = _SIGNED.match(core)
    if signed is None:
        return None
    sign, rest = signed[1], core[signed.end() :]
    if sign in _COMPARISONS and rest.count(".") == 1 and re.fullmatch(r"[\d.]+", rest):
        return f"{tables.BEFORE_NUMBER[sign]} {numbers.version(rest)}"
    spoken = _quantity(rest, place)
    return None if spoken is None else f"{tables.BEFORE_NUMBER[sign]} {spoken}"


def _number(core: str, place: Place) -> str | None:  # noqa: PLR0911 - one for each kind
    fraction = _FRACTION_ALONE.match(core)
    if fraction:
        unit = f" {tables.UNITS[fraction[2]][1]}" if fraction[2] else ""
        return f"point {numbers.spelled(fraction[1])}{unit}"
    if re.fullmatch(rf"{_N}\+", core):
        if core.count(".") == 1 and is_version(place):
            return f"{numbers.version(core[:-1])} plus"
        return f"{numbers.decimal(core[:-1])} plus"
    if not _PLAIN.match(core):
        return None
    if "." in core and core.count(".") == 1 and "," not in core and is_version(place):
        return numbers.version(core)
    if len(core) == 4 and core.isdecimal() and is_year(core, place):  # noqa: PLR2004 - a year's digits
        return numbers.year(core)
    if core.isdecimal() and place.previous.key in tables.NUMBERED:
        return numbers.code(core)
    return numbers.decimal(core)


def is_version(place: Place) -> bool:
    """Return whether a number with a dot stands after the name of something that has versions."""
    name = place.previous.core
    if place.previous.after:
        return False
    if name in _COMPARISONS or is_name(name) or name.lower().rstrip("0123456789") in tables.VERSIONED:
        return True
    if not name[:1].isupper():
        return False
    if place.at > 1 and Place(place.chunks, place.at - 1).previous.core:
        return True
    return name.lower() not in tables.NO_NAMES and _follows_name(place)


def _follows_name(place: Place) -> bool:
    """Return whether a number after the first word of a sentence is a version, as in "Acme 2.10 is out"."""
    whole_part, _, fraction = place.core.rstrip("+").partition(".")
    following = place.next().key
    if whole_part == "0" or is_unit(place.next().core) or following in {"percent", *tables.SCALE_WORDS}:
        return False
    return following in tables.VERBS_OF_VERSIONS or bool(re.fullmatch("[1-9]0", fraction))


def is_year(digits: str, place: Place) -> bool:
    """Return whether four digits are a year: of this or the last century, and no number of something."""
    if int(digits) not in _YEARS:
        return False
    if _QUARTER.match(place.previous.core):
        return True
    following = place.next().core
    counts = (
        following.isalpha()
        and following.islower()
        and following.endswith("s")
        and following not in {"is", "was", "has", "as"}
    )
    return not counts or place.previous.key in tables.BEFORE_YEAR


def _version(core: str, place: Place) -> str | None:
    found = _VERSION.match(core)
    if found:
        v, number, suffix, build = found.groups()
        if not v and number.count(".") < _TWO and not (suffix and "." in number) and not number.endswith(("x", "*")):
            return None
        words = [numbers.version(number.rstrip(".x*"))]
        if number.endswith(("x", "*")):
            words.append("point X" if number.endswith("x") else "point star")
        parts = _SUFFIX_PART.findall(suffix)
        words += (numbers.code(part) if part.isdecimal() else _suffix(part) for part in parts)
        if build:
            words += [
                "plus",
                *(numbers.code(each) if each.isdecimal() else each for each in re.findall(r"[A-Za-z]+|\d+", build)),
            ]
        if v:
            said = place.previous.key in {"version", "release", "versions"}
            words[:0] = [] if said else ["version"] if "." in number else ["V"]
        return " ".join(words)
    named = _NAME_VERSION.match(core)
    if named and named[1].lower() in tables.VERSIONED | {"py"}:
        return f"{named[1]} {numbers.version(named[2])}"
    return None


def _names_decade(place: Place) -> bool:
    before = place.chunks[place.at].before
    return place.previous.key in {"the", "early", "late", "mid"} or before.endswith(("'", "\u2019"))


def _suffix(part: str) -> str:
    return spell(part) if len(part) <= _TWO or part.isupper() else part.lower()


def _unit(core: str, place: Place) -> str | None:
    found = _UNIT.match(core)
    if found is None:
        return None
    number, hyphen, unit = found.groups()
    if unit == "s" and (_DECADE.match(core) and (_names_decade(place) or len(number) > _DECADE_DIGITS)):
        return None
    if unit == "B" and len(number) < 3:  # noqa: PLR2004 - "7B" is no number of bytes
        return f"{numbers.decimal(number)} B"
    if unit in {"d", "l"} and len(number) == 1 and unit == "l":
        return None
    return f"{numbers.decimal(number)} {unit_name(unit, '1' if hyphen or place.previous.key in ARTICLES else number)}"


def with_unit(text: str) -> str | None:
    """Return how a number with a unit is spoken, None for anything else."""
    found = _UNIT.match(text)
    return found and f"{numbers.decimal(found[1])} {unit_name(found[3], found[1])}"


def unit_name(unit: str, number: str) -> str:
    """Return how a unit is spoken after a number."""
    measured, _, per = unit.partition("/")
    several = number.replace(",", "") != "1"
    return (
        tables.UNITS[unit][several]
        if unit in tables.UNITS
        else f"{tables.UNITS[measured][several]} per {tables.UNITS[per][0]}"
    )


def is_unit(name: str) -> bool:
    """Return whether a word is a unit, or one per another."""
    measured, slash, per = name.partition("/")
    return name in tables.UNITS or (bool(slash) and measured in tables.UNITS and per in tables.UNITS)


def _ordinal(core: str, place: Place) -> str | None:
    found = _ORDINAL.match(core)
    if found:
        return numbers.ordinal(found[1].replace(",", ""))
    decade = _DECADE.match(core)
    if decade and (len(decade[1]) == _DECADE_DIGITS or _names_decade(place)):
        return numbers.decade(f"{decade[1]}0")
    return None


def _range(core: str, place: Place) -> str | None:
    found, sides = _RANGE.match(core), _SIDES.match(core)
    if sides and not found:
        both = [_quantity(each, place) for each in sides.groups()]
        return f"{both[0]} to {both[1]}" if all(both) else None
    if found is None or _GROUPS.match(core):
        return None
    low, high, rest = found.groups()
    if not rest:
        years = len(low) == len(high) == 4 and all(each.isdecimal() and int(each) in _YEARS for each in (low, high))  # noqa: PLR2004 - digits
        read_one = numbers.year if years else numbers.decimal
        return f"{read_one(low)} to {read_one(high)}"
    upper = _quantity(high + rest, place)
    return None if upper is None or "-" in rest else f"{numbers.decimal(low)} to {upper}"


def _fraction(core: str, place: Place) -> str | None:
    del place
    found = _FRACTION.match(core)
    if found and int(found[2]):
        above, below = found.groups()
        if int(above) < int(below) <= _MAX_DENOMINATOR and above[0] != "0":
            return numbers.fraction(above, below)
        return f"{numbers.cardinal(above)} {'out of' if int(above) <= int(below) else 'over'} {numbers.cardinal(below)}"
    mixed = _MIXED.match(core)
    if mixed is None:
        return None
    before, sign, rest = mixed.groups()
    spoken = (
        f"{numbers.cardinal(before)} and {tables.VULGAR[sign].replace('one ', 'a ')}" if before else tables.VULGAR[sign]
    )
    if not rest:
        return spoken
    return f"{spoken} {tables.UNITS[rest][1]}" if rest in tables.UNITS else None


def _size(core: str, place: Place) -> str | None:
    found = _SIZE.match(core)
    if found:
        return " by ".join(
            numbers.code(each) if each.isdecimal() else numbers.decimal(each) for each in found.groups() if each
        )
    product = _PRODUCT.match(core)
    if product:
        return f"{numbers.decimal(product[1])} times {numbers.decimal(product[2])}"
    times = _TIMES.match(core)
    if times:
        return f"{numbers.decimal(times[1])} {'X' if place.next().core in {*'+-=*/'} else 'times'}"
    lines = _LINES.match(core)
    if lines:
        rate = f" {numbers.cardinal(lines[3])}" if lines[3] else ""
        return f"{numbers.code(lines[1])} {lines[2].upper()}{rate}"
    return None


def _phone(core: str, place: Place) -> str | None:
    del place
    if _GROUPS.match(core) or _DOTTED_PHONE.match(core) or (core.startswith("+") and _PHONE.match(core)):
        groups = re.findall(r"\d+", core)
        return ("plus " if core[0] == "+" else "") + ", ".join(numbers.spelled(group) for group in groups)
    return None


def _other(core: str, place: Place) -> str | None:
    zone = _UTC.match(core)
    if zone:
        return f"{spell(zone[1])} {'plus' if zone[2] == '+' else 'minus'} {numbers.cardinal(str(int(zone[3])))}"
    exponent = _EXPONENT.match(core)
    if exponent and len(core) < 7:  # noqa: PLR2004 - longer ones are hashes
        sign = {"-": "minus ", "+": "", "": ""}[exponent[2]]
        return f"{numbers.decimal(exponent[1])} times ten to the {sign}{numbers.cardinal(str(int(exponent[3])))}"
    scaled = _SCALED.match(core)
    if scaled:
        number, scale, plus = scaled.groups()
        name = "K" if scale == "K" and number in {"2", "4", "5", "6", "8", "16"} else tables.SCALES[scale]
        return f"{numbers.decimal(number)} {name}{' plus' if plus else ''}"
    found = _COMPOUND.match(core)
    if found and place.core == core:
        unit = found[2]
        number = numbers.decimal(found[1])
        return f"{number} {unit.replace('-', ' ')}" if unit.islower() else None
    return None
