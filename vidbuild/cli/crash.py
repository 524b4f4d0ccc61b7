"""Saves the report of a bug in vidbuild, without secrets."""

from __future__ import annotations

import os
import platform
import re
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

from vidbuild import __version__

_HIDDEN = "…"
_SECRET = re.compile("KEY|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|AUTH|PROXY")
_SHORTEST = 4  # characters; a shorter secret would also match ordinary words


def report_bug(error: BaseException | str, args: Sequence[str]) -> list[str]:
    """Save a report and return the lines that lead the user to it.

    error: an exception, or a worker's traceback as text.
    args: the command's arguments.
    """
    message = error.strip().splitlines()[-1] if isinstance(error, str) else f"{type(error).__name__}: {error}"
    return [
        f"vidbuild: a bug in vidbuild: {_without_secrets(message, args)}",
        f"      hint: please report it with the text in {save_report(error, args)}",
    ]


def save_report(error: BaseException | str, args: Sequence[str]) -> Path:
    """Save a report that can be published as it is, and return its path."""
    handle, name = tempfile.mkstemp(prefix="vidbuild-bug-", suffix=".md")
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(_text(error, args))
    return Path(name)


def _text(error: BaseException | str, args: Sequence[str]) -> str:
    trace = error if isinstance(error, str) else "".join(traceback.format_exception(error))
    lines = [
        "### A bug in vidbuild",
        "",
        f"- vidbuild {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"- command: `{' '.join(['vidbuild', *_without_values(args)])}`",
        "",
        "```",
        trace.rstrip(),
        "```",
        "",
    ]
    return _without_home(_without_secrets("\n".join(lines), args))


def _without_values(args: Sequence[str]) -> list[str]:
    """Return the arguments without the values of `--var`, which may be secrets."""
    kept: list[str] = []
    for arg in args:
        if kept and kept[-1] == "--var":
            kept.append(arg.partition("=")[0] + "=" + _HIDDEN)
        elif arg.startswith("--var="):
            kept.append("=".join([*arg.split("=")[:2], _HIDDEN]))
        else:
            kept.append(arg)
    return kept


def _without_secrets(text: str, args: Sequence[str]) -> str:
    """Replace the values of variables that look secret by their names, and the values of `--var`."""
    values = {value.strip(): f"${name}" for name, value in os.environ.items() if _is_secret(name, value)}
    for before, arg in zip(["", *args], args, strict=False):
        if before == "--var" or arg.startswith("--var="):
            values.setdefault(arg.removeprefix("--var=").partition("=")[2].strip(), _HIDDEN)
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, values[value]) if len(value) >= _SHORTEST else text
    return text


def _is_secret(name: str, value: str) -> bool:
    return bool(_SECRET.search(name.upper())) or ("://" in value and "@" in value)


def _without_home(text: str) -> str:
    home = os.path.expanduser("~")  # noqa: PTH111 - unlike Path.home(), it does not raise if the user has none
    text = text.replace(home, "~") if len(home) > 1 else text
    return text.replace(sys.prefix, "$PREFIX")
