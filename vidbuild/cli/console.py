"""Writing to the two streams: results to stdout, everything else to stderr. It knows nothing of what is written."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from vidbuild.sanitize import sanitize, sanitize_json


def result(text: str) -> None:
    """Write what was asked for to stdout."""
    sys.stdout.write(sanitize(text) + "\n")


def say(text: str) -> None:
    """Write a message to stderr, after what was written to stdout before it."""
    sys.stdout.flush()
    sys.stderr.write(sanitize(text) + "\n")


def result_json(data: Mapping[str, Any]) -> None:
    """Write the one JSON object of `--json` to stdout."""
    text = json.dumps(data, ensure_ascii=False, indent=1, default=str)
    sys.stdout.write(sanitize_json(text) + "\n")


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
