"""Reads dates and times of day in English."""

from __future__ import annotations

import re

from vidbuild.patterns import later
from vidbuild.reading import numbers, tables
from vidbuild.reading.chunks import Found, Place, whole
from vidbuild.reading.words import Part

_ISO = later(r"(\d{4})-(\d{2})-(\d{2})(?:[T_](\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?\Z")
_ISO_MONTH = later(r"(\d{4})-(\d{2})\Z")
_SLASHED = later(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})\Z|(\d{4})/(\d{1,2})/(\d{1,2})\Z")
_WITH_DOTS = later(r"(\d{1,2})\.(\d{1,2})\.((?:19|20)\d{2})\Z")  # the day is first wherever dots are usual
_NUMBERED = frozenset(("build", "driver", "firmware", "patch", "tag", "update"))  # and versions, which have numbers
_DAY = later(r"(\d{1,2})(?:st|nd|rd|th)?\Z")
_DAYS_RANGE = later(r"(\d{1,2})(?:-|–)(\d{1,2})\Z")  # noqa: RUF001 - a dash
_YEAR = later(r"[12]\d{3}\Z")
_DOTTED = later(r"(\d{1,2})\.(\d{2})([ap])\.?m\Z", re.IGNORECASE)
_CLOCK = later(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:h|([ap])\.?m)?\Z", re.IGNORECASE)
_HOUR = re.compile(r"(\d{1,2})([ap])\.?m\Z", re.IGNORECASE)
_FROM_TO = later(r"([\d:apm.]{3,8})[-\u2013]([\d:apm.]{3,8})\Z", re.IGNORECASE)
_DAYS_FROM_TO = later(r"([A-Z][a-z]{2,4})[-\u2013]([A-Z][a-z]{2,4})\Z")
_HALF = later(r"([ap])\.?m\Z", re.IGNORECASE)
_RATIO = later(r"(\d{1,3}):(\d{1,3})\Z")
_MONTHS, _DAYS, _HOURS, _MINUTES, _NOON = 12, 31, 24, 60, 12


def read(place: Place, language: str) -> Found | None:
    """Read a date or a time, with the chunks after it that belong to it."""
    core = place.core
    if core[:1].isdigit():
        alone = _date(core, language) or _date_with_dots(place) or _time(place)
        return [whole(core, alone)] if alone else _day_first(place)
    return _month_first(place) or _weekday(place)


def _date(core: str, language: str) -> str | None:
    found = _ISO.match(core)
    if found:
        year, month, day, hour, minute, zone = found.groups()
        spoken = _in_words(year, month, day)
        if spoken is None or hour is None:
            return spoken
        return f"{spoken}, {clock(hour, minute)}{' U.T.C' if zone == 'Z' else ''}"
    month_only = _ISO_MONTH.match(core)
    if month_only and 1 <= int(month_only[2]) <= _MONTHS and core[:2] in {"19", "20"}:
        return f"{tables.MONTHS[int(month_only[2]) - 1]} {numbers.year(month_only[1])}"
    return _with_slashes(core, language)


def _date_with_dots(place: Place) -> str | None:
    found = _WITH_DOTS.match(place.core)
    if place.previous.key in tables.VERSIONED or place.previous.key in _NUMBERED:
        return None
    return found and _in_words(found[3], found[2], found[1])


def _with_slashes(core: str, language: str) -> str | None:
    slashed = _SLASHED.match(core)
    if slashed is None:
        return None
    if slashed[4]:
        return _in_words(slashed[4], slashed[5], slashed[6])
    month, day = slashed[1], slashed[2]
    if int(month) > _MONTHS or language.lower() in {"en-gb", "en-au", "en-nz", "en-ie", "en-in", "en-za"}:
        month, day = day, month
    return _in_words(slashed[3] if len(slashed[3]) > 2 else f"20{slashed[3]}", month, day)  # noqa: PLR2004 - "26"


def _in_words(year: str, month: str, day: str) -> str | None:
    if not (1 <= int(month) <= _MONTHS and 1 <= int(day) <= _DAYS):
        return None
    return f"{tables.MONTHS[int(month) - 1]} {numbers.ordinal(day)}, {numbers.year(year)}"


def clock(hour: str, minute: str, half: str = "") -> str:
    """Return a time of day in words: "fourteen thirty", "two oh five P.M", "nine o'clock"."""
    name = f" {half.upper()}.M" if half else ""
    if int(minute) == 0:
        full = int(hour) if half or not int(hour) else -1
        if full == 0:
            return "midnight"
        if half:
            return f"{numbers.cardinal(str(int(hour)))}{name}"
        return (
            f"{numbers.cardinal(str(int(hour)))} o'clock" if int(hour) <= _NOON else f"{numbers.cardinal(hour)} hundred"
        )
    minutes = f"oh {numbers.cardinal(str(int(minute)))}" if minute[0] == "0" else numbers.cardinal(minute)
    hours = "zero" if hour in {"00", "0"} else numbers.cardinal(str(int(hour)))
    return f"{hours} {minutes}{name}"


def _time(place: Place) -> str | None:  # noqa: PLR0911 - one for each kind
    found = _CLOCK.match(place.core)
    if found and int(found[1]) < _HOURS and int(found[2]) < _MINUTES:
        hour, minute, second, half = found.groups()
        if second is not None:
            length = _length(hour, minute, second)
            if length:
                return length
            rest = f"oh {numbers.cardinal(str(int(second)))}" if second[0] == "0" else numbers.cardinal(second)
            minutes = f"oh {numbers.cardinal(str(int(minute)))}" if minute[0] == "0" else numbers.cardinal(minute)
            return f"{numbers.cardinal(str(int(hour)))} {minutes} {rest}"
        if not half and _HALF.match(place.next().core) and int(minute) == 0:
            return numbers.cardinal(str(int(hour)))
        return clock(hour, minute, half or "")
    dotted = _DOTTED.match(place.core)
    if dotted and 1 <= int(dotted[1]) <= _NOON and int(dotted[2]) < _MINUTES:
        return clock(*dotted.groups())
    from_to = _FROM_TO.match(place.core)
    if from_to:
        times = [_HOUR.match(each) or _CLOCK.match(each) for each in from_to.groups()]
        spoken = [_clock_of(each) for each in times if each]
        return " to ".join(spoken) if len(spoken) == len(times) else None
    ratio = _RATIO.match(place.core)
    if ratio:
        return f"{numbers.cardinal(ratio[1])} to {numbers.cardinal(ratio[2])}"
    hour_only = _HOUR.match(place.core)
    if hour_only and 1 <= int(hour_only[1]) <= _NOON:
        return clock(hour_only[1], "00", hour_only[2])
    return None


def _length(hour: str, minute: str, second: str) -> str | None:
    """Read "00:05:30" and "1:30:00", which are lengths: hours of one digit, and none, are no times of a day."""
    if not (hour == "00" or (len(hour) == 1 and second == "00")) or (hour == minute == "00" == second):
        return None
    named = zip((hour, minute, second), ("hour", "minute", "second"), strict=True)
    return " ".join(
        f"{numbers.cardinal(str(int(each)))} {name}{'s' * (int(each) != 1)}" for each, name in named if int(each)
    )


def _is_month(core: str) -> bool:
    return core[:1].isupper() and core.lower() in tables.MONTH and (core != core.upper() or len(core) > 3)  # noqa: PLR2004 - letters


def _clock_of(found: re.Match[str]) -> str:
    if found.re is _HOUR:
        return clock(found[1], "00", found[2])
    return clock(found[1], found[2], found[4] or "")


def _month_first(place: Place) -> Found | None:
    """Read "Nov 29, 2026", "May 5" and "Dec. 2026"."""
    if not _is_month(place.core) or place.after not in {"", "."} or place.at + 1 >= len(place.chunks):
        return None
    month, following = whole(place.core, tables.MONTH[place.core.lower()]), place.chunks[place.at + 1]
    if place.after == ".":
        month = [Part(0, len(place.core) + 1, month[0].spoken)]
    if _YEAR.match(following.core) and not following.before:
        return [month, whole(following.core, numbers.year(following.core))]
    days = _DAYS_RANGE.match(following.core)
    if days:
        spoken = f"{numbers.ordinal(days[1])} to {numbers.ordinal(days[2])}"
    elif (day := _DAY.match(following.core)) and 1 <= int(day[1]) <= _DAYS:
        spoken = numbers.ordinal(day[1])
    else:
        return None
    found = [month, whole(following.core, spoken)]
    if following.after in {",", ""} and place.at + 2 < len(place.chunks):
        year = place.chunks[place.at + 2]
        if _YEAR.match(year.core) and not year.before:
            found.append(whole(year.core, numbers.year(year.core)))
    return found


def _day_first(place: Place) -> Found | None:
    """Read "29 Nov 2026" and "the 3rd May"."""
    day, month = _DAY.match(place.core), place.next()
    if day is None or not 1 <= int(day[1]) <= _DAYS or not _is_month(month.core):
        return None
    article = "" if place.previous.key == "the" else "the "
    name = f"of {tables.MONTH[month.key]}"
    found = [whole(place.core, f"{article}{numbers.ordinal(day[1])}"), whole(month.core, name)]
    year = place.chunks[place.at + 2] if place.at + 2 < len(place.chunks) else None
    if year and month.after in {"", ",", "."} and _YEAR.match(year.core):
        found.append(whole(year.core, numbers.year(year.core)))
    return found


def _weekday(place: Place) -> Found | None:
    """Read "Mon, Nov 29" and "Fri 14:00"; "sat" and "sun" are words elsewhere."""
    span = _DAYS_FROM_TO.match(place.core)
    for names in (tables.DAYS, tables.MONTH) if span else ():
        if span and all(each.lower() in names for each in span.groups()):
            return [whole(place.core, " to ".join(names[each.lower()] for each in span.groups()))]
    name = tables.DAYS.get(place.core.lower())
    if name is None or not place.core.istitle() or place.at + 1 >= len(place.chunks):
        return None
    following = place.chunks[place.at + 1].core
    if place.after in {"", ",", ".,"} and (_is_month(following) or following[:1].isdigit()):
        return [whole(place.core, name)]
    return None
