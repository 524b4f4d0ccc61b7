"""Texts of strangers made such that a terminal, or a CI system that reads a log, obeys none. It knows no stream."""

from __future__ import annotations

import re

_BIDI = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROL = (*range(32), *range(127, 160), 0x2028, 0x2029)
_ONE_LINE = dict.fromkeys((*_CONTROL, *_BIDI), "\ufffd")
"""Characters that a terminal obeys, or that change the order of others."""
_OBEYED = {code: shown for code, shown in _ONE_LINE.items() if chr(code) not in "\t\n"}
_UNSEEN = "[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*"
_ORDER = re.compile(rf"#(?={_UNSEEN}#{_UNSEEN}\w*{_UNSEEN}\[)")
"""How a log of CI is given orders from anywhere in a line: `##[set-output …]`, `##vso[…]`, `##teamcity[…]`."""
_FIRST_ORDER = re.compile(r"^([^\w\n:]*):(?=:)", re.MULTILINE)
"""How it is given orders at the beginning of one: `::add-mask::`."""


def harmless(text: str) -> str:
    """The text without what a terminal, or a CI system that reads the log, would obey."""
    return _FIRST_ORDER.sub("\\1\ufffd", _ORDER.sub("\ufffd", text.translate(_OBEYED)))


def harmless_json(text: str) -> str:
    """Other JSON of the same value, with nothing that a CI system would obey."""
    return _ORDER.sub(r"\\u0023", text)


def one_line(text: str) -> str:
    """The text as one line, whatever its characters are: a file's name may have line ends in it."""
    return text.translate(_ONE_LINE)
