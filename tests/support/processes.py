"""Processes that belong to a project's builds, found in /proc."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

WORKER, TOOL = "vidbuild.engine.worker.main", ("ffmpeg", "espeak_main")


def marked(root: Path) -> dict[str, str]:
    """An environment by which everything that is started below it can be found: PATH is handed to every tool."""
    return {"PATH": f"{os.environ['PATH']}{os.pathsep}{root}/nothing-is-here"}


def alive(root: Path) -> dict[int, str]:
    """Number -> command line of every living process that has the mark or is in a folder below root."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            # A process may be gone at any moment, and a zombie has no environment.
            with contextlib.suppress(OSError):
                if _belongs(entry, root) and _lives(entry):
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


def _belongs(entry: Path, root: Path) -> bool:
    folder = os.readlink(entry / "cwd")  # noqa: PTH115 - the folder may be gone: what is wanted is its name
    return folder.startswith(f"{root}/.vidbuild") or os.fsencode(f"{root}/nothing-is-here") in (
        (entry / "environ").read_bytes()
    )


def _lives(entry: Path) -> bool:
    return (entry / "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"


def workers(root: Path) -> list[int]:
    """The worker processes of the project's builds; a child of one, before it becomes a tool, is none."""
    found = [number for number, command in alive(root).items() if WORKER in command]
    return [number for number in found if _parent(number) not in found]


def _parent(number: int) -> int:
    """The number of a process's parent; 0 for a process that is gone."""
    try:
        return int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def tools(root: Path) -> list[int]:
    """The ffmpeg and voice processes of the project's builds."""
    return [
        number
        for number, command in alive(root).items()
        if WORKER not in command and any(name in command.partition(" -nostdin")[0] for name in TOOL)
    ]


def until(what: Callable[[], bool], seconds: float = 20) -> bool:
    """Wait until something holds; whether it came to that."""
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True
