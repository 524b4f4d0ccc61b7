"""Runs vidbuild without something it does for safety, to measure what that costs.

Started as `python without.py WHAT ARGS…`. WHAT is `nothing` (all as it is, started the same way), or one or more of:

- `sync`: nothing waits for the disk, in vidbuild and in its workers;
- `walls`: workers run without a sandbox.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - workers run this as well: no imports


def _no_sync() -> None:
    def fsync(fd: object) -> None:
        """Return at once."""

    os.fsync = fsync


def _no_walls() -> None:
    os.environ["VIDBUILD_SANDBOX"] = "off"


WITHOUT: dict[str, Callable[[], None]] = {"sync": _no_sync, "walls": _no_walls}


def apply(what: str) -> None:
    """Leave out what is named, in this process."""
    for name in what.split("+"):
        if name != "nothing":
            WITHOUT[name]()


def main() -> int:
    """Run the command, and have its workers leave out the same."""
    what, args = sys.argv[1], sys.argv[2:]
    apply(what)
    from vidbuild.cli import main as vidbuild
    from vidbuild.engine.worker import process

    process._BOOT = (
        f"import sys; sys.path.insert(0, {HERE!r}); import without; without.apply({what!r})\n" + process._BOOT
    )
    return vidbuild(args)


if __name__ == "__main__":
    sys.exit(main())
