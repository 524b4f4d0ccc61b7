"""Requests to pause, resume or cancel a running build, left as files in its run's folder.

A file, because it needs no daemon, works from another terminal or container that shares the cache, and stays true if
either side dies: a build that is gone reads no request, and a new one has a folder of its own.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from vidbuild.engine.disk import durable

NAME = "wish"  # the names on disk are those of earlier versions, which may share the cache
CANCEL = "cancel"  # a file of its own, so that no other request can take its place


class Control(Enum):
    """What a run must do."""

    RUN = "go"
    PAUSE = "pause"
    CANCEL = "cancel"


def request(run: Path, control: Control) -> None:
    """Leave a request in a run's folder, in place of any earlier one; a request to cancel is final."""
    durable.write(run / (CANCEL if control is Control.CANCEL else NAME), control.value.encode())


def read_request(run: Path) -> Control:
    """Return what is requested of the run now; RUN if nothing is."""
    if (run / CANCEL).exists():
        return Control.CANCEL
    try:
        return Control((run / NAME).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return Control.RUN
