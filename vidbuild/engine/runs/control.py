"""Requests to pause, resume or cancel a running build, left as files in its run's folder.

Files need no daemon, work from another terminal or container that shares the cache, and remain valid if either side
dies: a build that has ended reads no request, and a new one has a folder of its own.
"""

from __future__ import annotations

import os
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
    """Return the request that a run's folder has now; RUN if it has none."""
    folder = str(run)
    if os.path.exists(f"{folder}/{CANCEL}"):  # noqa: PTH110 - polled several times a second, as below
        return Control.CANCEL
    try:
        with open(f"{folder}/{NAME}", encoding="ascii") as file:  # noqa: PTH123 - polled each turn
            return Control(file.read())
    except (OSError, ValueError):
        return Control.RUN
