"""Keeps small records from piling up, the newest of them; it knows nothing of what they hold."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from vidbuild.engine.disk import durable

MEMOS, MEMO_BYTES = 200, 100_000_000
ENTRIES, ENTRY_BYTES = 500, 100_000_000
_HEX = frozenset("0123456789abcdef")
_LENGTHS = {32, 64}


def keep_newest(folder: Path, count: int, size: int) -> None:
    """Remove the oldest records below a folder, until at most so many are left, of at most so many bytes together."""
    for found in sorted(_records(folder), reverse=True):
        count, size = count - 1, size - found[1]
        if count < 0 or size < 0:
            with contextlib.suppress(OSError):
                durable.remove(Path(found[2]))


def _records(folder: Path) -> Iterator[tuple[float, int, str]]:
    """Each with its time and size; what is not named as ours are is somebody else's."""
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)  # noqa: PTH118 - some hundred of them, after every new plan
            if len(name) in _LENGTHS and set(name) <= _HEX:
                with contextlib.suppress(OSError):
                    status = os.lstat(path)
                    if stat.S_ISREG(status.st_mode):
                        yield status.st_mtime, status.st_size, path
