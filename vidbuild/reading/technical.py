"""Reads signs of technical prose around numbers: durations, powers, ranges of versions, rates, hours of a day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from vidbuild.patterns import later
from vidbuild.reading import numbers, quantities, tables
from vidbuild.reading.chunks import Found, Place, whole

_DURATION = later(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?:in)?)?(?:(\d+)s)?\Z")
_SHORT = later(r"(\d+(?:\.\d+)?)([kKmMgGtT])\Z")
_MEMORY = {"k": "kilo", "m": "mega", "g": "giga", "t": "tera"}
_OF_MEMORY = later(
    r"mem(?!b)|size|heap|stack|buf|cache|disk|storage|space|swap|shm|quota|upload|body|payload|bytes|volume"
    r"|(?<![^\W_])ram(?!p)|(?-i:Ram(?!p))",  # no part of "param" or "frame"
    re.IGNORECASE,
)
_OF_COUNTS = later(r"(?:batch|pool|sample|vocab|population)[_-]?size", re.IGNORECASE)
_OF_TIME = later(
    r"time|ttl|interval|delay|wait|alive|duration|period|deadline|expir|grace|since|until|every|window|frequency|sleep"
    r"|refresh|poll|lifetime|cooldown|backoff|retry|schedule|maxage"
    r"|(?<![^\W_])age|(?-i:Age)",  # no part of "page" or "image"
    re.IGNORECASE,
)
_PARTS = ("day", "hour", "minute", "second")
_POWER = later(rf"({numbers.NUMBER}|[a-z])(?:\^|\*\*)([-−+]?)(\d+)\Z")  # noqa: RUF001 - a minus sign
_POWERS = {"2": "squared", "3": "cubed"}
_PROTOCOL = later(r"([A-Z]{2,5})/(\d+\.\d+)\Z")
_BOUNDS = later(r"(?:(?:>=|<=|==|!=|~=|~>|[<>^~])\d+(?:\.\d+)*,?)+\Z")
_BOUND = later(r"([<>=!~^]+)(\d+(?:\.\d+)*)")
_RATE = later(r"([a-z]{3,}s)/(s|sec|min|h|day|month|year)\Z")
_TWO_UNITS = 4
# Units of one measure, between which "/" is an "or", as in "sizes in MB/GB".
_ALIKE = tuple(
    map(frozenset, (("kB", "KB", "MB", "GB", "TB"), ("KiB", "MiB", "GiB", "TiB"), ("kg", "lb", "lbs"), ("km", "mi")))
)
_PERS = {"s": "second", "sec": "second", "min": "minute", "h": "hour"}
_HOURS = later(r"([ap])\.?m\.?[-\u2013\u2014](\d{1,2})(?::(\d\d))?(?:([ap])m)?\Z", re.IGNORECASE)
_DIGEST = later(r"(sha\d{1,3}|md5):([0-9a-f]{7,128})\Z", re.IGNORECASE)
_PER = later(r"([$€£¥₹])((?:/[A-Za-zµ]+[²³]?)+)\Z")
_INCHES_OF_FEET = later(r"(\d{1,2})['’′](\d{1,2})\Z")  # noqa: RUF001 - apostrophes
_ARC = later(r"(\d{1,2})([′″])\Z")  # noqa: RUF001 - a prime
_HEX = later(r"0x(\d+)\Z")
_STATUS = later(r"[1-5]\d\d\Z")
_STATUS_OF = frozenset("error errors page pages response responses status".split())  # noqa: SIM905 - reads better
_MODEL = later(r"\d[1-9]\d\d\Z|\d\d[1-9]\d\Z")
_NAME = later(r"[A-Z]{3,5}\Z")
_PLACE = later(r"(\d{1,3})/(\d{1,3})\Z")
_PART = later(r"(\d{1,3})[-\u2010\u2011\u2013](\d{1,3})\Z")
_SEASON = later(r"((?:19|20)(\d\d))([/\u2013-])(\d\d)\Z")


def read(place: Place) -> Found | None:
    """Read a chunk that is one of these as a whole."""
    spoken = next((found for rule in _RULES if (found := rule(place.core, place)) is not None), None)
    return None if spoken is None else [whole(place.core, spoken)]


def _duration(core: str, place: Place) -> str | None:
    """Read "1h30m", "30m" beside "1h", and "5m" before "30s"."""
    found = _DURATION.match(core)
    if not core[:1].isdecimal() or found is None:
        return None
    parts = _parts_of(found)
    beside = re.fullmatch(r"\d+[dhm]", place.previous.core) and not place.previous.after
    follows = core.endswith("m") and re.fullmatch(r"\d+s", place.next().core)
    if len(parts) < 2 and not (beside and core[-1] in "hms") and not follows:  # noqa: PLR2004 - alone, it is a unit
        return None
    return _parts_in_words(parts)


def _parts_of(found: re.Match[str]) -> list[tuple[int, str]]:
    return [(int(number), name) for number, name in zip(found.groups(), _PARTS, strict=True) if number]


def _parts_in_words(parts: Sequence[tuple[int, str]]) -> str:
    return " ".join(f"{numbers.cardinal(str(number))} {name}{'s' * (number != 1)}" for number, name in parts)


def assigned(name: str, value: str) -> str | None:
    """Return how a value with a unit is read behind a name and a "="; None if it is anything else.

    A letter that is the unit of several things, as in "5m", is read by what the name is of: memory or time. If the name
    does not say, it is a letter.
    """
    short = _SHORT.match(value)
    letter = short[2] if short else ""
    if short and _is_memory(name, letter):
        return f"{numbers.decimal(short[1])} {_MEMORY[letter.lower()]}byte{'s' * (short[1] != '1')}"
    if short and letter != "g" and not (letter == "m" and _OF_TIME.search(name)):
        return f"{numbers.decimal(short[1])} {letter.upper()}"
    found = _DURATION.match(value)
    if value[:1].isdecimal() and found is not None and value[-1].isalpha():
        return _parts_in_words(_parts_of(found))
    return quantities.with_unit(value)


def _is_memory(name: str, letter: str) -> bool:
    """Return whether a letter is the unit of memory: of "cache_ttl=5m" it is not, whose last word is one of time."""
    if _OF_COUNTS.search(name):
        return False
    patterns = (_OF_MEMORY, _OF_TIME)
    memory, time = (max((each.end() for each in pattern.finditer(name)), default=0) for pattern in patterns)
    return memory > (time if letter == "m" else 0)


def _power(core: str, _place: Place) -> str | None:
    """Read "2^10" and "n**2"."""
    found = _POWER.match(core)
    if found is None:
        return None
    base = numbers.decimal(found[1]) if found[1][0].isdecimal() else found[1].upper()
    if not found[2] and found[3] in _POWERS:
        return f"{base} {_POWERS[found[3]]}"
    sign = "minus " if found[2] in {"-", "−"} else ""  # noqa: RUF001 - a minus sign
    return f"{base} to the power of {sign}{numbers.cardinal(found[3])}"


def _protocol(core: str, _place: Place) -> str | None:
    """Read "HTTP/1.1"."""
    found = _PROTOCOL.match(core)
    return found and f"{'.'.join(found[1])} {numbers.version(found[2])}"


def _bounds(core: str, _place: Place) -> str | None:
    """Read ">=3.11,<4"."""
    if "," not in core or not _BOUNDS.match(core):
        return None
    return ", ".join(_bound(sign, number) for sign, number in _BOUND.findall(core))


def _bound(sign: str, number: str) -> str:
    return f"{tables.BEFORE_NUMBER.get(sign, tables.SIGNS.get(sign, sign))} {numbers.version(number)}"


def _rate(core: str, _place: Place) -> str | None:
    """Read "requests/s"."""
    found = _RATE.match(core)
    return found and f"{found[1]} per {_PERS.get(found[2], found[2])}"


def _hours(core: str, place: Place) -> str | None:
    """Read the middle of "9 am-5 pm"."""
    found = _HOURS.match(core)
    if found is None or not place.previous.core[-1:].isdecimal():
        return None
    return " ".join(_spoken_hours(*found.groups()))


def _spoken_hours(half: str, hour: str, minute: str | None, last: str | None) -> Iterator[str]:
    yield f"{half.upper()}.M to {numbers.cardinal(hour)}"
    if minute and minute != "00":
        yield numbers.cardinal(minute) if minute[0] != "0" else f"oh {numbers.cardinal(minute[1])}"
    if last:
        yield f"{last.upper()}.M"


def _hexadecimal(core: str, _place: Place) -> str | None:
    """Read "0x80070005", which has no letter."""
    found = _HEX.match(core)
    return found and f"hex {numbers.spelled(found[1])}"


def _digest(core: str, _place: Place) -> str | None:
    """Read the first digits of "sha256:9f86d081884c"."""
    found = _DIGEST.match(core)
    if found is None:
        return None
    name, number = re.split(r"(?=\d)", found[1].lower(), maxsplit=1)
    shown = " ".join(numbers.DIGITS[int(each)] if each.isdecimal() else each.upper() for each in found[2][:7])
    rest = " and so on" if len(found[2]) > 7 else ""  # noqa: PLR2004 - the shown digits
    return f"{'shah' if name == 'sha' else 'M.D'} {numbers.code(number)} {shown}{rest}"


def _per(core: str, _place: Place) -> str | None:
    """Read "$/month", and the units of "kg/m³" without a number."""
    found = _PER.match(core)
    if found:
        each = (tables.UNITS[name][0] if name in tables.UNITS else name for name in found[2].split("/")[1:])
        return " per ".join((tables.MONEY[found[1]][1], *each))
    measured, _, per = core.partition("/")
    if len(core) < _TWO_UNITS or measured not in tables.UNITS or per not in tables.UNITS:
        return None
    if any({measured, per} <= each for each in _ALIKE):
        return f"{tables.UNITS[measured][1]} or {tables.UNITS[per][1]}"
    return f"{tables.UNITS[measured][1]} per {tables.UNITS[per][0]}"


def _feet(core: str, place: Place) -> str | None:
    """Read "5'11"", whose sign of inches is after the chunk or left out."""
    found = _INCHES_OF_FEET.match(core)
    if found is None or not place.after.startswith(('"', "″", "''")):
        return None
    return f"{numbers.cardinal(found[1])} foot {numbers.cardinal(found[2])}"


def _arc(core: str, place: Place) -> str | None:
    """Read the minutes and seconds after degrees."""
    found = _ARC.match(core)
    if found is None or place.previous.core[-1:] not in {"°", "′"}:  # noqa: RUF001 - a prime
        return None
    name = "minute" if found[2] == "′" else "second"  # noqa: RUF001 - a prime
    return f"{numbers.cardinal(found[1])} {name}{'s' * (found[1] != '1')}"


def _status(core: str, place: Place) -> str | None:
    """Read the number of "a 404 error"."""
    following = place.next().key
    return numbers.code(core) if _STATUS.match(core) and following in _STATUS_OF else None


def _model(core: str, place: Place) -> str | None:
    """Read the number of "RTX 4090"."""
    previous = place.previous
    return numbers.code(core) if _MODEL.match(core) and _NAME.match(previous.core) and not previous.after else None


def _place(core: str, place: Place) -> str | None:
    """Read "step 1/3", and "1/3" in square brackets."""
    found, chunk = _PLACE.match(core), place.chunks[place.at]
    if found is None or int(found[1]) > int(found[2]):
        return None
    framed = chunk.before.endswith("[") and chunk.after.startswith("]")
    if not framed and place.previous.key not in tables.COUNTED:
        return None
    return f"{numbers.cardinal(found[1])} of {numbers.cardinal(found[2])}"


def _part_of_chapter(core: str, place: Place) -> str | None:
    """Read "Figure 2-1", whose first number is that of the chapter."""
    found = _PART.match(core)
    before = place.chunks[place.at - 1] if place.at else place.previous  # also "Fig.", whose dot ends no sentence
    if (
        found is None
        or before.key not in tables.PARTS_OF_CHAPTERS
        or before.after not in {"", "." * (before.key == "fig")}
    ):
        return None
    return f"{numbers.cardinal(found[1])} dash {numbers.cardinal(found[2])}"


def _season(core: str, _place: Place) -> str | None:
    """Read "2024-25" and "2025/26", if the second year follows the first."""
    found = _SEASON.match(core)
    if found is None or (int(found[2]) + 1) % 100 != int(found[4]):
        return None
    joined = f"oh {found[4][1]}" if found[4][0] == "0" else numbers.cardinal(found[4])
    return f"{numbers.year(found[1])} {'' if found[3] == '/' else 'to '}{joined}"


_RULES = (
    _digest,
    _per,
    _feet,
    _arc,
    _duration,
    _power,
    _protocol,
    _bounds,
    _rate,
    _hours,
    _hexadecimal,
    _status,
    _model,
    _place,
    _part_of_chapter,
    _season,
)
