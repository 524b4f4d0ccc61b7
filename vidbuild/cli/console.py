"""Writes to the two streams: results to stdout, everything else to stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from vidbuild.sanitize import sanitize, sanitize_json


def result(text: str) -> None:
    """Write a part of the command's result to stdout."""
    sys.stdout.write(sanitize(text) + "\n")


def message(text: str) -> None:
    """Write a message to stderr, after everything that was written to stdout before it."""
    sys.stdout.flush()
    sys.stderr.write(sanitize(text) + "\n")


def discard(_line: str) -> None:
    """Print nothing, as the user asked."""


def result_json(data: Mapping[str, Any]) -> None:
    """Write the one JSON object of `--json` to stdout."""
    text = json.dumps(data, **json_form())
    sys.stdout.write(sanitize_json(text) + "\n")


def json_form() -> dict[str, Any]:
    """Return the parameters of json.dumps for a JSON object on stdout."""
    return {"ensure_ascii": not _is_unicode(sys.stdout), "indent": 1, "default": str}


def result_document(text: str) -> None:
    """Write a document for another program to stdout, whose makers have replaced what a CI system would obey.

    XML has references for what the stream cannot encode.
    """
    if text.startswith("<") and not _is_unicode(sys.stdout):
        text = text.encode("ascii", "xmlcharrefreplace").decode()
    sys.stdout.write(f"{text}\n" if text else "")


def _is_unicode(stream: TextIO) -> bool:
    """Return whether the stream can encode every character."""
    return (stream.encoding or "utf-8").lower().replace("-", "").startswith("utf")


def is_terminal(stream: TextIO) -> bool:
    """Return whether the stream is a terminal that understands escape codes."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def open_missing_streams() -> None:
    """If a standard stream is closed (`<&-`, `>&-`), read nothing from it, or discard what is written to it."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 - it stays open


def set_encoding() -> None:
    """Write a replacement for characters that a stream cannot encode (LC_ALL=C), instead of failing.

    In a file or pipe on Windows, write UTF-8 as on other systems, unless PYTHONIOENCODING sets something else.
    """
    for stream in (sys.stdout, sys.stderr):
        if not hasattr(stream, "reconfigure"):
            continue
        stream.reconfigure(errors="replace")
        if sys.platform == "win32" and not stream.isatty() and not os.environ.get("PYTHONIOENCODING"):
            stream.reconfigure(encoding="utf-8", newline="\n")


def columns(rows: Iterable[tuple[str, str]], indent: str = "") -> str:
    """Return two aligned columns."""
    cells = list(rows)
    width = max((len(left) for left, _ in cells), default=0)
    return "\n".join(f"{indent}{left:<{width}}  {right}".rstrip() for left, right in cells)
