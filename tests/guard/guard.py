"""Makes the real network and the user's real cache raise in this process.

An audit hook sees every connection and every opened file, whichever code in the process asks for it. It cannot be taken
out again, so what it allows is looked up each time.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

TOUCHED = "VIDBUILD_TEST_TOUCHED"  # the file in which every process notes what it tried
LOOPBACK = "VIDBUILD_TEST_LOOPBACK"  # set while a test may talk to itself
FORBIDDEN = "VIDBUILD_TEST_FORBIDDEN"  # folders that no code may touch, separated as PATH is

_HOSTS = ("127.", "::1", "localhost")


class RealWorldError(RuntimeError):
    """A test reached for the real network or for the user's real cache."""


def install() -> None:
    """Watch this process from now on."""
    sys.addaudithook(_audit)


def touched() -> list[str]:
    """What was tried so far, by this process and its children."""
    path = os.environ.get(TOUCHED, "")
    return Path(path).read_text(encoding="utf-8").splitlines() if path and Path(path).exists() else []


def _audit(event: str, args: tuple[Any, ...]) -> None:
    check = _CHECKS.get(event)
    what = check(args) if check else None
    if what:
        _note(f"{event}: {what}")
        raise RealWorldError(f"a test reached for the real world: {event} {what}")


def _note(what: str) -> None:
    path = os.environ.get(TOUCHED)
    if path:
        with open(path, "a", encoding="utf-8") as file:  # noqa: PTH123 - no imports inside an audit hook
            file.write(what + "\n")


def _address(args: tuple[Any, ...]) -> str | None:
    address = args[1]
    return _host((address[0],)) if isinstance(address, tuple) and address else None


def _host(args: tuple[Any, ...]) -> str | None:
    host = args[0].decode() if isinstance(args[0], bytes) else str(args[0] or "localhost")
    own = host.startswith(_HOSTS)
    return None if own and os.environ.get(LOOPBACK) else host


def _path(args: tuple[Any, ...]) -> str | None:
    path = args[0]
    if not isinstance(path, (str, bytes, os.PathLike)):
        return None
    if len(args) > 1 and args[1] is None and not os.path.isabs(path):  # noqa: PTH117 - as below
        return None  # os.open, of a name in a folder that only its descriptor tells (shutil.rmtree does that)
    folders = [folder for folder in os.environ.get(FORBIDDEN, "").split(os.pathsep) if folder]
    full = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - pathlib costs too much for every opened file
    return next((full for folder in folders if full == folder or full.startswith(folder + os.sep)), None)


def _removed(args: tuple[Any, ...]) -> str | None:
    path, folder = args
    if folder >= 0 and not os.path.isabs(path):  # noqa: PTH117 - as above
        return None  # as with os.open: pytest removes a test's own folder so, where FORBIDDEN may still name one in it
    return _path((path,))


_CHECKS: dict[str, Callable[[tuple[Any, ...]], str | None]] = {
    "socket.connect": _address,
    "socket.bind": _address,
    "socket.sendto": _address,
    "socket.getaddrinfo": _host,
    "open": _path,
    "os.mkdir": _path,
    "os.remove": _removed,
    "os.rename": _path,
    "os.listdir": _path,
    "os.scandir": _path,
}
