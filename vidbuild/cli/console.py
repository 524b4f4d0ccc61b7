"""Writing to the two streams: results to stdout, everything else to stderr. It knows nothing of what is written."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

_BIDI = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROL = (*range(32), *range(127, 160), 0x2028, 0x2029)
_OBEYED = {code: "\ufffd" for code in (*_CONTROL, *_BIDI) if chr(code) not in "\t\n"}
"""Characters that a terminal obeys, or that change the order of others: texts of specs and of tools go through here."""
_UNSEEN = "[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*"
_ORDER = re.compile(rf"#(?={_UNSEEN}#{_UNSEEN}\w*{_UNSEEN}\[)")
"""How a log of CI is given orders from anywhere in a line: `##[set-output …]`, `##vso[…]`, `##teamcity[…]`."""
_FIRST_ORDER = re.compile(r"^([^\w\n:]*):(?=:)", re.MULTILINE)
"""How it is given orders at the beginning of one: `::add-mask::`."""


def harmless(text: str) -> str:
    """The text without what a terminal, or a CI system that reads the log, would obey."""
    return _FIRST_ORDER.sub("\\1\ufffd", _ORDER.sub("\ufffd", text.translate(_OBEYED)))


def result(text: str) -> None:
    """Write what was asked for to stdout."""
    sys.stdout.write(harmless(text) + "\n")


def say(text: str) -> None:
    """Write a message to stderr, after what was written to stdout before it."""
    sys.stdout.flush()
    sys.stderr.write(harmless(text) + "\n")


def result_json(data: Mapping[str, Any]) -> None:
    """Write the one JSON object of `--json` to stdout."""
    text = json.dumps(data, ensure_ascii=False, indent=1, default=str)
    sys.stdout.write(_ORDER.sub(r"\\u0023", text) + "\n")


def is_terminal(stream: TextIO) -> bool:
    """Whether escape codes make sense on the stream."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def survive_closed_streams() -> None:
    """Where there is no stdout or stderr at all (`>&-`), what is written to it goes nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - it stays open


def survive_any_encoding() -> None:
    """Make a stream that cannot encode a character replace it instead of failing (LC_ALL=C)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def columns(rows: Iterable[tuple[str, str]], indent: str = "") -> str:
    """Two columns, the first as wide as its widest cell."""
    cells = list(rows)
    width = max((len(left) for left, _ in cells), default=0)
    return "\n".join(f"{indent}{left:<{width}}  {right}".rstrip() for left, right in cells)
