"""What English has words for: units, money, signs, abbreviations, months and keys, from `english.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_DATA: Mapping[str, Any] = json.loads(Path(__file__).with_name("english.json").read_text(encoding="utf-8"))


def _names(key: str) -> frozenset[str]:
    names = _DATA[key]
    return frozenset((names if isinstance(names, str) else " ".join(names)).split())


UNITS: Mapping[str, tuple[str, str]] = {unit: (one, many) for unit, (one, many) in _DATA["units"].items()}
"""unit -> how one and several are spoken"""
UNITS_NOT_ALONE = _names("units_not_alone")
"""Units that are words or names as well, so that they are units only right after a number."""
UNITS_WITHOUT_NUMBER = _names("units_without_number")

MONEY: Mapping[str, tuple[str, str, str]] = {sign: (a, b, c) for sign, (a, b, c) in _DATA["money"].items()}
"""sign -> how one, several and hundredth parts are spoken"""
SCALES: Mapping[str, str] = _DATA["scales"]
SCALE_WORDS = _names("scale_words")

SIGNS: Mapping[str, str] = _DATA["signs"]
"""Signs that stand alone."""
SYMBOLS: Mapping[str, str] = _DATA["symbols"]
"""Signs within a chunk, of mathematics and money, that would be silent otherwise."""
BEFORE_NUMBER: Mapping[str, str] = _DATA["before_number"]
PATH_SIGNS: Mapping[str, str] = _DATA["path_signs"]
ADDRESS_SIGNS: Mapping[str, str] = _DATA["address_signs"]
CODE_SIGNS: Mapping[str, str] = _DATA["code_signs"]
PATH_NAMES: Mapping[str, str] = _DATA["path_names"]
"""Folders and endings of files that are spoken in another way than elsewhere."""

ABBREVIATIONS: Mapping[str, str] = _DATA["abbreviations"]
"""Abbreviations without their last dot."""
BEFORE_DIGIT = _names("before_digit")
"""Abbreviations that are words as well: only a number after them shows what they are."""
BEFORE_NAME = _names("before_name")
"""Abbreviations that stand before a name."""
AFTER_NAME = _names("after_name")
BEFORE_WORD = _names("before_word")
"""Those of `BEFORE_DIGIT` that a small letter shows as well."""
WITHOUT_DOT = _names("without_dot")
"""Abbreviations that need no dot."""
NEVER_LAST = _names("never_last")
AFTER_INCHES = _names("after_inches")
"""Abbreviations whose dot never ends a sentence."""
STREETS: Mapping[str, str] = _DATA["streets"]
"""Abbreviations behind the name of a street, without their dot."""
STREETS_OR_NAMES = _names("streets_or_names")
"""Those that stand before names too, with another meaning."""
TOWNS_OF_SAINTS = _names("towns_of_saints")
"""Names after "St.", of places rather than of people who begin a sentence."""
SLASHED: Mapping[str, str] = _DATA["slashed"]

MONTHS: tuple[str, ...] = tuple(_DATA["months"].split())
MONTH = {**{name.lower(): name for name in MONTHS}, **{name[:3].lower(): name for name in MONTHS}, "sept": "September"}
DAYS: Mapping[str, str] = _DATA["days"]

KEYS: Mapping[str, str] = _DATA["keys"]
MODIFIERS = _names("modifiers")
VERSIONED = _names("versioned")
"""Words after which a number with a dot is a version."""
ROMAN_AFTER = _names("roman_after")
KINGS = _names("kings")
NUMBERED = _names("numbered")
PARTS_OF_CHAPTERS = _names("parts_of_chapters")
"""Words after which a number is a name, read in pairs of digits."""
DIALED = _names("dialed")
"""Words after which one of `EMERGENCIES` is read digit by digit."""
EMERGENCIES = _names("emergencies")
MENUS = _names("menus")
"""Names that menus, pages and panels often have."""
COUNTED = _names("counted")
"""Words after which "1/3" is the first of three."""
NO_NAMES = _names("no_names")
"""Words that are no name, although a sentence may begin with them."""
VERBS_OF_VERSIONS = _names("verbs_of_versions")
"""Words that follow the version of something, and never an amount."""
BEFORE_YEAR = _names("before_year")
STRESSED = _names("stressed")
"""Words in capitals that are stressed. Others of up to three letters are acronyms."""
CONSONANTS = _names("consonants")
"""Words without a vowel that are not spelled."""
VULGAR: Mapping[str, str] = _DATA["vulgar"]
"""Fractions that are one character."""
