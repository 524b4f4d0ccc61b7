"""Ends all processes that a recording has started, also those that have left its terminal."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from vidbuild import platforms

_LIMIT = 5.0  # seconds after which processes are given up that cannot be killed


class Descendants:
    """While it is entered, orphans among the descendants of this process become its children (Linux).

    `kill` ends those that were started since.
    """

    def __enter__(self) -> Self:
        self._before = {*_descendants(os.getpid())}
        self._adopts = platforms.adopt_orphans(on=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._adopts:
            platforms.adopt_orphans(on=False)

    def kill(self) -> None:
        """Kill all processes that were started, and wait until they are gone."""
        deadline = time.monotonic() + _LIMIT
        while (started := {*_descendants(os.getpid())} - self._before) and time.monotonic() < deadline:
            for pid in started:
                platforms.signal_process(pid, platforms.SIGKILL)
            for pid in started:
                with contextlib.suppress(OSError):
                    os.waitpid(pid, os.WNOHANG)
            time.sleep(0.005)


def _descendants(root: int) -> Iterator[int]:
    """Yield the processes below one, from /proc; nothing on systems without it."""
    if sys.platform != "linux":
        return
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                # The name of the program, in parentheses, can have any characters.
                parent = int((folder / "stat").read_bytes().rpartition(b")")[2].split()[1])
                children.setdefault(parent, []).append(int(folder.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
        if pid != root:
            yield pid
