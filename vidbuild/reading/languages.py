"""Reads abbreviations, units, money, dates, ranges and addresses in languages other than English.

Numbers stay digits, which voices of each language read. A rule is here if espeak reads something wrong without it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from vidbuild.patterns import later
from vidbuild.reading.chunks import Found, Place, whole
from vidbuild.reading.words import Part

DATA = Path(__file__).with_name("languages.json")
_JOINER = "\u066c"  # the Arabic sign between thousands
_NUMBER = r"\d+(?:[.,\u066b\u066c]\d+)*"
_ATTACHED = later(rf"([~≈<>±+−-]*)({_NUMBER})(\D+)\Z")  # noqa: RUF001 - a minus sign
_ALONE = later(rf"[~≈<>±+−-]*({_NUMBER})\Z")  # noqa: RUF001 - as above
_PRICE = later(rf"(US\$|R\$|[$€£¥₹₩])({_NUMBER})\Z")
_RANGE = later(r"([1-9]\d{0,3})[-\u2013](\d{1,4})(\D*)\Z")
_ISO = later(r"(\d{4})-(\d{2})-(\d{2})\Z")
_DOTTED_DATE = later(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\Z")
_SLASHED_DATE = later(r"(\d{1,2})/(\d{1,2})/(\d{4})\Z")
_DECIMAL = later(r"(\d+)[.,\u066b](\d+)(\D*)\Z")
_CLOCK = later(r"(\d{1,2})[:.](\d{2})\Z")
_ADDRESS = later(r"(?:https?://|mailto:)(\S+)\Z|([\w.+-]+@[\w-]+(?:\.[\w-]+)+)\Z|(www\.\S+)\Z")
_GROUPS = later(
    r"(?<![\w.,+(/-])(?<!\d[ \u00a0])[1-9]\d{0,2}"
    r"(?:(?:[\u00a0\u2007\u2009\u202f]\d{3})+|(?: \d{3})* 000(?: \d{3})*)(?!\d|-\d| \d)"
)
_DATIVE = frozenset("ab am beim bis dem den seit vom zum".split())  # noqa: SIM905 - German, reads better
_AT_ENDS = frozenset("usw etc osv ecc itd itp д п".split())  # noqa: SIM905 - "and so on"
_LONGEST, _MONTHS, _DAYS = 3, 12, 31
_OLD_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")


@cache
def table(language: str) -> Mapping[str, Any]:
    """Return what is known of a language; an empty mapping if nothing is."""
    data: Mapping[str, Mapping[str, Any]] = json.loads(DATA.read_text(encoding="utf-8"))
    return data.get(re.split("[-_]", language.lower())[0].replace("cmn", "zh"), {})


def rules(language: str) -> tuple[Callable[[Place], Found | None], ...]:
    """Return the rules of a language, which are tried in order."""
    known = table(language)
    if not known:
        return ()
    read = (_abbreviation, _address, _date, _money, _range, _unit, _clock, _ordinal, _number)
    return tuple(partial(rule, known=known) for rule in read)


def join_groups(text: str) -> str:
    """Return a text in which a sign joins groups of three digits."""
    return _GROUPS.sub(lambda found: re.sub(r"\D", _JOINER, found[0]), text)


def is_mixed(language: str) -> bool:
    """Return whether a language has its words beside numbers and Latin letters without a space."""
    return bool(re.match("(?:ja|zh|cmn|yue|ko|th)(?![a-z])", language.lower()))


def _abbreviation(place: Place, known: Mapping[str, Any]) -> Found | None:
    """Read "z. B." and "z.B.", "Nr. 5" and what needs no dot."""
    known_names: Mapping[str, str] = known.get("abbreviations", {})
    for length in range(_LONGEST, 0, -1):
        chunks = place.chunks[place.at : place.at + length]
        if len(chunks) < length or not all(each.after.startswith(".") and each.core for each in chunks):
            continue
        if any(each.after != "." for each in chunks[:-1]) or any(each.before for each in chunks[1:]):
            continue
        letters = ".".join(each.core for each in chunks)
        spoken = known_names.get(letters) or known_names.get(letters.replace(".", ""))
        if spoken is None and length == 1:
            spoken = _before_number(place, known) or _before_name(place, known)
        if spoken is not None:
            kept = _ends_sentence(place, length)
            first, *others = chunks
            return [
                [Part(0, len(first.core) + (not kept or bool(others)), spoken)],
                *([Part(0, len(each.core) + (not kept or each is not chunks[-1]), "")] for each in others),
            ]
    spoken = known.get("without_dot", {}).get(place.core)
    return spoken and [whole(place.core, spoken)]


def _ends_sentence(place: Place, length: int) -> bool:
    """Return whether the last dot of an abbreviation is a full stop as well."""
    last = place.at + length
    if last == len(place.chunks):
        return True
    return place.chunks[last - 1].core.split(".")[-1] in _AT_ENDS and place.chunks[last].core[:1].isupper()


def _before_number(place: Place, known: Mapping[str, Any]) -> str | None:
    following = place.chunks[place.at + 1].core if place.at + 1 < len(place.chunks) else ""
    found: str | None = known.get("before_number", {}).get(place.core)
    return found if following[:1].isdecimal() else None


def _before_name(place: Place, known: Mapping[str, Any]) -> str | None:
    """Return the title that a letter is before a name, as in "avec M. Dupont"; not in "Robert M. Pirsig"."""
    following = place.chunks[place.at + 1].core if place.at + 1 < len(place.chunks) else ""
    found: str | None = known.get("before_name", {}).get(place.core)
    is_initial = place.previous.core[:1].isupper() and bool(Place(place.chunks, place.at - 1).previous.core)
    return found if following[:1].isupper() and not is_initial else None


def _address(place: Place, known: Mapping[str, Any]) -> Found | None:
    """Read the signs of an address on the web or of mail by their names."""
    found = _ADDRESS.match(place.core)
    if found is None or "signs" not in known:
        return None
    address = (found[1] or found[2] or found[3]).rstrip("/")
    parts = re.findall(r"\w+|\W", address)
    return [whole(place.core, " ".join(known["signs"].get(part, part) for part in parts))]


def _date(place: Place, known: Mapping[str, Any]) -> Found | None:
    """Read "2026-11-29", "29.11.2026" or "29/11/2026", and the day of "3. Mai" in German."""
    iso = _ISO.match(place.core)
    local = _DOTTED_DATE.match(place.core) or (_SLASHED_DATE.match(place.core) if known.get("date") == "/" else None)
    if iso or local:
        year, month, day = iso.groups() if iso else reversed(local.groups()) if local else ("", "", "")
        spoken = _date_in_words(place, (year, int(month), int(day)), known)
        return None if spoken is None else [whole(place.core, spoken)]
    following = place.chunks[place.at + 1].core if place.at + 1 < len(place.chunks) else ""
    months = known.get("months", "").split()
    if known.get("ordinal_day") and place.after == "." and _is_day(place.core) and following in months:
        return [[Part(0, len(place.core) + 1, _day(place, int(place.core), known))]]
    return None


def _is_day(core: str) -> bool:
    """Return whether a number is a day: "2026. Mai" are the ends of two sentences."""
    return core.isdecimal() and len(core) <= len(str(_DAYS)) and 1 <= int(core) <= _DAYS


def _date_in_words(place: Place, date: tuple[str, int, int], known: Mapping[str, Any]) -> str | None:
    year, month, day = date
    if not (1 <= month <= _MONTHS and 1 <= day <= _DAYS):
        return None
    if "iso" in known:
        return str(known["iso"].format(year=year, month=month, day=day))
    if "months" not in known:
        return None
    named, of = known["months"].split()[month - 1], f" {known['of']}" if "of" in known else ""
    return f"{_day(place, day, known)}{of} {named}{of} {year}"


def _day(place: Place, day: int, known: Mapping[str, Any]) -> str:
    if not known.get("ordinal_day"):
        return str(day)
    return _num2words(day, "de") + "n" * (place.previous.key in _DATIVE)


def _num2words(number: int, language: str) -> str:
    from num2words import num2words  # type: ignore[import-untyped] # it has no types

    return str(num2words(number, lang=language, to="ordinal"))


def _name(number: str, names: str | Sequence[str]) -> str:
    """Return the form of a unit's name after a number: one, few, many and part in Slavic languages."""
    if isinstance(names, str):
        return names
    if len(names) < 4:  # noqa: PLR2004 - the forms of Slavic languages
        return names[number.replace(_JOINER, "") != "1"]
    number = number.replace(_JOINER, "")
    if not number.isdecimal():
        return names[3]
    last, teens = int(number[-1]), number[-2:-1] == "1"
    is_russian = names[0][0] > "\u0400"  # where 21 is followed by what 1 is
    if last == 1 and not teens and (number == "1" or is_russian):
        return names[0]
    return names[1] if last in {2, 3, 4} and not teens else names[2]


def _unit(place: Place, known: Mapping[str, Any]) -> Found | None:
    """Read "5 GB", "5GB" and "10 %"."""
    units, before = known.get("units", {}), known.get("before", {})
    attached = _ATTACHED.match(place.core)
    if attached and attached[3] in {**units, **before}:
        sign, number, unit = attached.groups()
        if unit in before:
            return [whole(place.core, f"{sign}{before[unit]}{_plain(number, known)}")]
        return [whole(place.core, f"{sign}{_plain(number, known)} {_name(number, units[unit])}")]
    number_alone, unit = _ALONE.match(place.core), place.next().core
    if number_alone is None or place.next().before or unit not in {**units, **before}:
        return None
    if unit in before:
        return [whole(place.core, before[unit] + _plain(place.core, known)), whole(unit, "")]
    return [whole(place.core, _plain(place.core, known)), whole(unit, _name(number_alone[1], units[unit]))]


def _money(place: Place, known: Mapping[str, Any]) -> Found | None:
    """Read "$20", "R$ 20" and "20 $"."""
    money = known.get("money", {})
    price = _PRICE.match(place.core)
    if price and price[1] in money:
        return [whole(place.core, f"{_plain(price[2], known)} {_name(price[2], money[price[1]])}")]
    following = place.next().core
    if place.core in money and _ALONE.match(following):
        return [
            whole(place.core, ""),
            whole(following, f"{_plain(following, known)} {_name(following, money[place.core])}"),
        ]
    if _ALONE.match(place.core) and following in money:
        return [whole(place.core, _plain(place.core, known)), whole(following, _name(place.core, money[following]))]
    return None


def _range(place: Place, known: Mapping[str, Any]) -> Found | None:
    """Read "3-5" and "3-5 GB"."""
    found = _RANGE.match(place.core)
    if found is None or "range" not in known or int(found[1]) >= int(found[2]):
        return None
    unit = known.get("units", {}).get(found[3])
    if found[3] and unit is None:
        return None
    spoken = f"{found[1]} {known['range']} {found[2]}"
    following = known.get("units", {}).get(place.next().core)
    if following is not None and not found[3]:
        return [whole(place.core, spoken), whole(place.next().core, _name(found[2], following))]
    return [whole(place.core, f"{spoken} {_name(found[2], unit)}" if unit else spoken)]


def _clock(place: Place, known: Mapping[str, Any]) -> Found | None:
    """Read "14:30 Uhr", whose last word is said between the numbers."""
    name, following = known.get("clock"), place.next().core
    found = _CLOCK.match(place.core)
    if found is None or not name or following != name:
        return None
    minutes = "" if found[2] == "00" else f" {int(found[2])}"
    return [whole(place.core, f"{int(found[1])} {name}{minutes}"), whole(following, "")]


def _ordinal(place: Place, known: Mapping[str, Any]) -> Found | None:
    """Read "75e" in French."""
    endings = known.get("ordinals")
    found = re.fullmatch(rf"(\d{{1,4}})(?:{endings})", place.core) if endings else None
    return found and [whole(place.core, _num2words(int(found[1]), "fr"))]


def _number(place: Place, known: Mapping[str, Any]) -> Found | None:
    """Read "3.5" if voices would leave out the sign, and "1 000 000"."""
    if not _ALONE.match(place.core.translate(_OLD_DIGITS)):
        return None
    before = place.chunks[place.at - 1].key if place.at else ""
    if before in known.get("before_clock", "").split() and _CLOCK.match(place.core):  # "kl. 14.30" is no decimal
        return None
    spoken = _plain(place.core, known)
    return None if spoken == place.core else [whole(place.core, spoken)]


def _plain(number: str, known: Mapping[str, Any]) -> str:
    """Return a number with the word for its decimal sign, if voices of the language leave that out."""
    number = number.replace(_JOINER, "")
    number = number.translate(_OLD_DIGITS) if known.get("decimal") else number
    found = _DECIMAL.match(number)
    if found is None or "decimal" not in known or found[3] or (len(found[2]) == 3 and "," in number):  # noqa: PLR2004 - a group
        return number
    joined = "" if known["decimal"] == "てん" else " "
    return f"{found[1]}{joined}{known['decimal']}{joined}{found[2]}"
