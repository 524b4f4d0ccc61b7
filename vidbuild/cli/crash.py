"""The report that is saved when vidbuild itself is at fault; it knows nothing of how that came about."""

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
_SHORTEST = 4  # characters: what is shorter stands in many a text


def told(error: BaseException | str, args: Sequence[str]) -> list[str]:
    """Save a report and return the lines that tell the user of it."""
    fact = error.strip().splitlines()[-1] if isinstance(error, str) else f"{type(error).__name__}: {error}"
    return [
        f"vidbuild: a bug in vidbuild: {_without_secrets(fact, args)}",
        f"      hint: please report it with the text in {save(error, args)}",
    ]


def save(error: BaseException | str, args: Sequence[str]) -> Path:
    """Save a report that can be pasted as it is, and return where. An error as text comes from a worker's traceback."""
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
    """What `--var` sets may be anybody's secret: keep the names only."""
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
    """Put names in the place of what the environment keeps secret, as far as names tell, and of what `--var` sets."""
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
    home = os.path.expanduser("~")  # noqa: PTH111 - where nobody knows it, this raises nothing
    text = text.replace(home, "~") if len(home) > 1 else text
    return text.replace(sys.prefix, "$PREFIX")
