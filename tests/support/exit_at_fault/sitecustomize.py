"""Exits a Python that a test starts, at an operation named in its environment.

VIDBUILD_FAULT is an operation and part of a path ("rename /cas/"); a file beside says that it has happened already.
"""

from __future__ import annotations

import os
from pathlib import Path

import guard

guard.install()


def _install(wanted: str, part: str, done: Path) -> None:
    from vidbuild.engine.disk import durable

    def exit_there(operation: str, path: Path | str, source: Path | str | None = None) -> None:  # noqa: ARG001 - replaces
        if operation == wanted and part in str(path) and not done.exists():
            done.touch()
            os._exit(77)

    durable.fault_point = exit_there


if "VIDBUILD_FAULT" in os.environ:
    _operation, _part = os.environ["VIDBUILD_FAULT"].split(" ", 1)
    _install(_operation, _part, Path(os.environ["VIDBUILD_FAULT_DONE"]))
