"""Make text from strangers safe to print: neither a terminal nor a CI system that reads the log obeys any of it."""

from __future__ import annotations

import re

_BIDI = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROL = (*range(32), *range(127, 160), 0x2028, 0x2029)

# Characters that a terminal obeys, or that reorder others, and what replaces them in one line.
_UNSAFE = dict.fromkeys((*_CONTROL, *_BIDI), "\ufffd")
_UNSAFE_IN_LINES = {code: mark for code, mark in _UNSAFE.items() if chr(code) not in "\t\n"}

# A workflow command anywhere in a line of a CI log: `##[set-output …]`, `##vso[…]`, `##teamcity[…]`.
_INVISIBLE = "[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*"
_COMMAND = re.compile(rf"#(?={_INVISIBLE}#{_INVISIBLE}\w*{_INVISIBLE}\[)")

# A workflow command at the start of a line: `::add-mask::`.
_LINE_COMMAND = re.compile(r"^([^\w\n:]*):(?=:)", re.MULTILINE)

# Escape sequences of a terminal: CSI, OSC (also unterminated), charset selection, and a lone ESC.
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]+[0-~]|[0-~])?")

# Unicode category Cc.
_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def sanitize(text: str) -> str:
    """Replace what a terminal or a CI system would obey; line ends and tabs stay."""
    return _LINE_COMMAND.sub("\\1\ufffd", _COMMAND.sub("\ufffd", text.translate(_UNSAFE_IN_LINES)))


def sanitize_json(text: str) -> str:
    """Return JSON of the same value without anything that a CI system would obey."""
    return _COMMAND.sub(r"\\u0023", text)


def sanitize_xml(text: str) -> str:
    """Return XML of the same content without anything that a CI system would obey; it has no CDATA and no comments."""
    return _LINE_COMMAND.sub("\\1&#58;", _COMMAND.sub("&#35;", text))


def without_commands(text: str) -> str:
    """Replace what a CI system would obey in a part of a line that is no beginning of a line."""
    return _COMMAND.sub("\ufffd", text)


def single_line(text: str) -> str:
    """Return the text as one safe line: even a file name may contain line ends."""
    return text.translate(_UNSAFE)


def strip_escapes(text: str) -> str:
    """Remove a terminal's escape sequences: colors, cursor movements, window titles."""
    return _ESCAPE.sub("", text)


def replace_controls(text: str, replacement: str = "") -> str:
    """Replace every control character (Unicode category Cc), line ends and tabs included."""
    return _CONTROL_CHARACTER.sub(replacement, text)
