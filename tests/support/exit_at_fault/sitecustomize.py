"""Ends a Python that a test starts at an operation named in its environment; it knows nothing of builds.

VIDBUILD_FAULT is an operation and part of a path ("rename /cas/"); a file beside says that it has happened already.
"""

from __future__ import annotations

import os
from pathlib import Path

import guard

guard.install()


def _install(operation: str, part: str, done: Path) -> None:
    from vidbuild.engine.disk import durable

    def reached(what: str, path: Path | str, _source: Path | str | None = None) -> None:
        if what == operation and part in str(path) and not done.exists():
            done.touch()
            os._exit(77)

    durable.fault_point = reached


if "VIDBUILD_FAULT" in os.environ:
    _install(*os.environ["VIDBUILD_FAULT"].split(" ", 1), Path(os.environ["VIDBUILD_FAULT_DONE"]))
