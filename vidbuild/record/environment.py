"""The environment of commands that are recorded: the same on every machine but for `PATH`, and what a scene adds."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from vidbuild.record.fault import RecordError

FIXED: Mapping[str, str] = {
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "TERM": "xterm-256color",
    "USER": "user",
    "LOGNAME": "user",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
    "MANPAGER": "cat",
    "SYSTEMD_PAGER": "cat",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "PS1": "$ ",
    "PS2": "> ",
}
_DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin"
SHORTEST_SECRET = 4  # characters: shorter values are in many outputs by chance


def environment(home: Path, temp: Path, entries: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the whole environment, and the variables in it that the user's own environment has given.

    entries: NAME=VALUE, or the NAME of a variable to take. Raises RecordError for one that is not set.
    """
    made = {**FIXED, "PATH": os.environ.get("PATH") or _DEFAULT_PATH, "HOME": str(home), "TMPDIR": str(temp)}
    taken: dict[str, str] = {}
    for index, entry in enumerate(entries):
        name, is_set, value = entry.partition("=")
        if not is_set:
            if name not in os.environ:
                message = f"the variable '{name}' is not set in your environment"
                raise RecordError(f"record.env.{index}", message, f"set it, or write {name}=VALUE")
            value = taken[name] = os.environ[name]
        made[name] = value
    return made, taken
