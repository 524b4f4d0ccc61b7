"""Reads plain scalars as the core schema of YAML 1.2 does: `no`, `on`, `1:30` and `2026-01-01` are text."""

from __future__ import annotations

import math
import re
from typing import Any

from vidbuild.json_types import Json
from vidbuild.written_float import WrittenFloat

MAX_DIGITS = 15  # a float has no more
_INT = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?\Z")
_ZEROS = re.compile(r"\.([0-9]*0)\Z")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class NumberError(ValueError):
    """A number that cannot be kept exactly enough; the message says why."""


def read_plain(text: str) -> Json:
    """Return the value of a plain scalar: None, a boolean, a number or text. Raises NumberError.

    A number with zeros at its end, such as 1.50, is a WrittenFloat.
    """
    if text in _WORDS:
        return _WORDS[text]
    if not (_INT.match(text) or _FLOAT.match(text)):
        return text
    if len(text) > MAX_DIGITS + 5:
        raise NumberError("number with too many digits")
    ends = _ZEROS.search(text)
    number = int(text) if _INT.match(text) else WrittenFloat(text, len(ends[1])) if ends else float(text)
    if number in {math.inf, -math.inf}:
        raise NumberError("number too large")
    return number
