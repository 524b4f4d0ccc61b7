"""What the tests of `contained` run in a process of its own: functions that do what native code could do there."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
import time
from pathlib import Path

from vidbuild.create.source.protocol import SourceError


def text_of(path: str) -> str:
    """Return the file's text."""
    return Path(path).read_text(encoding="utf-8")


def reach(path: str, other: str) -> list[str]:
    """Return what of the machine can be reached beside the file."""
    reached = []
    for name, action in (
        ("read", lambda: Path(other).read_bytes()),
        ("list", lambda: list(Path(other).parent.iterdir())),
        ("write", lambda: Path(f"{path}.new").write_bytes(b"")),
        ("change", lambda: os.truncate(path, 1)),
        ("connect", socket.socket),
    ):
        try:
            action()
        except OSError:
            continue
        reached.append(name)
    return reached


def variables(_path: str) -> list[str]:
    """Return the names of the environment's variables."""
    return sorted(os.environ)


def refuse(path: str) -> None:
    """Refuse the file."""
    raise SourceError(f"'{path}' is green", hint="paint it")


def crash(_path: str) -> None:
    """Read memory that is none."""
    ctypes.string_at(0)


def hang(_path: str) -> None:
    """Never end."""
    while True:
        time.sleep(60)


def fill(_path: str, size: str) -> int:
    """Take so much memory."""
    return len(bytearray(int(size)))


def chat(_path: str) -> str:
    """Print what a library may print."""
    os.write(1, b"warning: odd file")
    sys.stdout.write("warning: odd page")
    return "answer"


def leave(_path: str) -> None:
    """End without an answer."""
    os._exit(0)


def write_much(_path: str, size: str) -> str:
    """Return a long text."""
    return "x" * int(size)


def fail(_path: str) -> None:
    """Raise what no caller expects."""
    raise RuntimeError("an oddity")
