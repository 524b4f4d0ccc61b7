"""Reads amounts of money in English."""

from __future__ import annotations

from vidbuild.patterns import later
from vidbuild.reading import numbers, tables
from vidbuild.reading.chunks import Place

_N = numbers.NUMBER
_MONEY_SIGN = r"(?:(?:US|CA?|AU?|NZ|HK|S|R)?\$|[€£¥₹₩₿])"
_SCALE = r"(k|K|M|m|B|bn|T)"
_MONEY = later(rf"({_MONEY_SIGN})({_N}|\.\d{{2}}){_SCALE}?(?:[-\u2013]\1?({_N}){_SCALE}?)?((?:/[a-z]+)*)\Z")
_MONEY_AFTER = later(rf"({_N})(k|K|M|m|bn)?({_MONEY_SIGN})\Z")


def read(core: str, place: Place) -> str | None:
    """Read "$5.99", "€20-30", "$1.5M" and "5€"; of "$5 million" only the number."""
    found = _MONEY.match(core)
    if found:
        sign, amount, scale, upper, upper_scale, per = found.groups()
    else:
        after = _MONEY_AFTER.match(core)
        if after is None:
            return None
        amount, scale, sign = after.groups()
        upper = upper_scale = per = None
    if place.next().key in tables.SCALE_WORDS and not scale:
        return numbers.decimal(amount)  # "$5 million": the next chunk has the currency
    spoken = amount_of(sign, amount, scale) if upper is None else None
    if upper is not None:
        low = numbers.decimal(amount) + (f" {tables.SCALES[scale]}" if scale else "")
        spoken = f"{low} to {amount_of(sign, upper, upper_scale)}"
    return spoken and spoken + "".join(
        f" per {tables.UNITS[each][0] if each in tables.UNITS else each}" for each in (per or "").split("/")[1:]
    )


def amount_of(sign: str, amount: str, scale: str | None = None) -> str:
    """Return an amount of money in words."""
    one, many, parts = tables.MONEY[sign]
    whole_part, _, cents = amount.replace(",", "").partition(".")
    if scale:
        return f"{numbers.decimal(amount)} {tables.SCALES[scale]} {many}"
    if len(cents) == 2 and parts:  # noqa: PLR2004 - hundredth parts
        name = parts if int(cents) != 1 or parts in {"pence", "paise", "rappen"} else parts.removesuffix("s")
        small = f"{numbers.cardinal(str(int(cents)))} {name}"
        if int(cents) == 0:
            return f"{numbers.cardinal(whole_part or '0')} {one if whole_part == '1' else many}"
        if int(whole_part or "0") == 0:
            return small
        return f"{numbers.cardinal(whole_part)} {one if whole_part == '1' else many} and {small}"
    return f"{numbers.decimal(amount)} {one if amount == '1' else many}"
